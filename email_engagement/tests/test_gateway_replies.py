from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user, tagged

from . import gateway
from .gateway import GatewayCase

ANSWERS = [
    name
    for name in (*gateway.names("reply"), *gateway.names("forward"))
    if name not in ("reply_colleague", "reply_without_references")
]


@tagged("post_install", "-at_install")
class TestAnswers(GatewayCase):
    def test_every_client(self):
        self.assertGreater(len(ANSWERS), 10)
        for number, name in enumerate(ANSWERS, start=1):
            with self.subTest(name):
                received = self.receive(name)
                self.assertEqual(len(received), 1)
                self.assertEqual(received.res_id, self.record.id)
                event = self.events("reply")[-1]
                self.assertEqual(event.message_id, received)
                self.assertEqual(event.trace_id, self.trace)
                self.assertTrue(event.counted)
                self.assertEqual(event.actor, "human")
                self.assertEqual(event.who, "Anna Customer")
                self.assertEqual(event.what, "Replied")
                self.assertEqual(self.trace.reply_count, number)
                self.assertEqual(self.engagement.reply_count, number)
                self.assertEqual(self.engagement.status, "replied")
        opens = self.events("open")
        self.assertEqual(opens.mapped("reason"), ["implied"])
        self.assertEqual(opens.date, self.events("reply")[0].date)
        self.assertFalse(opens.message_id)
        self.assertEqual(self.trace.open_count, 1)

    def test_encrypted_and_malformed(self):
        for kind in ("encrypted", "malformed", "signed"):
            for name in gateway.names(kind):
                with self.subTest(name):
                    received = self.receive(name)
                    event = self.events("reply")[-1:]
                    self.assertEqual(event.message_id, received)
                    self.assertTrue(event.counted)
                    self.assertLessEqual(event.date, fields.Datetime.now())

    def test_the_same_mail_twice(self):
        self.receive("reply_gmail")
        self.assertFalse(self.receive("reply_gmail"))
        self.assertEqual(self.engagement.reply_count, 1)

    def test_colleague_of_the_recipient(self):
        received = self.receive("reply_colleague")
        event = self.events("reply")
        self.assertEqual(event.message_id, received)
        self.assertFalse(event.trace_id)
        self.assertEqual(event.who, '"Dora Director" <dora@customer.example.com>')
        self.assertEqual(self.engagement.reply_count, 1)
        self.assertEqual(self.engagement.status, "replied")
        self.assertEqual(self.trace.reply_count, 0)
        self.assertEqual(self.trace.open_count, 0)
        dora = self.env["res.partner"].create(
            {"name": "Dora Director", "email": "dora@customer.example.com"}
        )
        received.author_id = dora
        self.env.invalidate_all()
        # whoever may read the email reads the name, not the contact's rights decide
        self.assertEqual(event.with_user(self.sales).who, "Dora Director")

    def test_own_colleague(self):
        """Who answers with his own mail program is no recipient."""
        self.receive(
            "reply_colleague",
            change=[("dora@customer.example.com", "carl@company.example.com")],
        )
        self.assertFalse(self.events("reply"))
        self.assertEqual(self.engagement.status, "sent")

    def test_each_recipient(self):
        message, values = self.send(self.anna | self.bob)
        engagement = message.engagement_id
        self.receive(
            "reply_gmail",
            values=values,
            change=[("anna@customer.example.com", "bob@buyer.example.com")],
        )
        event = self.events("reply", engagement)
        self.assertEqual(event.trace_id.partner_id, self.bob)
        to_anna = engagement.trace_ids - event.trace_id
        self.assertEqual((to_anna.reply_count, event.trace_id.reply_count), (0, 1))
        self.assertFalse(self.events("reply"), "it answers the later email")

    def test_shared_copy(self):
        mail = self.env["mail.mail"].create(
            {
                "subject": "The Deal",
                "body_html": gateway.BODY,
                "email_to": "Dora@customer.example.com, y@b.example.com",
                "model": "res.partner",
                "res_id": self.record.id,
                "engagement_followed": True,
            }
        )
        engagement = mail.mail_message_id.engagement_id
        with self.mock_mail_gateway():
            mail.send()
        sent = self._mails[0]
        # Odoo itself names a mail in its References in notifications only
        self.assertEqual(sent["references"], sent["message_id"])
        values = {**self.values, "REFERENCES": sent["references"]}
        self.receive(
            "reply_ses",
            values=values,
            change=[("anna@customer.example.com", "dora@customer.example.com")],
        )
        event = self.events("reply", engagement)
        self.assertEqual(event.trace_id, engagement.trace_ids)
        self.assertEqual(event.who, '"Anna Customer" <dora@customer.example.com>')

    # ------------------------------------------------------------
    # Without a reference, or with one to something else
    # ------------------------------------------------------------

    def test_by_address_in_the_same_thread(self):
        received = self.receive(
            "reply_without_references", model="res.partner", thread_id=self.record.id
        )
        self.assertEqual(self.events("reply").message_id, received)
        self.assertEqual(self.events("reply").trace_id, self.trace)

    def test_by_address_elsewhere(self):
        self.receive(
            "reply_without_references", model="res.partner", thread_id=self.bob.id
        )
        self.assertFalse(self.events("reply"))

    def test_by_address_before_it_was_sent(self):
        self.trace.sent_date = fields.Datetime.now()
        self.receive(
            "reply_without_references", model="res.partner", thread_id=self.record.id
        )
        self.assertFalse(self.events("reply"))

    def test_by_address_the_latest(self):
        later, _values = self.send(hours=0.5)
        self.receive(
            "reply_without_references", model="res.partner", thread_id=self.record.id
        )
        self.assertFalse(self.events("reply"))
        self.assertTrue(self.events("reply", later.engagement_id))

    def test_by_an_address_with_signs(self):
        """``_`` and ``%`` in an address stand for themselves."""
        self.receive(
            "reply_without_references",
            model="res.partner",
            thread_id=self.record.id,
            change=[("anna@customer.example.com", "%@customer.example.com")],
        )
        self.assertFalse(self.events("reply"))

    def test_answer_to_a_later_email(self):
        """Who answers a later email that is not followed: the recipient of the one
        before it has answered, somebody else has not.
        """
        _later, values = self.send(self.anna | self.bob, followed=False)
        self.assertIn(self.sent.message_id, values["REFERENCES"])
        bob = [("anna@customer.example.com", "bob@buyer.example.com")]
        self.receive("reply_gmail", values=values, change=bob)
        self.assertFalse(self.events("reply"))
        self.receive("reply_outlook", values=values)
        self.assertEqual(self.events("reply").trace_id, self.trace)

    def test_answer_to_something_else(self):
        other, values = self.send(followed=False, partners=self.bob)
        bob = [("anna@customer.example.com", "bob@buyer.example.com")]
        values = {**values, "REFERENCES": other.message_id}
        self.receive("reply_gmail", values=values, change=bob)
        self.assertFalse(self.events("reply"))

    # ------------------------------------------------------------
    # Automatic answers
    # ------------------------------------------------------------

    def test_automatic(self):
        words = {
            "auto_ticket": "Automatic answer",
            "auto_to_bounce_address": "Automatic answer",
            "auto_read_receipt": "Read receipt",
        }
        for name in gateway.names("auto"):
            with self.subTest(name):
                self.receive(name)
                event = self.events("reply")[-1:]
                self.assertEqual(event.trace_id, self.trace)
                self.assertFalse(event.counted)
                self.assertEqual(event.actor, "scanner")
                self.assertEqual(
                    event.what, words.get(name, "Automatic answer (out of office)")
                )
                self.assertIn("Not counted", event.note)
                self.assertEqual(event.who, "Anna Customer")
        self.assertEqual(len(self.events("reply")), len(gateway.names("auto")))
        self.assertEqual(self.engagement.reply_count, 0)
        self.assertEqual(self.engagement.status, "sent")
        self.assertEqual(self.trace.state, "sent")
        notification = self.sent.notification_ids
        self.assertEqual(set(notification.mapped("notification_status")), {"sent"})
        self.assertFalse(self.events("open"))
        self.assertFalse(self.events("bounce"))

    # ------------------------------------------------------------
    # The portal
    # ------------------------------------------------------------

    def test_portal(self):
        portal = new_test_user(
            self.env,
            "portal",
            "base.group_portal",
            name="Pia",
            email="pia@p.example.com",
        )
        message, _values = self.send(portal.partner_id)
        engagement = message.engagement_id
        post = self.record.with_user(portal).sudo().message_post
        answer = post(
            body="Yes please", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        event = self.events("reply", engagement)
        self.assertEqual(event.message_id, answer)
        self.assertEqual(event.trace_id, engagement.trace_ids)
        self.assertEqual(event.who, "Pia")
        self.assertEqual(engagement.status, "replied")
        self.assertEqual(engagement.open_count, 1)
        self.assertFalse(self.events("reply"), "of the other recipient")

    def test_colleague_posts_for_the_customer(self):
        self.record.with_user(self.sales).message_post(
            body="Anna called: yes", author_id=self.anna.id, message_type="comment"
        )
        self.assertFalse(self.events("reply"))

    # ------------------------------------------------------------
    # Rights, and never in the way
    # ------------------------------------------------------------

    def test_failure_keeps_the_mail(self):
        model = type(self.env["email.engagement"])
        broken = patch.object(model, "_record_reply", side_effect=ZeroDivisionError)
        with broken, self.assertLogs("odoo.addons.email_engagement", "ERROR"):
            received = self.receive("reply_gmail")
        self.assertEqual(len(received), 1)
        self.assertIn("at four", received.body)

    def test_lowest_user_reads_the_answer(self):
        self.receive("reply_gmail")
        event = self.events("reply").with_user(self.colleague)
        self.assertEqual(event.read(["who", "what"])[0]["who"], "Anna Customer")
        portal = new_test_user(self.env, "portal", "base.group_portal")
        self.assertFalse(event.with_user(portal).has_access("read"))
