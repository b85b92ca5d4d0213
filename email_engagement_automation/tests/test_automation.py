from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.email_engagement.tests.test_send import BODY

from .common import AutomationCase


@tagged("post_install", "-at_install")
class TestAutomation(AutomationCase):
    """Rules on the interactions and on the emails themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("setUp")
        message, _mails = case.post(BODY, subject="The offer")
        cls.engagement = message.engagement_id
        cls.trace = cls.engagement.trace_ids

    def clicked_rule(self):
        return self.rule(
            "email.engagement.event",
            "for event in records:\n"
            "    partner = env['res.partner'].browse(event.engagement_id.res_id)\n"
            "    partner.write({'comment': (partner.comment or '') + 'clicked.'})",
            filter_domain="[('type', '=', 'click')]",
        )

    def test_link_clicked(self):
        self.clicked_rule()
        self.hit(self.trace)
        self.digest()
        self.settle()
        self.assertFalse(self.record.comment)
        self.hit(self.trace, self.engagement.link_ids[0], seconds=4000)
        self.digest()
        self.assertFalse(self.record.comment, "not before it has settled")
        self.settle()
        self.assertEqual(self.record.comment, "<span>clicked.</span>")
        self.settle()
        self.assertEqual(self.record.comment, "<span>clicked.</span>", "once")

    def test_machine_starts_nothing(self):
        self.clicked_rule()
        link = self.engagement.link_ids[0]
        self.hit(self.trace, link, user_agent="curl/8.0")
        self.digest()
        self.settle()
        self.assertFalse(self.record.comment)

    def test_made_by_code_starts_once(self):
        """Such as an answer, which the mail gateway writes down."""
        self.rule(
            "email.engagement.event",
            "for event in records:\n"
            "    partner = env['res.partner'].browse(event.engagement_id.res_id)\n"
            "    partner.write({'color': partner.color + 1})",
            filter_domain="[('type', '=', 'reply')]",
        )
        self.env["email.engagement.event"].create(
            {
                "engagement_id": self.engagement.id,
                "trace_id": self.trace.id,
                "type": "reply",
                "date": fields.Datetime.now(),
                "counted": True,
            }
        )
        self.engagement._refresh()
        self.assertEqual(self.record.color, 0)
        self.settle()
        self.assertEqual(self.record.color, 1)

    def test_failing_rule_keeps_nothing(self):
        self.rule("email.engagement.event", "raise ValueError('no')")
        self.sales.engagement_alert_opens = "first"
        self.hit(self.trace)
        self.digest()
        with mute_logger(
            "odoo.addons.email_engagement_automation.models.base_automation",
            "odoo.addons.base.models.ir_actions",
        ):
            self.settle()
        alerts = self.env["email.engagement.alert"].search([])
        self.assertEqual(alerts.mapped("state"), ["told"])

    def test_no_reply_after_three_days(self):
        rule = self.rule(
            "email.engagement",
            "for engagement in records:\n"
            "    partner = env['res.partner'].browse(engagement.res_id)\n"
            "    partner.write({'color': partner.color + 1})",
            trigger="on_time",
            trg_date_id=self.env.ref(
                "email_engagement.field_email_engagement__date"
            ).id,
            trg_date_range=3,
            trg_date_range_type="day",
            filter_domain="[('reply_count', '=', 0)]",
        )
        now = fields.Datetime.now()
        for days, color in ((2, 0), (4, 1)):
            self.engagement.date = now - timedelta(days=days)
            rule.last_run = now - timedelta(days=1, hours=12)
            with self.no_commits():
                self.env["base.automation"]._cron_process_time_based_actions()
            with self.subTest(days=days):
                self.assertEqual(self.record.color, color)
