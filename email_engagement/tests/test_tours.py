from odoo.tests import HttpCase, tagged

from .common import EngagementCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestTours(EngagementCase, HttpCase):
    """A salesperson in the browser decides which emails are followed."""

    def start(self, tour):
        self.start_tour(
            f"/odoo/res.partner/{self.anna.id}",
            f"email_engagement.{tour}",
            login=self.sales.login,
        )
        with self.mock_mail_gateway():
            self.env["mail.mail"].process_email_queue()

    def engagement(self, body):
        """The engagement of the message with this text in Anna's chatter."""
        message = self.anna.message_ids.filtered(lambda m: body in m.body)
        self.assertEqual(len(message), 1, body)
        return message.engagement_id

    def assertFollowed(self, body):
        engagement = self.engagement(body)
        self.assertTrue(engagement, body)
        self.assertEqual(engagement.trace_ids.mapped("email"), [self.anna.email])
        self.assertEqual(engagement.user_id, self.sales)

    def assertNotFollowed(self, body):
        self.assertFalse(self.engagement(body), body)

    def test_quick_composer(self):
        self.start("follow_quick_composer")
        self.assertFollowed("As the company says")
        self.assertNotFollowed("Switched off")
        self.assertNotFollowed("A note")

    def test_full_composer(self):
        self.start("follow_full_composer")
        self.assertFollowed("As the company says")
        self.assertNotFollowed("Switched off in full")
        self.assertNotFollowed("Switched off before")
        self.assertFollowed("Switched on again")

    def test_files(self):
        self.start("follow_files")
        for body, followed in [
            ("From the chatter", "offer.txt"),
            ("From the full composer", "second.txt"),
        ]:
            engagement = self.engagement(body)
            self.assertEqual(engagement.file_ids.mapped("label"), [followed])
            self.assertEqual(len(engagement.message_id.attachment_ids), 2)

    def test_scheduled_message(self):
        self.start("follow_scheduled_message")
        scheduled = self.env["mail.scheduled.message"].search(
            [("model", "=", "res.partner"), ("res_id", "=", self.anna.id)]
        )
        with self.mock_mail_gateway():
            scheduled._post_message()
            self.env["mail.mail"].process_email_queue()
        self.assertFollowed("Tomorrow")

    def test_history(self):
        """From the tile in the chatter to the full page."""
        with self.mock_mail_gateway():
            message = self.anna.with_user(self.sales).message_post(
                body=BODY,
                partner_ids=self.anna.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                engagement_followed=True,
            )
        self.anna.with_user(self.sales).message_post(body="A note")
        engagement = message.sudo().engagement_id
        self.hit(engagement.trace_ids)
        self.hit(engagement.trace_ids, engagement.link_ids[0], seconds=7200)
        self.hit(engagement.trace_ids, seconds=9000)
        self.digest()
        self.start_tour(
            f"/odoo/res.partner/{self.anna.id}",
            "email_engagement.history",
            login=self.sales.login,
        )

    def test_company_default_reaches_the_browser(self):
        company = self.env.company
        other = self.env["res.company"].create(
            {"name": "Quiet", "engagement_follow_default": False}
        )
        self.sales.company_ids |= other
        self.authenticate(self.sales.login, self.sales.login)
        info = self.make_jsonrpc_request("/web/session/get_session_info")
        companies = info["user_companies"]["allowed_companies"]
        self.assertTrue(companies[str(company.id)]["engagement_follow_default"])
        self.assertFalse(companies[str(other.id)]["engagement_follow_default"])
