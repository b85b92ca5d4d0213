from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger

from .alert_case import AlertCase


@tagged("post_install", "-at_install")
class TestDaily(AlertCase):
    def send(self, moment):
        with freeze_time(moment), self.no_commits(), self.mock_mail_gateway():
            self.env["res.users"]._engagement_send_daily()
            return list(self._new_mails)

    def setUp(self):
        super().setUp()
        self.sales.engagement_alert_daily = True
        events = self.env["email.engagement.event"].create(
            [
                {
                    "engagement_id": self.engagement.id,
                    "trace_id": self.trace_anna.id,
                    "type": kind,
                    "date": date,
                    "counted": counted,
                }
                for kind, date, counted in (
                    ("open", "2030-03-30 22:30:00", True),  # the day before
                    ("open", "2030-03-31 08:00:00", True),
                    ("click", "2030-03-31 21:30:00", True),  # the clocks went forward
                    ("open", "2030-03-31 22:30:00", True),  # the day after
                    ("open", "2030-03-31 09:00:00", False),
                )
            ]
        )
        events.engagement_id._refresh()

    def test_what_happened_the_day_before(self):
        self.assertFalse(self.send("2030-04-01 04:30:00"), "half past six")
        (mail,) = self.send("2030-04-01 05:30:00")
        self.assertIn(self.sales.email, mail.email_to)
        self.assertIn("The offer", mail.body_html)
        self.assertIn("Anna Customer", mail.body_html)
        text = html2plaintext(mail.body_html)
        self.assertIn("clicked a link, opened it", text)
        self.assertIn(f"/odoo/followed-emails/{self.engagement.id}", mail.body_html)
        self.assertFalse(self.send("2030-04-01 06:30:00"), "once a day")

    def test_one_that_fails(self):
        """The others get theirs all the same."""
        self.colleague.write(
            {"engagement_alert": "own", "engagement_alert_daily": True}
        )
        told = []

        def send(user, _start, _end):
            told.append(user)
            if len(told) == 1:
                self.env.cr.execute("SELECT 1/0")

        model = type(self.env["res.users"])
        broken = patch.object(model, "_engagement_send_summary", send)
        logs = self.assertLogs("odoo.addons.email_engagement", "ERROR")
        with broken, mute_logger("odoo.sql_db"), logs:
            self.send("2030-04-01 07:30:00")
        self.assertEqual(set(told), {self.sales, self.colleague})

    def test_nothing_happened(self):
        self.assertFalse(self.send("2030-05-01 06:30:00"))

    def test_only_who_wants_it(self):
        self.sales.engagement_alert = "company"
        self.assertFalse(self.send("2030-04-01 06:30:00"))
        self.sales.company_id.engagement_alert_daily = True
        self.assertEqual(len(self.send("2030-04-01 06:30:00")), 1)
