import email
import email.policy
import time

from odoo.tests import BaseCase, tagged

from ..tools import bounces, replies
from ..tools.mail_parts import HEADER_MAX, PARTS_MAX
from ..tools.rules import REASONS
from . import gateway

VALUES = {
    "MESSAGE_ID": "<1.2-openerp-7-crm.lead@odoo>",
    "MESSAGE_ID_FOLDED": "<1.2\r\n -openerp-7-crm.lead@odoo>",
    "REFERENCES": "<0.1-openerp-7-crm.lead@odoo> <1.2-openerp-7-crm.lead@odoo>",
    "DATE": "Tue, 4 Mar 2025 09:12:17 +0100",
    "LINK": "https://x/ee/c/a",
    "LINK_ENCODED": "https%3A%2F%2Fx%2Fee%2Fc%2Fa",
    "PIXEL": "https://x/ee/o/a.gif",
    "BOUNCE": "bounce@company.example.com",
}
BROKEN_REPORT = """\
Content-Type: multipart/report; boundary=x

--x
Content-Type: message/delivery-status
Content-Transfer-Encoding: base64

!!!
--x--
"""
AUTOMATIC = {
    "auto_exchange_german": replies.OUT_OF_OFFICE,
    "auto_exchange_oof": replies.OUT_OF_OFFICE,
    "auto_gmail_vacation": replies.OUT_OF_OFFICE,
    "auto_odoo": replies.OUT_OF_OFFICE,
    "auto_read_receipt": replies.RECEIPT,
    "auto_sieve_vacation": replies.OUT_OF_OFFICE,
    "auto_ticket": replies.AUTOMATIC,
    "auto_to_bounce_address": replies.AUTOMATIC,
}
REASON_OF = {
    "bounce_exchange": ("failed", "bounce_full"),
    "bounce_exim": ("failed", "bounce_refused"),
    "bounce_gmail": ("failed", "bounce_address"),
    "bounce_postfix": ("failed", "bounce_address"),
    "bounce_postfix_delayed": ("delayed", "delivery_delayed"),
    "bounce_postfix_delivered": ("done", "bounce_other"),
    "bounce_qmail": ("failed", "bounce_address"),
    "bounce_ses": ("failed", "bounce_refused"),
}


def mail(name):
    return parse(gateway.read(name, **VALUES))


def parse(data):
    if isinstance(data, str):
        data = data.encode()
    return email.message_from_bytes(data, policy=email.policy.SMTP)


@tagged("standard", "at_install")
class TestReplies(BaseCase):
    def test_every_answer_names_what_it_answers(self):
        everybody = [
            name
            for kind in ("reply", "forward", "auto", "encrypted", "malformed")
            for name in gateway.names(kind)
            if name != "reply_without_references"
        ]
        self.assertGreater(len(everybody), 20)
        for name in everybody:
            with self.subTest(name):
                found = replies.answered(replies.Headers(mail(name)))
                self.assertIn(VALUES["MESSAGE_ID"], found)

    def test_nearest_first(self):
        headers = replies.Headers(
            parse("In-Reply-To: <c@x>\nReferences: <a@x> <b@x> <c@x>\n\n")
        )
        self.assertEqual(replies.answered(headers), ["<c@x>", "<b@x>", "<a@x>"])

    def test_automatic(self):
        self.assertEqual(set(gateway.names("auto")), set(AUTOMATIC))
        for name, reason in AUTOMATIC.items():
            with self.subTest(name):
                self.assertEqual(replies.automatic(mail(name)), reason)
                self.assertIn(reason, REASONS)

    def test_people(self):
        for kind in ("reply", "forward", "encrypted", "malformed"):
            for name in gateway.names(kind):
                with self.subTest(name):
                    self.assertIsNone(replies.automatic(mail(name)))

    def test_signs(self):
        for header, expected in [
            ("Auto-Submitted: no", None),
            ("Auto-Submitted: auto-generated", replies.AUTOMATIC),
            ("auto-submitted: Auto-Replied; owner-email=x", replies.AUTOMATIC),
            ("Precedence: auto_reply", replies.AUTOMATIC),
            ("Precedence: junk", replies.BULK),
            ("Precedence: list", None),
            ("Precedence: bulk\nList-Id: <all.example.com>", None),
            ("X-Auto-Response-Suppress: OOF, AutoReply", replies.AUTOMATIC),
            ("X-Auto-Response-Suppress: DR, NDR, RN, NRN", None),
            (
                "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",
                "auto_reply",
            ),
            ("Return-Path: <>", replies.AUTOMATIC),
            ("Return-Path: <anna@x>", None),
            ("X-Autorespond: away", replies.OUT_OF_OFFICE),
            ("X-Autoreply: no", None),
            ("Subject: Out of Office: The Deal", replies.OUT_OF_OFFICE),
            ("Subject: Re: Out of Office: The Deal", None),
            ("Subject: =?utf-8?B?6Ieq5Yqo562U5aSN?=: x", replies.OUT_OF_OFFICE),
        ]:
            with self.subTest(header):
                self.assertEqual(replies.automatic(parse(header + "\n\nx")), expected)

    def test_hostile_input_takes_linear_time(self):
        for header in (
            "References: " + "<" * 500_000,
            "References: " + "<a@b>" * 500_000,
            "In-Reply-To: " + "a" * 1_000_000,
            "In-Reply-To: " + "a@" * 500_000,
            "X-Failed-Recipients: " + "a@b," * 300_000,
        ):
            message = parse(header + "\n\n" + "-" * 1_000_000)
            start = time.process_time()
            headers = replies.Headers(message)
            self.assertLessEqual(len(replies.answered(headers)), replies.IDS_MAX)
            replies.automatic(message, headers)
            bounces.read(message)
            self.assertLess(time.process_time() - start, 5)

    def test_hostile_types_are_not_parsed(self):
        hostile = 'Content-Type: multipart/mixed;"' + ";" * 100_000
        returned = f"Message-ID: <ours@x>\n{hostile}\n\n"
        for head in (
            "Content-Type: text/rfc822-headers\n\n" + returned,
            (
                f"Content-Type: message/disposition-notification\n\n{hostile}\n"
                "Original-Message-ID: <ours@x>\n\n"
            ),
        ):
            message = parse(head)
            start = time.process_time()
            self.assertEqual(bounces.read(message).message_ids, ("<ours@x>",))
            self.assertLess(time.process_time() - start, 5)
        message = parse("Subject: Automatic reply\n\nx")
        self.assertEqual(replies.automatic(message), replies.OUT_OF_OFFICE)
        message = parse(f"Subject: Automatic reply{' x' * HEADER_MAX}\n\nx")
        self.assertIsNone(replies.automatic(message))


