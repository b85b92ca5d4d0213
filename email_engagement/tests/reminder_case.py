from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from .common import EngagementTransactionCase
from .test_send import BODY


class ReminderCase(EngagementTransactionCase):
    """Followed emails, their reminders, and what becomes of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales.tz = "Europe/Brussels"

    def followed(self, body=BODY, **kwargs):
        message, _mails = self.post(body, **kwargs)
        return message.engagement_id

    def in_hours(self, hours):
        return fields.Datetime.now() + timedelta(hours=hours)

    def set(self, engagement, reminder_type, hours=24, note=None, user=None):
        engagement.with_user(user or self.sales).set_reminder(
            reminder_type, self.in_hours(hours), note
        )
        engagement.invalidate_recordset()

    def run_due(self, hours=25):
        with (
            freeze_time(self.in_hours(hours)),
            self.no_commits(),
            self.mock_mail_gateway(),
        ):
            self.env["email.engagement"]._run_reminders()

    def settle(self):
        """What the cron of alerts does some seconds later."""
        self.run_alerts(self.in_hours(0.1))

    def reply(self, engagement):
        """An answer, as the incoming mail gateway will write it down."""
        self.env["email.engagement.event"].create(
            {
                "engagement_id": engagement.id,
                "trace_id": engagement.trace_ids[0].id,
                "type": "reply",
                "date": fields.Datetime.now(),
                "counted": True,
            }
        )
        engagement._refresh()
        engagement.invalidate_recordset()

    def activities(self):
        return self.record.activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id
                == self.env.ref("email_engagement.mail_activity_type_reminder")
            )
        )

    def assertState(self, engagement, state, activities=0):
        self.assertEqual(engagement.reminder_state, state)
        self.assertEqual(len(self.activities()), activities)
