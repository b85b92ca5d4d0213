from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user, tagged
from odoo.tools.misc import mute_logger

from ..models import email_engagement_door
from ..tools import bounces, replies
from . import gateway
from .gateway import GatewayCase

ELSEWHERE = "https://unknown.example.com/ee/c/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
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


@tagged("post_install", "-at_install")
class TestOwnTraces(GatewayCase):
    """Nothing of ours is stored with what comes in."""

    def test_every_client(self):
        for name in (*gateway.names("reply"), *gateway.names("forward")):
            if b"@LINK" not in gateway.read(name):
                continue
            with self.subTest(name):
                body = self.receive(name).body
                self.assertNotIn(self.values["LINK"], body)
                self.assertNotIn(self.values["PIXEL"], body)
                self.assertNotIn("/ee/o/", body)
                self.assertIn("https://example.com/offer?a=1&amp;b=2#top", body)
                self.assertNotIn("safelinks", body)

    def test_else_stays_to_the_byte(self):
        body = self.receive("reply_thunderbird").body
        self.assertIn(ELSEWHERE, body)
        token = self.values["LINK"].rpartition("/")[2]
        end = "AA" if token[-2:] != "AA" else "BB"
        forged = self.values["LINK"].replace(token, token[:-2] + end)
        clean = self.env["email.engagement.incoming"]._clean
        for text in (
            f'<a href="{forged}">x</a>',
            f'<a HREF = "{ELSEWHERE}" >x</a >&nbsp;<br/>',
            "<p>nothing</p>",
            "",
        ):
            self.assertIs(clean(text), text)

    def test_any_host_of_this_database(self):
        """The domain may have changed since, and there may be several."""
        clean = self.env["email.engagement.incoming"]._clean
        for base in ("https://old.example.com", "http://127.0.0.1:8069"):
            link = base + "/ee/" + self.values["LINK"].partition("/ee/")[2]
            self.assertEqual(
                clean(f"<a href='{link}'>x</a>"),
                "<a href='https://example.com/offer?a=1&amp;b=2#top'>x</a>",
            )

    def test_question_of_the_check_stays(self):
        """It names a moment and a role, of which none is a link."""
        link = self.engagement.link_ids
        self.patch(email_engagement_door, "QUESTION", link.id)
        token = self.env["email.engagement.door"]._make_question()
        text = f'<a href="https://odoo.example.com/ee/s/{token}">x</a>'
        clean = self.env["email.engagement.incoming"]._clean
        self.assertEqual(clean(text), text)

    def test_files_and_pictures(self):
        """They lead to what colleagues can open, and are nobody's view."""
        attachment = self.env["ir.attachment"].create({"name": "a.pdf", "raw": b"%PDF"})
        file, picture = self.env["email.engagement.link"].create(
            [
                {
                    "engagement_id": self.engagement.id,
                    "kind": "file",
                    "label": "a.pdf",
                    "source_id": attachment.id,
                },
                {
                    "engagement_id": self.engagement.id,
                    "kind": "image",
                    "url": "https://odoo.example.com/web/image/7",
                },
            ]
        )
        file._keep_files()
        base, trace_id = "https://odoo.example.com", self.trace.id
        href = self.engagement._file_url(base, trace_id, file)
        src = self.engagement._picture_url(base, trace_id, picture.id)
        cleaned = self.env["email.engagement.incoming"]._clean(
            f'<a href="{href}">a.pdf</a><img src="{src}">'
        )
        self.assertIn(f"/web/content/{attachment.id}", cleaned)
        self.assertIn('<img src="https://odoo.example.com/web/image/7">', cleaned)

    def test_forwarded_as_a_file(self):
        """A mail within the mail holds nothing of ours either; a signed one stays."""
        received = self.receive(
            "attached_forward", model="res.partner", thread_id=self.record.id
        )
        self.assertNotIn("/ee/", received.body)
        files = {file.name: file.raw for file in received.attachment_ids}
        deal, signed = files["The Deal.eml"], files["Signed.eml"]
        self.assertNotIn(b"/ee/", deal)
        self.assertIn(b'<a href="https://example.com/offer?a=1&amp;b=2#top">', deal)
        text, html = message_from_bytes(deal, policy=SMTP).get_payload()
        self.assertEqual(
            text.get_content().strip(), f"Grüße, see our offer [{gateway.TARGET}]"
        )
        self.assertNotIn("<img", html.get_content())
        self.assertIn(b"X-Odd: spaced\tand\r\n\tfolded\r\n", deal)
        self.assertIn(self.values["LINK"].encode(), signed)

    def test_the_mail_as_it_came(self):
        """Odoo keeps it for those who ask, as a file with the message."""
        for name, kept in (("reply_outlook", False), ("signed_smime", True)):
            with self.subTest(name):
                received = self.receive(
                    name,
                    model="res.partner",
                    thread_id=self.record.id,
                    save_original=True,
                )
                self.assertNotIn("/ee/", received.body)
                original = received.attachment_ids.filtered(
                    lambda file: file.name == "original_email.eml"
                )
                source = message_from_bytes(original.raw, policy=SMTP)
                self.assertEqual(source["In-Reply-To"], self.sent.message_id)
                html = source.get_body(["html"]).get_content()
                self.assertEqual("/ee/" in html, kept)
                self.assertIn("four", html)

    def test_link_that_is_gone_stays(self):
        self.engagement.link_ids.unlink()
        text = f'<a href="{self.values["LINK"]}">x</a>'
        self.assertEqual(self.env["email.engagement.incoming"]._clean(text), text)

    def test_one_query_per_quoted_email(self):
        clean = self.env["email.engagement.incoming"]._clean
        link = self.engagement.link_ids[:1]
        others = link.copy({"url": "https://example.com/2"})
        for number in range(20):
            others += link.copy({"url": f"https://example.com/3/{number}"})
        base_url = self.engagement._get_engagement_base_url()
        text = "".join(
            f'<a href="{self.engagement._link_url(base_url, self.trace.id, other.id)}">'
            for other in others
        )
        clean(text)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(4):
            cleaned = clean(text)
        self.assertNotIn("/ee/", cleaned)

    def test_stored_though_it_cannot_be_cleaned(self):
        model = type(self.env["email.engagement.incoming"])
        to = {"model": "res.partner", "thread_id": self.record.id}
        for method, name in (
            ("_clean", "reply_gmail"),
            ("_clean_files", "attached_forward"),
        ):
            broken = patch.object(model, method, side_effect=ZeroDivisionError)
            with broken, self.assertLogs("odoo.addons.email_engagement", "ERROR"):
                self.assertTrue(self.receive(name, **to))


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
