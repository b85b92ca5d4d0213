from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged

from .common import EngagementTransactionCase


@tagged("post_install", "-at_install")
class TestScheduledMessage(EngagementTransactionCase):
    """What was chosen when an email was scheduled can be seen and changed later."""

    def schedule(self, followed):
        composer = self.env["mail.compose.message"].with_user(self.sales)
        composer = composer.create(
            {
                "body": "Hello",
                "composition_mode": "comment",
                "engagement_followed": followed,
                "model": "res.partner",
                "partner_ids": self.anna.ids,
                "res_ids": str(self.record.ids),
                "scheduled_date": fields.Datetime.to_string(
                    fields.Datetime.now() + timedelta(days=1)
                ),
                "subject": "An offer",
            }
        )
        return composer._action_schedule_message()

    def post_scheduled(self, scheduled):
        before = self.record.message_ids
        with self.mock_mail_gateway():
            scheduled.post_message()
        return (self.record.message_ids - before).with_env(self.env)

    def test_shown_as_chosen(self):
        self.assertTrue(self.schedule(True).engagement_followed)
        self.assertFalse(self.schedule(False).engagement_followed)

    def test_kept_when_something_else_is_edited(self):
        scheduled = self.schedule(True)
        with Form(scheduled) as form:
            form.subject = "Another offer"
        message = self.post_scheduled(scheduled)
        self.assertEqual(message.subject, "Another offer")
        self.assertTrue(message.engagement_followed)

    def test_changed(self):
        for followed in (True, False):
            scheduled = self.schedule(not followed)
            with Form(scheduled) as form:
                form.engagement_followed = followed
            parameters = scheduled._engagement_parameters()
            self.assertIn("email_from", parameters, "the others are as they were")
            with self.subTest(followed=followed):
                message = self.post_scheduled(scheduled)
                self.assertEqual(message.engagement_followed, followed)

    def test_without_parameters(self):
        """Such as scheduled by code, or before the addon was installed."""
        scheduled = self.schedule(True)
        scheduled.notification_parameters = False
        self.assertFalse(scheduled.engagement_followed)
        self.assertFalse(self.post_scheduled(scheduled).engagement_followed)
