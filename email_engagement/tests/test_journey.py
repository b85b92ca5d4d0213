import email
import email.message
import email.policy
import socket
from unittest.mock import patch

import requests
from aiosmtpd.controller import Controller
from lxml import html as lxml_html

from odoo.tests import HttpCase, tagged
from odoo.tools.misc import mute_logger

from .common import PHONE, EngagementCase
from .file_case import PDF
from .test_send import BODY


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Mailbox:
    """What an SMTP server of the recipients would do: take the mails in."""

    def __init__(self):
        self.messages = []

    async def handle_DATA(self, _server, _session, envelope):
        self.messages.append(
            email.message_from_bytes(envelope.content, policy=email.policy.default)
        )
        return "250 OK"


@tagged("post_install", "-at_install")
class TestJourney(EngagementCase, HttpCase):
    """From the chatter over SMTP to a recipient, and back over HTTP.

    Nothing is faked: a real SMTP server takes the mail, Python's ``email`` takes it
    apart, and a client that has never seen this Odoo loads and follows what is in it.
    """

    def setUp(self):
        super().setUp()
        self.mailbox = Mailbox()
        port = free_port()
        server = Controller(self.mailbox, hostname="127.0.0.1", port=port)
        server.start()
        self.addCleanup(server.stop)
        self.env["ir.mail_server"].search([]).active = False
        self.env["ir.mail_server"].create(
            {
                "name": "Over the wire",
                "smtp_host": "127.0.0.1",
                "smtp_port": port,
                "smtp_encryption": "none",
            }
        )
        # Odoo sends nothing while it is tested; this test is about sending.
        self.startPatcher(
            patch.object(
                type(self.env["ir.mail_server"]), "_disable_send", lambda *_args: False
            )
        )
        self.env["ir.config_parameter"].set_param("web.base.url", self.base_url())

    def test_journey(self):
        offer, terms = (
            self.env["ir.attachment"]
            .with_user(self.sales)
            .create(
                [
                    {"name": name, "raw": raw, "res_model": "mail.compose.message"}
                    for name, raw in [("Offer 7.pdf", PDF), ("Terms.txt", b"terms")]
                ]
            )
        )
        message = self.record.with_user(self.sales).message_post(
            body=BODY,
            subject="The offer",
            partner_ids=(self.anna | self.bob).ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            engagement_followed=True,
            attachment_ids=(offer | terms).ids,
            engagement_attachment_ids=offer.ids,
        )
        message = message.with_env(self.env)
        engagement = message.engagement_id
        self.assertEqual(engagement.status, "sent")

        # the mails, as they went over the wire
        by_address = {mail["To"]: mail for mail in self.mailbox.messages}
        self.assertEqual(len(by_address), 2)
        mail = next(mail for to, mail in by_address.items() if "anna" in to)
        self.assertEqual(mail["Subject"], "The offer")
        html = mail.get_body(("html",)).get_content()
        text = mail.get_body(("plain",)).get_content()
        document = lxml_html.fromstring(html)
        pixel = document.xpath("//img[@width='1']/@src")
        links = document.xpath("//a[contains(., 'our offer')]/@href")
        self.assertEqual(len(pixel), 1)
        self.assertEqual(len(links), 1)
        self.assertIn(links[0], text.replace("\n", ""))
        self.assertNotIn("example.com/offer", html)
        # one file is attached, the other one is a link
        attached = [part.get_filename() for part in mail.iter_attachments()]
        self.assertEqual(attached, ["Terms.txt"])
        files = document.xpath("//a[text()='Offer 7.pdf']/@href")
        self.assertEqual(len(files), 1)
        self.assertTrue(files[0].endswith("/Offer%207.pdf"))
        self.assertIn(files[0], text.replace("\n", ""))

        # a client of Anna: opens it, clicks, then looks at the file
        with self.allow_requests(all_requests=True):
            client = requests.Session()
            client.headers.update({"User-Agent": PHONE, "Accept-Language": "en"})
            picture = client.get(pixel[0], timeout=30)
            target = client.get(links[0], allow_redirects=False, timeout=30)
            file = client.get(files[0], timeout=30)
        self.assertEqual(file.content, PDF)
        self.assertEqual(file.headers["Content-Type"], "application/pdf")
        self.assertEqual(picture.headers["Content-Type"], "image/gif")
        self.assertEqual(target.status_code, 302)
        self.assertEqual(
            target.headers["Location"], "https://example.com/offer?a=1&b=2#top"
        )

        # an hour after it was sent, as far as the digest can tell
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE email_engagement_trace SET sent_date = sent_date - interval '1 h'"
        )
        self.env.invalidate_all()
        self.digest()
        to_anna = engagement.trace_ids.filtered(lambda t: t.partner_id == self.anna)
        to_bob = engagement.trace_ids - to_anna
        self.assertEqual((to_anna.open_count, to_anna.click_count), (1, 1))
        self.assertEqual((to_bob.open_count, to_bob.click_count), (0, 0))
        self.assertEqual((engagement.open_count, engagement.click_count), (1, 1))
        self.assertEqual(engagement.status, "clicked")
        timeline = engagement.event_ids.with_user(self.sales)
        self.assertEqual(
            [event.type for event in timeline.sorted("date")],
            ["sent", "open", "click", "attachment"],
        )
        self.assertEqual(engagement.attachment_view_count, 1)
        view = timeline.filtered(lambda event: event.type == "attachment")
        self.assertEqual(view.what, "File viewed: Offer 7.pdf")
        self.assertEqual(view.who, "Anna Customer")
        click = timeline.filtered(lambda event: event.type == "click")
        self.assertEqual(click.who, "Anna Customer")
        self.assertEqual(click.device, "mobile")
        self.assertEqual(click.what, "Link clicked: our offer")
        self.assertEqual(click.url, "https://example.com/offer?a=1&b=2#top")

        # Anna's answer, as her mail program writes it
        answer = email.message.EmailMessage()
        answer["From"] = mail["To"]
        answer["To"] = mail["Reply-To"] or mail["From"]
        answer["Subject"] = f"Re: {mail['Subject']}"
        answer["Message-ID"] = "<the-answer@customer.example.com>"
        answer["In-Reply-To"] = mail["Message-ID"]
        answer["References"] = f"{mail['References']} {mail['Message-ID']}"
        answer.set_content(f"Yes please.\n\n> {text}")
        quoted = f"<p>Yes please.</p><blockquote>{html}</blockquote>"
        answer.add_alternative(quoted, subtype="html")
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(None, answer.as_bytes())
        self.env.invalidate_all()
        self.assertEqual(engagement.status, "replied")
        self.assertEqual((engagement.reply_count, to_anna.reply_count), (1, 1))
        reply = engagement.event_ids.filtered(lambda event: event.type == "reply")
        self.assertEqual(reply.with_user(self.sales).who, "Anna Customer")
        # a colleague who reads it in the chatter does nothing in her name
        self.assertIn("Yes please.", reply.message_id.body)
        self.assertIn(
            "https://example.com/offer?a=1&amp;b=2#top", reply.message_id.body
        )
        self.assertNotIn("/ee/", reply.message_id.body)
