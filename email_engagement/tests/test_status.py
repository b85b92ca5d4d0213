from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import EngagementTransactionCase
from .test_send import BODY

NOW = fields.Datetime.to_datetime("2025-03-04 15:00:00")


@tagged("post_install", "-at_install")
class TestStatusText(EngagementTransactionCase):
    """One short sentence says what became of an email."""

    def setUp(self):
        super().setUp()
        frozen = freeze_time(NOW)
        frozen.start()
        self.addCleanup(frozen.stop)
        self.sales.tz = "UTC"

    def add(self, engagement, type_, minutes, trace=None, link=False):
        if trace is None:
            trace = engagement.trace_ids[:1]
        self.env["email.engagement.event"].create(
            {
                "engagement_id": engagement.id,
                "trace_id": trace.id,
                "type": type_,
                "date": NOW - timedelta(minutes=minutes),
                "counted": True,
            }
        )
        engagement._refresh()
        return self.text(engagement)

    def text(self, engagement):
        engagement.invalidate_recordset(["status_text"])
        return engagement.with_user(self.sales).status_text

    def test_one_recipient(self):
        message, _mails = self.post(BODY)
        engagement = message.engagement_id
        self.assertEqual(self.text(engagement), "Not yet opened")
        for type_, minutes, text in [
            ("open", 60 * 24 * 30, "Opened on 02/02/2025"),
            ("open", 60 * 20, "Opened 2 times, last yesterday"),
            ("open", 60 * 3, "Opened 3 times, last 3 hours ago"),
            ("attachment", 61, "File viewed 1 hour ago"),
            ("click", 5, "Clicked 5 minutes ago"),
            ("reply", 125, "Replied 2 hours ago"),
            ("reply", 0, "Replied just now"),
        ]:
            with self.subTest(text):
                self.assertEqual(self.add(engagement, type_, minutes), text)

    def test_several_recipients(self):
        third = self.env["res.partner"].create(
            {"name": "C", "email": "c@c.example.com"}
        )
        message, _mails = self.post(BODY, self.anna | self.bob | third)
        engagement = message.engagement_id
        first, second, last = engagement.trace_ids
        self.add(engagement, "open", 60 * 20, first)
        self.assertEqual(
            self.add(engagement, "open", 60 * 19, second),
            "Opened by 2 of 3, last yesterday",
        )
        self.assertEqual(
            self.add(engagement, "click", 5, second),
            "Clicked by 1 of 3, last 5 minutes ago",
        )
        nobody = self.env["email.engagement.trace"]
        self.assertEqual(
            self.add(engagement, "reply", 125, nobody),
            "Replied 2 hours ago",
            "a colleague of theirs",
        )
        self.assertEqual(
            self.add(engagement, "reply", 60, last),
            "Replied by 1 of 3, last 1 hour ago",
        )

    def test_language_and_time_zone(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        message, _mails = self.post(BODY)
        engagement = message.engagement_id
        self.add(engagement, "click", 60 * 14)  # 01:00 UTC, the day before in Chicago
        self.assertEqual(self.text(engagement), "Clicked 14 hours ago")
        there = engagement.with_context(tz="America/Chicago").with_user(self.sales)
        self.assertEqual(there.status_text, "Clicked yesterday")
        french = engagement.with_context(lang="fr_FR").with_user(self.sales)
        self.assertIn("il y a 14 heures", french.status_text)

    def test_constant_number_of_queries(self):
        engagements = self.env["email.engagement"]
        for number in range(30):
            message, _mails = self.post(BODY, self.anna | self.bob)
            engagement = message.engagement_id
            if number % 2:
                self.add(
                    engagement, ("open", "click", "reply")[number % 3], 60 * number
                )
            engagements += engagement

        def queries(count):
            self.env.flush_all()
            self.env.invalidate_all()
            some = engagements[:count].with_user(self.sales)
            some.mapped("date")  # read, and access checked: not of this test
            # Nor is the reader's time zone, which Odoo keeps with an environment: this
            # one may be new, or that of an earlier call.
            self.assertTrue(some.env.tz)
            before = self.env.cr.sql_log_count
            self.assertTrue(all(some.mapped("status_text")))
            return self.env.cr.sql_log_count - before

        queries(30)
        few, many = queries(6), queries(30)
        self.assertEqual(few, many)
        self.assertLessEqual(many, 4)
