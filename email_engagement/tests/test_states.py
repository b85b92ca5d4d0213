from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.misc import mute_logger

from .common import EngagementTransactionCase
from .test_send import BODY

STATE_OF = {
    "ready": "outgoing",
    "sent": "sent",
    "bounce": "bounced",
    "exception": "failed",
    "canceled": "cancelled",
}


@tagged("post_install", "-at_install")
class TestStates(EngagementTransactionCase):
    """The state of each copy is what Odoo's own notifications and mails say."""

    def queue(self, partners=None, **kwargs):
        """A followed message whose mails wait in the queue."""
        message, _mails = self.post(BODY, partners, force_send=False, **kwargs)
        # sudo: the queue belongs to the system
        return message, message.sudo().mail_ids

    def fail_to_send(self, mails, error=None):
        """Try to send, and fail on the way."""
        error = error or OSError("no route to host")
        with self.mock_mail_gateway(), mute_logger("odoo.addons.mail.models.mail_mail"):
            self.send_email_mocked.side_effect = error
            mails.send()

    def assertSame(self, message):
        traces = message.engagement_id.trace_ids
        by_partner = {
            notification.res_partner_id: STATE_OF[notification.notification_status]
            for notification in message.notification_ids
        }
        self.assertTrue(traces)
        for trace in traces:
            self.assertEqual(trace.state, by_partner[trace.partner_id])

    def test_sent(self):
        message, _mails = self.post(BODY, self.anna | self.bob)
        self.assertSame(message)
        sent = message.engagement_id.event_ids
        self.assertIn("Handed to your mail server", sent.note)

    def test_failed(self):
        message, mails = self.queue(self.anna | self.bob)
        self.fail_to_send(mails)
        engagement = message.engagement_id
        self.assertSame(message)
        self.assertEqual(engagement.status, "failed")
        self.assertEqual(engagement.sent_count, 0)
        self.assertEqual(engagement.status_text, "Could not be sent")
        self.assertIn("no route to host", engagement.failure_text)
        self.assertFalse(engagement.event_ids)

    def test_failed_before_smtp(self):
        message, mails = self.queue()
        model = type(self.env["mail.mail"])
        broken = patch.object(
            model, "_personalize_outgoing_body", side_effect=ValueError("no such thing")
        )
        with (
            broken,
            self.mock_mail_gateway(),
            mute_logger(
                "odoo.addons.mail.models.mail_mail", "odoo.addons.email_engagement"
            ),
        ):
            mails.send()
        self.assertSame(message)
        self.assertEqual(message.engagement_id.trace_ids.state, "failed")
        self.assertIn("no such thing", message.engagement_id.failure_text)

    def test_server_out_of_reach(self):
        message, mails = self.queue()
        with self.mock_mail_gateway():
            self.connect_mocked.side_effect = OSError("connection refused")
            mails.send()
        self.assertSame(message)
        text = message.engagement_id.failure_text
        self.assertIn("Your mail server could not be reached: connection refused", text)

    def test_partner_without_address(self):
        nobody = self.env["res.partner"].create({"name": "Nobody", "email": False})
        message, _mails = self.post(BODY, self.anna | nobody)
        self.assertSame(message)
        engagement = message.engagement_id
        states = {trace.partner_id: trace.state for trace in engagement.trace_ids}
        self.assertEqual(states, {self.anna: "sent", nobody: "failed"})
        self.assertIn("Nobody: No email address", engagement.failure_text)
        self.assertEqual(engagement.sent_count, 1)
        self.assertEqual(
            engagement.status_text, "Not yet opened · 1 of 2 not delivered"
        )
        self.assertFalse(engagement.can_retry, "Odoo keeps no mail to try again")

    def test_only_partner_without_address(self):
        nobody = self.env["res.partner"].create(
            {"name": "Nobody", "email": "no at all"}
        )
        message, _mails = self.post(BODY, nobody)
        self.assertSame(message)
        self.assertEqual(message.engagement_id.status, "failed")

    def test_failures_ignored(self):
        """*Ignore all failures* in the web client."""
        message, mails = self.queue(self.anna | self.bob)
        self.fail_to_send(mails)
        self.record.with_user(self.sales).notify_cancel_by_type("email")
        self.assertEqual(
            set(message.notification_ids.mapped("notification_status")), {"canceled"}
        )
        self.assertSame(message)
        self.assertEqual(message.engagement_id.status, "cancelled")
        self.assertEqual(message.engagement_id.status_text, "Cancelled")

    def test_every_notification_status(self):
        message, mails = self.queue()
        self.fail_to_send(mails)
        for status in ("ready", "bounce", "canceled", "exception", "sent"):
            with self.subTest(status):
                message.notification_ids.notification_status = status
                self.assertSame(message)

    def test_cancelled_in_the_queue(self):
        message, mails = self.queue()
        self.assertEqual(message.engagement_id.status, "outgoing")
        mails.cancel()
        self.assertEqual(message.engagement_id.trace_ids.state, "cancelled")
        self.assertEqual(message.engagement_id.status, "cancelled")
        mails.mark_outgoing()
        self.assertEqual(message.engagement_id.trace_ids.state, "outgoing")
        self.assertEqual(message.engagement_id.status, "outgoing")
        with self.mock_mail_gateway():
            mails.send()
        self.assertSame(message)
        self.assertEqual(message.engagement_id.status, "sent")

    def test_deleted_from_the_queue(self):
        message, mails = self.queue()
        mails.unlink()
        self.assertEqual(message.engagement_id.status, "cancelled")

    def test_deleted_once_sent(self):
        message, mails = self.queue()
        with self.mock_mail_gateway(mail_unlink_sent=True):
            mails.send()
        self.assertFalse(mails.exists())
        self.assertSame(message)
        self.assertEqual(message.engagement_id.status, "sent")

    def test_message_deleted_before_it_was_sent(self):
        message, _mails = self.queue()
        engagement = message.engagement_id
        message.unlink()
        self.assertFalse(engagement.exists())

    def test_message_deleted_after_it_was_sent(self):
        message, _mails = self.post(BODY)
        engagement = message.engagement_id
        message.unlink()
        self.assertTrue(engagement.exists())

    def test_made_to_be_not_sent(self):
        """Such as by the composer's mass mode, for an address on the blacklist."""
        mail = self.env["mail.mail"].create(
            {
                "subject": "No",
                "body_html": BODY,
                "recipient_ids": [(4, self.anna.id)],
                "state": "cancel",
                "failure_type": "mail_bl",
                "engagement_followed": True,
            }
        )
        trace = mail.mail_message_id.engagement_id.trace_ids
        self.assertEqual(trace.state, "cancelled")
        self.assertEqual(trace.failure_text, "The address is on the blacklist")

    # ------------------------------------------------------------
    # Trying again
    # ------------------------------------------------------------

    def test_retry(self):
        message, mails = self.queue(self.anna | self.bob)
        self.fail_to_send(mails)
        engagement = message.engagement_id.with_user(self.sales)
        self.assertTrue(engagement.can_retry)
        self.assertEqual(engagement.trace_ids.mapped("can_retry"), [True, True])
        engagement.action_retry()
        self.assertEqual(mails.mapped("state"), ["outgoing"] * len(mails))
        self.assertEqual(engagement.status, "outgoing")
        self.assertFalse(engagement.can_retry)
        with self.mock_mail_gateway():
            mails.send()
        self.assertEqual(len(self._mails), 2)
        self.assertSame(message)
        self.assertEqual(engagement.status, "sent")

    def test_retry_leaves_out_who_has_it(self):
        """Odoo itself would send the whole mail again, also to who got it."""
        message, mails = self.queue(self.anna | self.bob)
        self.fail_to_send(mails, [mails[:1].message_id, OSError("gone")])
        states = message.engagement_id.trace_ids.mapped("state")
        self.assertEqual(sorted(states), ["failed", "sent"])
        self.assertSame(message)
        message.engagement_id.with_user(self.sales).action_retry()
        with self.mock_mail_gateway():
            mails.filtered(lambda mail: mail.state == "outgoing").send()
        self.assertEqual(len(self._mails), 1)
        self.assertEqual(set(message.engagement_id.trace_ids.mapped("state")), {"sent"})

    def test_retry_is_for_the_sender(self):
        message, mails = self.queue()
        self.fail_to_send(mails)
        engagement = message.engagement_id
        other = engagement.with_user(self.colleague)
        self.assertFalse(other.can_retry)
        with self.assertRaises(AccessError):
            other.action_retry()
        self.assertEqual(engagement.trace_ids.state, "failed")

    def test_nothing_to_retry(self):
        message, _mails = self.post(BODY)
        engagement = message.engagement_id.with_user(self.sales)
        self.assertFalse(engagement.can_retry)
        with self.assertRaises(UserError):
            engagement.action_retry()
