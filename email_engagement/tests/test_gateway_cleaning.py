from email import message_from_bytes
from email.policy import SMTP
from unittest.mock import patch

from odoo.tests import tagged

from ..models import email_engagement_door
from . import gateway
from .gateway import GatewayCase

ELSEWHERE = "https://unknown.example.com/ee/c/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


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
