from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import EngagementTransactionCase
from .test_send import BODY

TEXT = "Scheduled to send tomorrow 9:00 AM"


@tagged("post_install", "-at_install")
class TestSchedule(EngagementTransactionCase):
    """Emails that go out later say so, and keep what was chosen until they go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales.tz = "Africa/Lagos"  # an hour ahead, all the year

    def setUp(self):
        super().setUp()
        # at noon: Odoo compares dates with the start of the transaction
        noon = self.env.cr.now().replace(hour=12, minute=0, second=0, microsecond=0)
        frozen = freeze_time(noon)
        frozen.start()
        self.addCleanup(frozen.stop)
        self.tomorrow = noon.replace(hour=8) + timedelta(days=1)

    def text(self, engagement):
        engagement = engagement.with_user(self.sales)
        engagement.invalidate_recordset()
        return engagement.status_text.replace("\u202f", " ")

    def test_message_with_notifications_scheduled(self):
        message, mails = self.post(BODY, scheduled_date=self.tomorrow)
        engagement = message.engagement_id
        self.assertFalse(mails)
        self.assertEqual(engagement.status, "scheduled")
        self.assertEqual(engagement.scheduled_date, self.tomorrow)
        self.assertEqual(self.text(engagement), TEXT)
        # changed
        schedule = self.env["mail.message.schedule"]
        schedule._update_message_scheduled_datetime(
            message, self.tomorrow - timedelta(hours=12)
        )
        self.assertEqual(self.text(engagement), "Scheduled to send today 9:00 PM")
        schedule._update_message_scheduled_datetime(
            message, self.tomorrow + timedelta(days=9)
        )
        self.assertEqual(engagement.scheduled_date, self.tomorrow + timedelta(days=9))
        self.assertRegex(self.text(engagement), r"send on \d\d/\d\d/\d{4} 9:00 AM$")
        # sent
        with self.mock_mail_gateway(), freeze_time(self.tomorrow + timedelta(days=10)):
            schedule._send_notifications_cron()
        self.assertEqual(len(self._mails), 1)
        self.assertIn("/ee/c/", self._mails[0]["body"])
        self.assertEqual(engagement.status, "sent")
        self.assertFalse(engagement.scheduled_date)
        self.assertTrue(message.engagement_followed)

    def test_notifications_cancelled(self):
        message, _mails = self.post(BODY, scheduled_date=self.tomorrow)
        self.env["mail.message.schedule"].search(
            [("mail_message_id", "=", message.id)]
        ).unlink()
        self.assertEqual(message.engagement_id.status, "cancelled")
        self.assertFalse(message.engagement_id.scheduled_date)
        message.engagement_id._refresh()
        self.assertEqual(message.engagement_id.status, "cancelled")

    def test_message_deleted(self):
        message, _mails = self.post(BODY, scheduled_date=self.tomorrow)
        engagement = message.engagement_id
        message.unlink()
        self.assertFalse(engagement.exists())

    def test_mail_with_a_date(self):
        mail = self.env["mail.mail"].create(
            {
                "subject": "Later",
                "body_html": BODY,
                "recipient_ids": [(4, self.anna.id)],
                "scheduled_date": fields.Datetime.to_string(self.tomorrow),
                "model": "res.partner",
                "res_id": self.record.id,
                "engagement_followed": True,
            }
        )
        engagement = mail.mail_message_id.engagement_id
        engagement.user_id = self.sales
        self.assertEqual(engagement.status, "scheduled")
        self.assertEqual(self.text(engagement), TEXT)
        mail.scheduled_date = self.tomorrow + timedelta(days=1)
        self.assertEqual(engagement.scheduled_date, self.tomorrow + timedelta(days=1))
        mail.cancel()
        self.assertEqual(engagement.status, "cancelled")
        mail.mark_outgoing()
        self.assertEqual(engagement.status, "scheduled")
        with self.mock_mail_gateway():
            self.env["mail.mail"].process_email_queue([mail.id])
            self.assertFalse(self._mails, "not yet")
            with freeze_time(self.tomorrow + timedelta(days=2)):
                self.assertEqual(self.text(engagement), "Being sent")
                self.env["mail.mail"].process_email_queue([mail.id])
        self.assertEqual(len(self._mails), 1)
        self.assertEqual(engagement.status, "sent")
        self.assertFalse(engagement.scheduled_date)

    def test_put_off_by_the_limit_of_a_personal_server(self):
        """Odoo spreads the mails of such a server over minutes, while it sends."""
        server = self.env["ir.mail_server"].create(
            {
                "name": "personal",
                "smtp_host": "localhost",
                "from_filter": self.sales.email,
                "smtp_user": self.sales.email,
                "owner_user_id": self.sales.id,
            }
        )
        self.env["ir.config_parameter"].set_param(
            "mail.server.personal.limit.minutes", "1"
        )
        message, _mails = self.post(
            BODY,
            self.anna | self.bob,
            mail_server_id=server.id,
            email_from=self.sales.email_formatted,
        )
        engagement = message.engagement_id
        self.assertEqual(len(self._mails), 1)
        self.assertEqual(engagement.status, "sent")
        self.assertEqual(engagement.sent_count, 1)
        self.assertTrue(engagement.scheduled_date, "the other one")