@tagged("standard", "at_install")
class TestBounceReports(BaseCase):
    def test_reports(self):
        self.assertEqual(set(gateway.names("bounce")), set(REASON_OF))
        for name, (action, reason) in REASON_OF.items():
            with self.subTest(name):
                report = bounces.read(mail(name))
                self.assertEqual(len(report.deliveries), 1)
                delivery = report.deliveries[0]
                self.assertEqual(delivery.address, "anna@customer.example.com")
                self.assertEqual((delivery.action, delivery.reason), (action, reason))
                self.assertIn(reason, REASONS)
                self.assertTrue(delivery.detail)
                self.assertIn(VALUES["MESSAGE_ID"], report.message_ids)
                self.assertEqual(bool(report.failures), action == "failed")
                self.assertEqual(report.is_harmless, action != "failed")

    def test_notes_of_people_name_nobody(self):
        for name in (*gateway.names("auto"), *gateway.names("reply")):
            with self.subTest(name):
                self.assertFalse(bounces.read(mail(name)).deliveries)

    def test_reasons(self):
        for status, detail, reason in [
            ("5.1.10", "RESOLVER.ADR.RecipientNotFound", "bounce_address"),
            ("5.1.2", "", "bounce_domain"),
            ("5.4.310", "DNS domain does not exist", "bounce_domain"),
            ("5.2.1", "", "bounce_disabled"),
            ("4.2.2", "", "bounce_full"),
            ("5.3.4", "", "bounce_size"),
            ("4.4.7", "", "bounce_unreachable"),
            ("5.7.26", "", "bounce_refused"),
            ("5.0.0", "550 no such user here", "bounce_address"),
            ("", "554 mailbox is full", "bounce_full"),
            ("", "Connection timed out", "bounce_unreachable"),
            ("", "", "bounce_other"),
            ("5.6.0", "", "bounce_content"),
            ("5.5.2", "", "bounce_server"),
        ]:
            with self.subTest(status=status, detail=detail):
                delivery = bounces.Delivery("a@x", "failed", status, detail)
                self.assertEqual(delivery.reason, reason)
                self.assertIn(reason, REASONS)

    def test_several_recipients(self):
        text = gateway.read("bounce_postfix", **VALUES).decode()
        start = text.index("Final-Recipient")
        block = text[start : text.index("\n\n--", start)]
        second = block.replace("anna@", "bob@").replace("5.1.1", "5.2.2")
        report = bounces.read(parse(text.replace(block, f"{block}\n\n{second}")))
        self.assertEqual(
            [(item.address, item.reason) for item in report.deliveries],
            [
                ("anna@customer.example.com", "bounce_address"),
                ("bob@customer.example.com", "bounce_full"),
            ],
        )

    def test_parts_are_bounded(self):
        border = "\n--b\n"
        returned = f"{border}Content-Type: text/rfc822-headers\n\nMessage-ID: <a@x>\n"
        for more, expected in ((0, ("<a@x>",)), (PARTS_MAX, ())):
            head = "Content-Type: multipart/mixed; boundary=b\n"
            message = parse(f"{head}{(border + chr(10)) * more}{returned}")
            self.assertEqual(bounces.read(message).message_ids, expected)

    def test_never_raises(self):
        for text in (
            "",
            "Content-Type: multipart/report; report-type=delivery-status\n\nno parts",
            "Content-Type: message/delivery-status\n\n\n\n\n",
            BROKEN_REPORT,
            "Content-Type: text/plain; charset=x-unknown\n\n\xff",
            "Content-Type: message/rfc822\n\n",
            f"From: {'(' * 5000}\n\n",
            *(
                f"Content-Type: text/plain; charset={charset}\n\n\xff.\u20ac"
                for charset in ("idna", "undefined", "punycode", '"a\0b"', "x" * 999)
            ),
        ):
            with self.subTest(text[:60]):
                self.assertEqual(bounces.read(parse(text)).failures, [])
                self.assertEqual(replies.addresses(parse(text)), [])
