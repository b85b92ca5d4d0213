import operator
from datetime import timedelta
from itertools import product
from unittest.mock import patch

from odoo.fields import Command, Datetime
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.email_engagement.models import mail_thread_records
from odoo.addons.email_engagement.tests.common import EngagementCase

NOW = Datetime.to_datetime("2026-03-02 12:00:00")
HOLDS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
DATES = ("engagement_last_sent", "engagement_last_open", "engagement_last_event")


def day(number):
    return NOW - timedelta(days=number)


@tagged("post_install", "-at_install")
class TestLeadFilters(EngagementCase, TransactionCase):
    """What is found by figures that were added up is what the figures show."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Other"})
        both = cls.env.company | cls.other_company
        own, every = "sales_team.group_sale_salesman", "group_sale_salesman_all_leads"
        cls.seller = new_test_user(cls.env, "seller", own)
        cls.leader = new_test_user(cls.env, "leader", f"sales_team.{every}")
        cls.both = new_test_user(
            *(cls.env, "both", f"sales_team.{every}"),
            company_ids=[Command.set(both.ids)],
        )
        cls.manager = new_test_user(
            *(cls.env, "chief", f"{own},email_engagement.group_manager"),
        )
        cls.leads = cls.env["crm.lead"].create(
            [
                {
                    "name": f"No. {number}",
                    "type": "opportunity",
                    "user_id": owner.id,
                    "company_id": company.id,
                }
                for number, (owner, company, _) in enumerate(
                    product(
                        (cls.seller, cls.leader, cls.env["res.users"]),
                        (cls.env.company, cls.env["res.company"]),
                        range(4),
                    )
                )
            ]
        )
        for number, lead in enumerate(cls.leads):
            for email in range(number % 4):
                cls.follow(lead, number + 5 * email)

    @classmethod
    def follow(cls, lead, number, **values):
        """A followed email, sent ``number`` days ago."""
        status = ("sent", "opened", "clicked", "replied", "bounced")[number % 5]
        seen = day(number // 2) if status in ("opened", "clicked", "replied") else False
        return cls.env["email.engagement"].create(
            {
                "model": lead._name,
                "res_id": lead.id,
                "subject": "Our offer",
                "author_id": cls.leader.partner_id.id,
                "date": day(number),
                "status": status,
                "last_open": status != "replied" and seen,
                "last_event": seen,
                "company_id": cls.env.company.id,
                **values,
            }
        )

    def add_up(self):
        self.env["email.engagement.record"]._run()

    def leads_of(self, user, companies=None):
        companies = companies or user.company_ids
        leads = self.env["crm.lead"].with_user(user)
        leads = leads.with_context(allowed_company_ids=companies.ids)
        return leads, [("id", "in", self.leads.ids)]

    def domains(self):
        for name in DATES:
            yield name, "=", False
            yield name, "!=", False
            for sign, number in product(HOLDS, (0, 3, 10)):
                yield name, sign, day(number)
            yield name, "in", [day(3), day(4), False]
            yield name, "not in", [day(3), day(4)]
        for value in ("sent", "clicked", False):
            yield "engagement_status", "=", value
            yield "engagement_status", "!=", value
        yield "engagement_status", "in", ["opened", "clicked"]
        yield "engagement_status", "not in", ["opened", "clicked"]
        for value in (0, 1, 2):
            for sign in ("=", "!=", *HOLDS):
                yield "engagement_count", sign, value

    def meets(self, lead, name, sign, value):
        """The same without a database."""
        known = lead[name]
        if sign in HOLDS:
            if name in DATES and not known:
                return False
            return HOLDS[sign](known, value)
        values = value if isinstance(value, list) else [value]
        return (known in values) == (sign in ("=", "in"))

    def assertFoundAsShown(self, user, companies=None):
        leads, ours = self.leads_of(user, companies)
        seen = leads.search(ours)
        for domain in self.domains():
            with self.subTest(user.login, domain=domain):
                expected = seen.filtered(
                    lambda lead, domain=domain: self.meets(lead, *domain)
                )
                self.assertEqual(leads.search([*ours, domain]), expected)
        for name in (*DATES, "engagement_count"):
            for direction in ("asc", "desc"):
                with self.subTest(user.login, order=f"{name} {direction}"):
                    found = leads.search(ours, order=f"{name} {direction}")
                    values = [lead[name] for lead in found if lead[name]]
                    wanted = sorted(values, reverse=direction == "desc")
                    self.assertEqual(values, wanted)
                    self.assertFalse(any(lead[name] for lead in found[len(values) :]))
                    self.assertEqual(len(found), len(seen))
        both = [("engagement_status", "=", "sent"), ("engagement_last_sent", "<", NOW)]
        self.assertEqual(
            leads.search([*ours, *both], order="engagement_last_sent desc, id"),
            seen.filtered(lambda lead: lead.engagement_status == "sent").sorted(
                lambda lead: (lead.engagement_last_sent, -lead.id), reverse=True
            ),
        )
        either = ["|", ("engagement_status", "=", "replied"), ("name", "=", "No. 1")]
        self.assertEqual(
            leads.search([*ours, *either]),
            seen.filtered(
                lambda lead: lead.engagement_status == "replied" or lead.name == "No. 1"
            ),
        )

    def assertAllFoundAsShown(self):
        for user in (self.seller, self.leader, self.manager, self.both):
            self.assertFoundAsShown(user)
        self.assertFoundAsShown(self.both, self.other_company)
        self.assertFoundAsShown(self.env.ref("base.user_root"))

    def is_added_up(self, user=None):
        leads, _ours = self.leads_of(user or self.seller)
        return leads._engagement_is_added_up()

    def test_added_up(self):
        self.add_up()
        self.assertTrue(self.is_added_up())
        self.assertFalse(self.env["crm.lead"]._engagement_apart())
        self.assertAllFoundAsShown()

    def test_touched(self):
        """Before the cron: what is found is not late."""
        self.assertTrue(self.env["crm.lead"]._engagement_apart())
        self.assertAllFoundAsShown()

    def test_too_many_touched(self):
        with patch.object(mail_thread_records, "MANY", 3):
            self.assertFalse(self.is_added_up())
            self.assertFoundAsShown(self.seller)

    def test_some_changed(self):
        """By each way that there is."""
        self.add_up()
        emails = self.env["email.engagement"].search([("model", "=", "crm.lead")])
        by_lead = emails.grouped("res_id")
        changed = [emails for emails in by_lead.values() if len(emails) > 1]
        first, second, third, fourth, fifth = changed[:5]
        first[0].date -= timedelta(days=100)
        second[0].unlink()
        third[0].res_id = first[0].res_id
        fourth[0].write({"status": "replied", "last_event": NOW})
        fifth.unlink()
        self.follow(self.leads[0], 1)
        apart = self.env["crm.lead"]._engagement_apart()
        touched = {first[1].res_id, second[1].res_id, third[1].res_id, fourth[0].res_id}
        self.assertLessEqual(touched | {self.leads[0].id}, set(apart))
        self.assertLess(len(apart), 10)
        self.assertAllFoundAsShown()
        self.add_up()
        self.assertFalse(self.env["crm.lead"]._engagement_apart())
        self.assertAllFoundAsShown()
        self.assertFalse(self.env["email.engagement.record"]._refresh())

    def test_figures_changed(self):
        """By the digest."""
        lead = self.leads[0]
        with self.mock_mail_gateway():
            message = lead.with_user(self.seller).message_post(
                body='<p><a href="https://www.example.com">Offer</a></p>',
                partner_ids=self.anna.ids,
                subtype_xmlid="mail.mt_comment",
                engagement_followed=True,
            )
        self.add_up()
        leads, ours = self.leads_of(self.seller)
        opened = [*ours, ("engagement_status", "=", "opened")]
        self.assertNotIn(lead, leads.search(opened))
        self.hit(message.sudo().engagement_id.trace_ids)
        self.digest()
        self.assertIn(lead, leads.search(opened))
        self.add_up()
        self.assertIn(lead, leads.search(opened))

    def test_not_for_everybody(self):
        """Emails for their recipients only, and those of another company."""
        private = {"is_private": True, "status": "failed"}
        self.follow(self.leads[3], 0, **private)
        self.follow(
            *(self.leads[7], 0),
            **private,
            author_id=self.seller.partner_id.id,
        )
        other = {"company_id": self.other_company.id, "status": "replied"}
        self.follow(self.leads[4], 0, **other)  # the only one
        self.follow(self.leads[6], 0, **other)
        self.follow(self.leads[5], 0, company_id=False, status="replied")
        self.add_up()
        mixed = self.leads[3] | self.leads[5] | self.leads[6] | self.leads[7]
        apart = self.env["crm.lead"].with_user(self.seller)._engagement_apart()
        self.assertEqual(set(apart), set(mixed.ids))
        self.assertFalse(self.env["crm.lead"].sudo()._engagement_apart())
        self.assertAllFoundAsShown()
        leads, ours = self.leads_of(self.seller)
        failed = leads.search([*ours, ("engagement_status", "=", "failed")])
        self.assertEqual(failed.ids, self.leads[7].ids)

    def test_bypassed_access(self):
        """A query that does not ask whether the leads are readable finds nothing by
        emails on those that are not.
        """
        self.add_up()
        leads, ours = self.leads_of(self.seller)
        readable = leads.search(ours)
        has_email = [*ours, ("engagement_count", ">", 0)]
        found = leads.browse(leads._search(has_email, bypass_access=True))
        self.assertEqual(found, leads.search(has_email))
        self.assertTrue(found)
        self.assertLess(len(readable), len(self.leads))

    def test_another_rule(self):
        """Whatever rules there are."""
        self.add_up()
        self.env["ir.rule"].create(
            {
                "name": "closed",
                "model_id": self.env["ir.model"]._get_id("email.engagement"),
                "domain_force": "[('status', '!=', 'opened')]",
            }
        )
        self.assertFalse(self.is_added_up())
        self.assertFoundAsShown(self.seller)

    def test_statements(self):
        """One to know what has to be read, one for all that has to be, and the list."""
        self.add_up()
        leads, ours = self.leads_of(self.seller)
        domain = [*ours, ("engagement_last_event", ">", day(30))]

        def find():
            self.env.cr.cache.clear()
            leads.search(domain, order="engagement_last_event desc, id", limit=5)

        find()  # rules
        self.assertEqual(self.statements(find), 2)
        self.follow(self.leads[0], 1)
        self.env.flush_all()
        touched = self.statements(find)
        for lead in self.leads[1:]:
            self.follow(lead, 1)
        self.assertEqual(self.statements(find), touched)

    def test_cron(self):
        self.add_up()
        records = self.env["email.engagement.record"]
        record = records.search([("model", "=", "crm.lead")])
        self.assertEqual(len(record), 18)
        self.assertFalse(self.env["email.engagement.record.touch"].search([]))
        # What Odoo does not see: every night.
        self.env.cr.execute(
            "DELETE FROM email_engagement WHERE res_id = %s", [self.leads[1].id]
        )
        records._run_daily()
        self.add_up()
        self.assertEqual(len(record.exists()), 17)
        self.assertAllFoundAsShown()
