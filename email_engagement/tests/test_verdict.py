from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import EngagementTransactionCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestVerdict(EngagementTransactionCase):
    def setUp(self):
        super().setUp()
        self.env.company.engagement_keep_raw = True
        message, _mails = self.post(BODY)
        self.engagement = message.engagement_id
        self.trace = self.engagement.trace_ids
        self.link = self.engagement.link_ids[0]
        self.administrator = new_test_user(
            self.env, "ee_admin", "email_engagement.group_administrator"
        )

    def events(self, *types):
        return self.engagement.event_ids.filtered(lambda event: event.type in types)

    def judge(self, user=None):
        wizard = self.env["email.engagement.judge"].with_user(
            user or self.administrator
        )
        now = fields.Datetime.now()
        action = wizard.create(
            {"date_from": now - timedelta(days=1), "date_to": now + timedelta(days=1)}
        ).action_judge()
        self.env.invalidate_all()
        return action["params"]["message"]

    def test_by_hand(self):
        self.hit(self.trace, self.link)
        self.digest()
        click = self.events("click")
        self.assertEqual(
            (self.engagement.click_count, self.engagement.open_count), (1, 1)
        )
        click.with_user(self.administrator).action_do_not_count()
        self.assertEqual(
            (self.engagement.click_count, self.engagement.open_count), (0, 0)
        )
        self.assertEqual(self.engagement.status, "sent")
        self.assertEqual(click.reason_text, "Decided by an administrator")
        click.with_user(self.administrator).action_count()
        self.assertEqual(
            (self.engagement.click_count, self.engagement.open_count), (1, 1)
        )
        self.assertEqual(self.engagement.status, "clicked")
        self.assertFalse(self.engagement._refresh(), "the figures are derived as ever")

    def test_by_hand_is_for_administrators(self):
        self.hit(self.trace)
        self.digest()
        for user in (self.sales, self.colleague):
            with self.assertRaises(AccessError):
                self.events("open").with_user(user).action_do_not_count()
            with self.assertRaises(AccessError):
                self.judge(user)

    def test_what_was_sent_cannot_be_counted(self):
        sent = self.events("sent")
        sent.with_user(self.administrator).action_count()
        self.assertFalse(sent.counted)

    def test_rules_have_changed(self):
        self.hit(self.trace, seconds=10, address="203.0.113.7")
        self.hit(self.trace, self.link, seconds=3600, address="203.0.113.7")
        self.digest()
        self.assertEqual(self.engagement.machine_count, 1)
        self.assertEqual(self.engagement.click_count, 1)
        self.assertIn("2 interactions were judged again, 0 of", self.judge())
        self.env.company.engagement_scanner_networks = "203.0.113.0/24"
        self.assertIn("1 of them got another verdict", self.judge())
        self.assertEqual(self.engagement.click_count, 0)
        self.assertEqual(self.engagement.open_count, 0, "nor what it had implied")
        self.env["ir.config_parameter"].set_param("email_engagement.open_grace", "0")
        self.env.company.engagement_scanner_networks = False
        self.judge()
        self.assertEqual(self.engagement.click_count, 1)
        self.assertEqual(self.engagement.open_count, 1)
        self.assertFalse(self.engagement._refresh())

    def test_what_was_kept_apart_counts_once(self):
        """A scanner's open and a person's, seconds apart, both a person's now."""
        self.env.company.engagement_own_networks = "203.0.113.0/24"
        self.hit(self.trace, seconds=3600, address="203.0.113.7")
        self.hit(self.trace, seconds=3604, address="198.51.100.7")
        self.digest()
        self.assertEqual(self.engagement.open_count, 1)
        self.env.company.engagement_own_networks = False
        self.judge()
        self.assertEqual(self.engagement.open_count, 1)

    def test_decisions_by_hand_stay(self):
        self.hit(self.trace)
        self.digest()
        self.events("open").with_user(self.administrator).action_do_not_count()
        self.judge()
        self.assertEqual(self.engagement.open_count, 0)

    def test_nothing_to_judge_by(self):
        self.env.company.engagement_keep_raw = False
        self.hit(self.trace)
        self.digest()
        self.assertIn("nothing to judge", self.judge())
        self.assertEqual(self.engagement.open_count, 1)

    def test_period(self):
        wizard = self.env["email.engagement.judge"].create(
            {"date_from": "2026-02-01 00:00:00", "date_to": "2026-01-01 00:00:00"}
        )
        with self.assertRaises(UserError):
            wizard.action_judge()

    def test_other_companies_are_left_alone(self):
        self.hit(self.trace, seconds=10)
        self.digest()
        self.engagement.company_id = self.env["res.company"].create({"name": "Other"})
        self.env["ir.config_parameter"].set_param("email_engagement.open_grace", "0")
        self.assertIn("nothing to judge", self.judge())
        self.assertEqual(self.engagement.open_count, 0)
