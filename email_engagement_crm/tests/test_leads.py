from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.email_engagement.tests.common import EngagementCase


class LeadsCase(EngagementCase):
    """Mixin: a seller with four leads, two of them warm."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env, "seller", "sales_team.group_sale_salesman",
            name="Sam Seller", email="sam@company.example.com",
        )  # fmt: skip
        cls.leads = cls.env["crm.lead"].create(
            [
                {
                    "name": name,
                    "type": "opportunity",
                    "partner_id": cls.anna.id,
                    "user_id": cls.seller.id,
                }
                for name in ("cold", "warm", "warmer", "silent")
            ]
        )
        cls.cold, cls.warm, cls.warmer, cls.silent = cls.leads
        case = cls("setUp")
        for lead, hours in ((cls.cold, 0), (cls.warm, 1), (cls.warmer, 2)):
            engagement = case.write_to(lead)
            if hours:
                case.hit(engagement.trace_ids, seconds=3600 * hours)
        case.digest()

    def write_to(self, lead):
        with self.mock_mail_gateway():
            message = lead.with_user(self.seller).message_post(
                body='<p><a href="https://www.example.com">Offer</a></p>',
                partner_ids=self.anna.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                engagement_followed=True,
            )
        return message.sudo().engagement_id


@tagged("post_install", "-at_install")
class TestLeads(LeadsCase, TransactionCase):
    """Leads by what became of their emails."""

    def find(self, domain, **kwargs):
        found = self.env["crm.lead"].with_user(self.seller).search(domain, **kwargs)
        return (found & self.leads.with_user(self.seller)).with_env(self.env)

    def happened_before(self, days):
        for email in self.env["email.engagement"].search([("last_event", "!=", False)]):
            email.last_event -= timedelta(days=days)

    def filter_domain(self, view, name):
        arch = self.env["crm.lead"].get_view(self.env.ref(view).id, view_type="search")[
            "arch"
        ]
        return literal_eval(
            etree.fromstring(arch).find(f".//filter[@name='{name}']").get("domain")
        )

    def test_who_is_warm(self):
        action = self.env.ref("email_engagement_crm.action_warm_leads")
        view = self.env.ref("email_engagement_crm.crm_lead_view_list_warm")
        self.assertIn('default_order="engagement_last_event desc"', view.arch)
        for domain in (
            [("engagement_last_event", "!=", False)],
            literal_eval(action.domain),
        ):
            found = self.find(domain, order="engagement_last_event desc")
            self.assertEqual(found, self.warmer + self.warm)
        self.warm.action_set_won()
        self.assertEqual(self.find(literal_eval(action.domain)), self.warmer)
        self.happened_before(days=91)
        self.assertFalse(self.find(literal_eval(action.domain)))

    def test_badge(self):
        self.assertTrue(self.warm.engagement_is_warm)
        self.assertFalse(self.cold.engagement_is_warm)
        self.happened_before(days=8)
        self.env.invalidate_all()
        self.assertFalse(self.warm.engagement_is_warm)

    def test_filters(self):
        for view in (
            "crm.view_crm_case_opportunities_filter",
            "crm.view_crm_case_leads_filter",
        ):
            with self.subTest(view):
                warm = self.filter_domain(view, "engagement_warm")
                self.assertEqual(self.find(warm), self.warm + self.warmer)
                opened = self.filter_domain(view, "engagement_not_answered")
                self.assertEqual(self.find(opened), self.warm + self.warmer)
                silent = self.filter_domain(view, "engagement_not_opened")
                self.assertFalse(self.find(silent))
        engagement = self.env["email.engagement"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", self.cold.id)]
        )
        engagement.date -= timedelta(days=8)
        self.assertEqual(self.find(silent), self.cold)

    def test_smart_button(self):
        action = self.warm.with_user(self.seller).action_open_engagements()
        emails = self.env["email.engagement"].search(action["domain"])
        self.assertEqual(emails.mapped("res_id"), self.warm.ids)

    def test_digest_leaves_leads_alone(self):
        """Nothing of a lead is written, so nothing of it is locked."""
        write_date = self.warm.write_date
        engagement = self.write_to(self.warm)
        self.env.flush_all()
        self.hit(engagement.trace_ids)
        self.env.cr.execute("SELECT xmin FROM crm_lead WHERE id = %s", self.warm.ids)
        before = self.env.cr.fetchall()
        self.digest()
        self.env.flush_all()
        self.env.cr.execute("SELECT xmin FROM crm_lead WHERE id = %s", self.warm.ids)
        self.assertEqual(self.env.cr.fetchall(), before)
        self.assertTrue(write_date)

    def test_as_many_queries_for_many_leads(self):
        leads = self.env["crm.lead"].create(
            [{"name": f"No. {i}", "user_id": self.seller.id} for i in range(80)]
        )
        for lead in leads[:5]:
            self.write_to(lead)
        names = [
            *("engagement_status", "engagement_last_event", "engagement_last_open"),
            *("engagement_count", "engagement_is_warm"),
        ]
        leads = leads.with_user(self.seller)
        leads.read(names)  # what is asked for once, such as rules
        self.assertEqual(
            self.statements(leads.read, names),
            self.statements(leads[:3].read, names),
        )
