from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RecordCase


@tagged("post_install", "-at_install")
class TestRecords(RecordCase):
    """Rules on the record that an email was written on."""

    def open_rule(self, model="mail.blacklist", **values):
        return self.rule(model, self.RAN, **{"trigger": "on_email_opened", **values})

    def act(self, trace, link=None, seconds=3600):
        self.hit(trace, link, seconds=seconds)
        self.digest()
        self.settle()

    def test_opened(self):
        self.open_rule()
        engagement = self.write_to(self.deal)
        self.hit(engagement.trace_ids)
        self.digest()
        self.assertEqual(self.runs(), 0, "not before it has settled")
        self.settle()
        self.assertEqual(self.runs(), 1)
        self.act(engagement.trace_ids, seconds=9000)
        self.assertEqual(self.runs(), 1, "once per email")
        self.act(self.write_to(self.deal).trace_ids)
        self.assertEqual(self.runs(), 2, "another email")

    def test_each_time(self):
        self.open_rule(engagement_each_time=True)
        engagement = self.write_to(self.deal)
        for times in (1, 2):
            self.act(engagement.trace_ids, seconds=3600 * times)
            self.assertEqual(self.runs(), times)

    def test_clicked(self):
        self.open_rule(trigger="on_email_clicked")
        engagement = self.write_to(self.deal)
        self.act(engagement.trace_ids)
        self.assertEqual(self.runs(), 0)
        self.act(engagement.trace_ids, engagement.link_ids[0], seconds=9000)
        self.assertEqual(self.runs(), 1)

    def test_viewed_and_answered(self):
        for trigger, event_type in (
            ("on_email_file_viewed", "attachment"),
            ("on_email_answered", "reply"),
        ):
            rule = self.open_rule(trigger=trigger)
            engagement = self.write_to(self.deal)
            before = self.runs()
            self.env["email.engagement.event"].create(
                {
                    "engagement_id": engagement.id,
                    "trace_id": engagement.trace_ids.id,
                    "type": event_type,
                    "date": fields.Datetime.now(),
                    "counted": True,
                }
            )
            engagement._refresh()
            self.settle()
            with self.subTest(trigger):
                self.assertEqual(self.runs() - before, 1)
            rule.active = False

    def test_machines_start_nothing(self):
        self.open_rule(trigger="on_email_clicked")
        engagement = self.write_to(self.deal)
        self.hit(engagement.trace_ids, engagement.link_ids[0], user_agent="curl/8.0")
        self.digest()
        self.settle()
        self.assertEqual(self.runs(), 0)

    def test_condition(self):
        self.open_rule(filter_domain="[('email', '=', 'late@x.example.com')]")
        engagement = self.write_to(self.deal)
        self.act(engagement.trace_ids)
        self.assertEqual(self.runs(), 0)
        self.deal.email = "late@x.example.com"
        self.act(engagement.trace_ids, seconds=9000)
        self.assertEqual(self.runs(), 1, "the first time that the condition is met")

    def test_other_kinds_of_records(self):
        self.open_rule("discuss.channel")
        self.act(self.write_to(self.deal).trace_ids)
        self.assertEqual(self.runs(), 0)

    def test_contacts(self):
        """For who opened it, on whatever record, and for nobody else."""
        self.open_rule("res.partner")
        engagement = self.write_to(self.deal, self.anna | self.bob)
        for_anna, for_bob = engagement.trace_ids.sorted("partner_id")
        self.assertEqual(for_anna.partner_id, self.anna)
        self.act(for_anna)
        self.assertEqual([self.runs(self.anna), self.runs(self.bob)], [1, 0])
        self.act(for_bob)
        self.assertEqual([self.runs(self.anna), self.runs(self.bob)], [1, 1])
        deal = self.env["res.partner"].create({"name": "The Deal"})
        self.act(self.write_to(deal).trace_ids)
        self.assertEqual([self.runs(self.anna), self.runs(deal)], [2, 0])

    def test_anonymous_emails_tell_of_no_contact(self):
        self.open_rule("res.partner")
        self.open_rule()
        self.env.company.engagement_policy = "anonymous"
        engagement = self.write_to(self.deal)
        self.act(engagement.trace_ids)
        self.assertEqual(engagement.open_count, 1)
        self.assertEqual([self.runs(self.anna), self.runs()], [0, 1])

    def test_record_gone(self):
        self.open_rule()
        engagement = self.write_to(self.deal)
        engagement.res_id = self.deal.id + 1000
        self.act(engagement.trace_ids)
        self.assertEqual(self.runs(), 0)

    def test_failing_rule_is_tried_again_and_keeps_no_other(self):
        failing = self.open_rule()
        failing.action_server_ids.code = "records.message_post(body='ran')\n1 / 0"
        self.open_rule()
        engagement = self.write_to(self.deal)
        with mute_logger(
            "odoo.addons.email_engagement_automation.models.base_automation",
            "odoo.addons.base.models.ir_actions",
        ):
            self.act(engagement.trace_ids)
        self.assertEqual(self.runs(), 1)
        failing.action_server_ids.code = self.RAN
        self.act(engagement.trace_ids, seconds=9000)
        self.assertEqual(self.runs(), 2)

    def test_action_knows_the_interaction(self):
        self.open_rule().action_server_ids.code = (
            "event = env['email.engagement.event'].browse("
            "env.context['engagement_event_id'])\n"
            "record.message_post(body='ran for ' + event.trace_id.partner_id.name)"
        )
        self.act(self.write_to(self.deal).trace_ids)
        self.assertIn("ran for Anna Customer", self.deal.message_ids[0].body)

    def test_only_where_there_is_a_chatter(self):
        for trigger in ("on_email_opened", "on_email_no_reply"):
            with self.assertRaises(ValidationError):
                self.open_rule("res.country", trigger=trigger)

    def test_without_rules_it_costs_nothing_per_interaction(self):
        engagement = self.write_to(self.deal)
        events = self.env["email.engagement.event"].create(
            [
                {
                    "engagement_id": engagement.id,
                    "trace_id": engagement.trace_ids.id,
                    "type": "click",
                    "date": fields.Datetime.now(),
                    "counted": True,
                }
                for _number in range(3)
            ]
        )
        rules = self.env["base.automation"]
        self.assertEqual(
            self.statements(rules._engagement_start, events[:1]),
            self.statements(rules._engagement_start, events),
        )
