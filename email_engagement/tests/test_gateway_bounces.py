from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools.misc import mute_logger

from ..tools import bounces, replies
from . import gateway
from .gateway import GatewayCase


@tagged("post_install", "-at_install")
class TestBounces(GatewayCase):
    def test_every_server(self):
        reasons = {
            "bounce_exchange": "The mailbox is full: 554 5.2.2 mailbox full",
            "bounce_exim": "The recipient's mail system refused it: host mx.customer",
            "bounce_gmail": "The address does not exist: 550-5.1.1 The email account",
            "bounce_postfix": "The address does not exist: 550 5.1.1",
            "bounce_qmail": "The address does not exist: Sorry, no mailbox here",
            "bounce_ses": "The recipient's mail system refused it: 550 5.7.1 Message",
        }
        for name, reason in reasons.items():
            with self.subTest(name):
                message, values = self.send()
                engagement = message.engagement_id
                self.assertFalse(self.receive(name, values=values))
                self.assertEqual(engagement.trace_ids.state, "bounced")
                self.assertIn(reason, engagement.trace_ids.failure_text)
                self.assertIn(f"Anna Customer: {reason}", engagement.failure_text)
                self.assertEqual(engagement.status, "bounced")
                self.assertEqual(engagement.status_text, "Could not be delivered")
                self.assertEqual(engagement.sent_count, 0, "out of the rates")
                event = self.events("bounce", engagement)
                self.assertEqual(len(event), 1)
                self.assertEqual(event.trace_id, engagement.trace_ids)
                self.assertFalse(event.counted)
                self.assertIn(reason, event.note)
                # Odoo says the same
                notification = message.notification_ids
                self.assertEqual(notification.notification_status, "bounce")

    def test_not_delivered_yet(self):
        self.receive("bounce_postfix_delayed")
        event = self.events("bounce")
        self.assertEqual(event.what, "Delivery delayed")
        self.assertIn("The mail server goes on trying: connect to mx", event.note)
        self.assertEqual(self.trace.state, "sent")
        self.assertEqual(self.engagement.status, "sent")
        self.assertEqual(self.sent.notification_ids.notification_status, "sent")
        self.receive("bounce_postfix")
        self.assertEqual(self.trace.state, "bounced")

    def test_delivered(self):
        self.receive("bounce_postfix_delivered")
        self.assertFalse(self.events("bounce"))
        self.assertEqual(self.trace.state, "sent")
        self.assertEqual(self.sent.notification_ids.notification_status, "sent")

    def test_it_arrived_after_all(self):
        self.receive("bounce_postfix")
        # opened before it came back: that proves nothing
        self.hit(self.trace, seconds=600)
        self.digest()
        self.assertEqual(self.trace.open_count, 1)
        self.assertEqual(self.trace.state, "bounced")
        self.assertEqual(self.engagement.status, "opened")
        # and after it
        self.hit(self.trace, seconds=7200)
        self.digest()
        self.assertEqual(self.trace.state, "sent")
        self.assertFalse(self.trace.failure_text)
        self.assertFalse(self.engagement.failure_text)
        self.assertEqual(self.engagement.sent_count, 1)
        self.assertIn("It arrived after all", self.events("bounce").note)
        self.assertEqual(self.sent.notification_ids.notification_status, "sent")

    def test_machines_prove_nothing(self):
        self.receive("bounce_postfix")
        self.hit(self.trace, seconds=7200, user_agent="curl/8")
        self.digest()
        self.assertEqual(self.trace.state, "bounced")

    def test_one_of_several(self):
        message, values = self.send(self.anna | self.bob)
        engagement = message.engagement_id
        self.receive("bounce_postfix", values=values)
        states = {trace.partner_id: trace.state for trace in engagement.trace_ids}
        self.assertEqual(states, {self.anna: "bounced", self.bob: "sent"})
        self.assertEqual(engagement.status, "sent")
        self.assertEqual(engagement.sent_count, 1)
        self.assertEqual(
            engagement.status_text, "Not yet opened · 1 of 2 not delivered"
        )

    def test_one_address_of_a_shared_copy(self):
        mail = self.env["mail.mail"].create(
            {
                "subject": "The Deal",
                "body_html": gateway.BODY,
                "email_to": "anna@customer.example.com, y@b.example.com",
                "engagement_followed": True,
            }
        )
        with self.mock_mail_gateway():
            mail.send()
        trace = mail.mail_message_id.engagement_id.trace_ids
        values = {**self.values, "MESSAGE_ID": mail.message_id}
        self.receive("bounce_postfix", values=values)
        self.assertEqual(trace.state, "sent")
        event = self.events("bounce", trace.engagement_id)
        self.assertIn("anna@customer.example.com: 550", event.note)
        self.assertNotIn("arrived", event.note)
        other = [
            ("anna@customer.example.com", "y@b.example.com"),
            ("20250304091217", "20250304091299"),
        ]
        self.receive("bounce_postfix", values=values, change=other)
        self.assertEqual(trace.state, "bounced")

    def test_forwarded_before_it_came_back(self):
        """The only copy is meant, whatever address it went to in the end."""
        self.receive(
            "bounce_exchange",
            change=[
                ("rfc822;anna@customer.example.com", "rfc822;a@elsewhere.example.com")
            ],
        )
        self.assertEqual(self.trace.state, "bounced")

    def test_of_an_email_that_is_not_followed(self):
        message, values = self.send(followed=False)
        self.receive("bounce_postfix", values=values)
        self.assertEqual(message.notification_ids.notification_status, "bounce")
        self.assertEqual(self.trace.state, "sent")

    def test_the_same_again(self):
        """Any number of reports is one event per reason; each may be of another
        address, or be made up.
        """
        for number in range(4):
            change = [("20250304091217", f"2025030409121{number}")]
            self.receive("bounce_postfix", change=change)
        self.assertEqual(len(self.events("bounce")), 1)
        message, values = self.send(self.anna | self.bob)
        engagement = message.engagement_id
        self.env["ir.config_parameter"].set_param(
            "email_engagement.events_per_hour", "3"
        )
        for number in range(5):
            other = f"x{number}@b.example.com"
            delivery = (other, "failed", "5.1.1", f"550 5.1.1 {other} unknown")
            for _again in range(2):
                engagement._record_bounce([delivery], [], fields.Datetime.now())
        self.assertEqual(len(self.events("bounce", engagement)), 3)
        for _number in range(2):
            self.receive("auto_to_bounce_address", values=values)
        self.assertEqual(len(self.events("reply", engagement)), 1)

    def test_unreadable_report(self):
        """Odoo goes on as if nothing was followed."""
        broken = patch.object(bounces, "read", side_effect=ZeroDivisionError)
        with broken, self.assertLogs("odoo.addons.email_engagement", "ERROR"):
            self.receive("bounce_postfix")
        self.assertEqual(self.sent.notification_ids.notification_status, "bounce")

    def test_no_mistake_of_ours_loses_a_mail(self):
        """Whatever fails here, Odoo does with the mail what it would do without us:
        also where the database has ended the transaction for it.
        """

        def fail(*_args, **_options):
            self.env.cr.execute("SELECT 1 / 0")

        engagements = type(self.env["email.engagement"])
        model = type(self.env["mail.thread"])
        for owner, method in (
            (replies, "automatic"),
            (replies, "answered"),
            (bounces, "read"),
            (engagements, "_answered"),
            (engagements, "_answered_by"),
            (engagements, "_copy_of"),
            (engagements, "_copy_at"),
            (engagements, "_copy_in_thread"),
            (engagements, "_record_received"),
            (engagements, "_record_reply"),
            (engagements, "_record_bounce"),
            (model, "_engagement_received"),
            (model, "_engagement_bounced"),
            (model, "_engagement_bounce_values"),
            (model, "_engagement_returned"),
            (model, "_engagement_date"),
        ):
            with self.subTest(method):
                message, values = self.send()
                with (
                    patch.object(owner, method, fail),
                    mute_logger(
                        "odoo.sql_db", "odoo.addons.email_engagement.models.apart"
                    ),
                ):
                    received = self.receive(
                        "reply_gmail",
                        values=values,
                        change=[("=reply-gmail", f"={method}")],
                    )
                    self.receive("auto_to_bounce_address", values=values)
                    self.receive("bounce_qmail", values=values)
                    self.receive("bounce_postfix", values=values)
                self.assertIn("at four", received.body)
                self.assertEqual(received.parent_id, message)
                notification = message.notification_ids
                self.assertEqual(notification.notification_status, "bounce")

    def test_anonymous(self):
        """What comes back, or is answered, names nobody."""
        self.env.company.engagement_policy = "anonymous"
        for partners, answer, *others in (
            (self.anna, "reply_gmail", "reply_ses", "reply_iphone"),
            (self.anna | self.bob, "reply_outlook", "reply_m365", "reply_android"),
        ):
            with self.subTest(answer):
                message, values = self.send(partners)
                engagement = message.engagement_id
                trace = engagement.trace_ids
                self.assertTrue(trace.is_anonymous)
                self.receive("bounce_postfix", values=values)
                self.receive(answer, values=values)
                event = self.events("bounce", engagement)
                self.assertEqual(event.trace_id, trace)
                self.assertEqual(event.note, "The address does not exist")
                self.assertEqual(trace.state, "sent")
                self.assertFalse(trace.failure_reason)
                event = self.events("reply", engagement)
                self.assertEqual(event.trace_id, trace)
                self.assertFalse(event.message_id)
                self.assertEqual(event.who, "Recipients (anonymous)")
                self.assertEqual(engagement.reply_count, 1)
                # nor does a time tell which of the mails in the chatter it was
                whole = event.date.replace(minute=0, second=0, microsecond=0)
                self.assertIn(event.date, (whole, trace.sent_date))
                # nor does news of it that comes at once
                alerts = self.env["email.engagement.alert"].search(
                    [("engagement_id", "=", engagement.id)]
                )
                self.assertFalse(alerts.event_id.filtered(lambda e: e.type == "reply"))
                for other in others:
                    self.receive(other, values=values)
                self.assertEqual(engagement.reply_count, 3)

    def test_off(self):
        self.env.company.engagement_policy = "off"
        self.receive("bounce_postfix")
        self.receive("reply_gmail")
        self.assertFalse(self.events("bounce") or self.events("reply"))
        # Odoo's own
        self.assertEqual(self.sent.notification_ids.notification_status, "bounce")

    def test_failure_keeps_odoo_s_own(self):
        model = type(self.env["email.engagement"])
        broken = patch.object(model, "_record_bounce", side_effect=ZeroDivisionError)
        with broken, self.assertLogs("odoo.addons.email_engagement", "ERROR"):
            self.receive("bounce_postfix")
        self.assertEqual(self.sent.notification_ids.notification_status, "bounce")
        self.assertEqual(self.trace.state, "bounced", "as Odoo says")

    def test_later_than_everything(self):
        self.assertLess(
            self.trace.sent_date, fields.Datetime.now() - timedelta(minutes=30)
        )
        self.receive(
            "bounce_postfix",
            change=[(self.values["DATE"], "Tue, 4 Mar 1997 09:12:17 +0100")],
        )
        self.assertGreaterEqual(self.events("bounce").date, self.trace.sent_date)
