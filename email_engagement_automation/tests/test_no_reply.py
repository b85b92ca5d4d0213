from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from odoo.addons.email_engagement.tests.test_send import BODY

from .common import RecordCase


@tagged("post_install", "-at_install")
class TestNoReply(RecordCase):
    """Rules that start when an email has had no reply for some days."""

    def no_reply_rule(self, model="mail.blacklist", days=3, **values):
        rule = self.rule(
            model,
            self.RAN,
            trigger="on_email_no_reply",
            trg_date_range=days,
            trg_date_range_type="day",
            **values,
        )
        # As if it had been made long ago, and last been looked at a day ago.
        rule.engagement_until = fields.Datetime.now() - timedelta(days=days + 1)
        return rule

    def run_cron(self):
        with self.no_commits(), self.mock_mail_gateway():
            self.env["base.automation"]._engagement_run_no_reply()

    def answer(self, trace):
        self.env["email.engagement.event"].create(
            {
                "engagement_id": trace.engagement_id.id,
                "trace_id": trace.id,
                "type": "reply",
                "date": fields.Datetime.now(),
                "counted": True,
            }
        )
        trace.engagement_id._refresh()

    def test_once_when_the_time_is_over(self):
        self.no_reply_rule()
        self.write_to(self.deal, days=2)
        self.write_to(self.deal, days=3.5)
        for _run in range(2):
            self.run_cron()
            self.assertEqual(self.runs(), 1)

    def test_still_in_the_queue_when_its_time_was_over(self):
        """Its time begins when it goes out."""
        self.no_reply_rule()
        now = fields.Datetime.now()
        self.record = self.deal
        self.post(BODY, scheduled_date=now + timedelta(days=5))
        for days, runs in ((4, 0), (6, 0), (10, 1), (12, 1)):
            with freeze_time(now + timedelta(days=days)):
                with self.mock_mail_gateway():
                    self.env["mail.message.schedule"]._send_notifications_cron()
                self.run_cron()
            with self.subTest(days=days):
                self.assertEqual(self.runs(), runs)

    def test_answered(self):
        self.no_reply_rule()
        self.answer(self.write_to(self.deal, days=3.5).trace_ids)
        self.run_cron()
        self.assertEqual(self.runs(), 0)

    def test_opened_but_not_answered(self):
        self.no_reply_rule()
        engagement = self.write_to(self.deal, days=3.5)
        self.hit(engagement.trace_ids)
        self.digest()
        self.run_cron()
        self.assertEqual(self.runs(), 1)

    def test_not_delivered(self):
        self.no_reply_rule()
        engagement = self.write_to(self.deal, days=3.5)
        engagement.trace_ids.state = "bounced"
        engagement._refresh()
        self.run_cron()
        self.assertEqual(self.runs(), 0)

    def test_who_has_refused(self):
        """Answers of whom are recorded all the same."""
        self.anna._engagement_decide({"opens": "refused", "clicks": "refused"})
        self.no_reply_rule()
        self.no_reply_rule("res.partner")
        self.write_to(self.deal, days=3.5)
        self.run_cron()
        self.assertEqual([self.runs(), self.runs(self.anna)], [1, 1])

    def test_switched_off(self):
        """Nothing is recorded any more, so nobody knows whether there was a reply."""
        self.no_reply_rule()
        self.write_to(self.deal, days=3.5)
        self.env.company.engagement_policy = "off"
        self.run_cron()
        self.assertEqual(self.runs(), 0)

    def test_contacts(self):
        """Of several recipients, those who did not answer."""
        self.no_reply_rule("res.partner")
        engagement = self.write_to(self.deal, self.anna | self.bob, days=3.5)
        self.answer(engagement.trace_ids.filtered(lambda t: t.partner_id == self.anna))
        self.run_cron()
        self.assertEqual([self.runs(self.anna), self.runs(self.bob)], [0, 1])

    def test_condition(self):
        self.no_reply_rule(filter_domain="[('email', '=', 'other@x.example.com')]")
        self.write_to(self.deal, days=3.5)
        self.run_cron()
        self.assertEqual(self.runs(), 0)

    def test_what_was_before_the_rule(self):
        rule = self.no_reply_rule()
        self.write_to(self.deal, days=3.5)
        rule.active = False
        rule.active = True
        self.run_cron()
        self.assertEqual(self.runs(), 0)

    def test_another_delay(self):
        rule = self.no_reply_rule(days=3)
        self.write_to(self.deal, days=3.5)
        self.write_to(self.deal, days=2.5)
        self.run_cron()
        self.assertEqual(self.runs(), 1)
        for days, runs in ((5, 1), (3, 1), (2, 2)):
            rule.trg_date_range = days
            self.run_cron()
            with self.subTest(days=days):
                self.assertEqual(
                    self.runs(), runs, "no email twice, and none forgotten"
                )

    def test_form(self):
        form = Form(self.env["base.automation"])
        form.name = "Call again"
        form.model_id = self.env["ir.model"]._get("res.partner")
        form.trigger = "on_email_no_reply"
        self.assertEqual(form.trg_date_range, 3)
        self.assertEqual(form.trg_date_range_type, "day")
        form.trg_date_range = 0
        with self.assertRaises(ValidationError):
            form.save()
        form.trg_date_range = 2
        rule = form.save()
        self.assertEqual(rule.trg_date_range, 2)
        self.assertLess(rule.engagement_until, fields.Datetime.now())
        form.trigger = "on_archive"
        self.assertEqual(form.save().trg_date_range, 0, "Odoo's own triggers as before")
