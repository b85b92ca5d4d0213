from ast import literal_eval

from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.email_engagement.tests.common import EngagementCase


@tagged("post_install", "-at_install")
class TestFollowedEmails(EngagementCase, TransactionCase):
    """CRM's menu shows the followed emails of leads, and only of leads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env, "seller", "sales_team.group_sale_salesman",
            name="Sam Seller", email="sam@company.example.com",
        )  # fmt: skip
        cls.other = new_test_user(
            cls.env, "other", "sales_team.group_sale_salesman",
            name="Olga Other", email="olga@company.example.com",
        )  # fmt: skip
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Twelve tables",
                "type": "opportunity",
                "partner_id": cls.anna.id,
                "user_id": cls.seller.id,
            }
        )

    def write_to(self, record, user):
        with self.mock_mail_gateway():
            message = record.with_user(user).message_post(
                body="<p>Our offer</p>",
                partner_ids=self.anna.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                engagement_followed=True,
            )
        return message.sudo().engagement_id

    def listed(self, name, user):
        """What a user sees behind the menu item."""
        menu = self.env.ref(f"email_engagement_crm.menu_{name}")
        self.assertIn(
            menu.id, self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        )
        domain = menu.action.domain.replace("uid", str(user.id))
        return (
            self.env["email.engagement"]
            .with_user(user)
            .search(literal_eval(domain))
            .sudo()
        )

    def test_only_emails_of_leads(self):
        to_lead = self.write_to(self.lead, self.seller)
        to_contact = self.write_to(self.record, self.sales)
        seen = self.listed("all_followed_emails", self.seller)
        self.assertIn(to_lead, seen)
        self.assertNotIn(to_contact, seen)
        self.assertEqual(to_lead.record_name, "Twelve tables")

    def test_my_emails_are_my_own(self):
        mine = self.write_to(self.lead, self.seller)
        manager = new_test_user(
            self.env, "manager", "sales_team.group_sale_manager",
            name="Mona Manager", email="mona@company.example.com",
        )  # fmt: skip
        theirs = self.write_to(self.lead, manager)
        seen = self.listed("my_followed_emails", self.seller)
        self.assertIn(mine, seen)
        self.assertNotIn(theirs, seen)

    def test_leads_of_others_stay_with_them(self):
        engagement = self.write_to(self.lead, self.seller)
        self.assertNotIn(engagement, self.listed("all_followed_emails", self.other))

    def test_seller_opens_the_page(self):
        engagement = self.write_to(self.lead, self.seller).with_user(self.seller)
        self.assertTrue(engagement.read())
        self.assertEqual(engagement.action_open_record()["res_model"], "crm.lead")
