from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import EngagementCase


@tagged("post_install", "-at_install")
class TestReminderTours(EngagementCase, HttpCase):
    """A salesperson in the browser sets reminders and chooses the moment."""

    def tour(self, name, path=None):
        self.start_tour(
            path or f"/odoo/res.partner/{self.anna.id}",
            f"email_engagement.{name}",
            login=self.sales.login,
        )

    def test_reminder(self):
        self.tour("reminder")
        message = self.anna.message_ids.filtered(lambda m: "With a remin" in m.body)
        engagement = message.engagement_id
        self.assertEqual(engagement.reminder_state, "set")
        self.assertEqual(engagement.reminder_type, "not_opened")
        self.assertEqual(engagement.reminder_note, "Call her")
        self.assertGreater(engagement.reminder_date, fields.Datetime.now())
        self.tour("reminder_page", f"/odoo/followed-emails/{engagement.id}")
        engagement.invalidate_recordset()
        self.assertFalse(engagement.reminder_state)

    def test_quick_composer(self):
        self.anna.engagement_consent = "refused"
        self.anna.message_subscribe(self.bob.ids)
        self.tour("reminder_quick_composer")
        messages = self.anna.message_ids
        engagement = messages.filtered(lambda m: "A quick one" in m.body).engagement_id
        self.assertEqual(engagement.reminder_state, "set")
        self.assertEqual(engagement.reminder_type, "no_reply")
        activity = self.anna.activity_ids
        self.assertEqual(activity.user_id, self.sales)
        self.assertEqual(
            activity.activity_type_id,
            self.env.ref("email_engagement.mail_activity_type_reminder"),
        )

    def test_moment(self):
        self.anna.write({"tz": False, "country_id": self.env.ref("base.in").id})
        self.tour("moment")
        scheduled = self.env["mail.scheduled.message"].search(
            [("model", "=", "res.partner"), ("res_id", "=", self.anna.id)]
        )
        self.assertGreater(scheduled.scheduled_date, fields.Datetime.now())
