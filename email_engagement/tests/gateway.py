"""Mails of recipients and of mail servers, fed to Odoo's own gateway.

``data/mails`` holds one file per client or server, written after their documented
formats. ``@MESSAGE_ID@`` and its like stand for what only the test knows.
"""

from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

import pytz
from markupsafe import Markup

from odoo import fields
from odoo.tools.misc import mute_logger

from .common import EngagementTransactionCase

MAILS = Path(__file__).parent / "data" / "mails"
TARGET = "https://example.com/offer?a=1&b=2#top"
BODY = Markup('<p>Hello, see <a href="{}">our offer</a>.</p>').format(TARGET)
BOUNCE = "bounce@company.example.com"


def names(beginning: str) -> list[str]:
    return sorted(path.stem for path in MAILS.glob(f"{beginning}*.eml"))


def read(name: str, **values: str) -> bytes:
    text = (MAILS / f"{name}.eml").read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text.encode()


class GatewayCase(EngagementTransactionCase):
    """A followed email to Anna, sent an hour ago, and what comes back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].create(
            {
                "name": "company.example.com",
                "bounce_alias": "bounce",
                "catchall_alias": "catchall",
            }
        )
        cls.env.company.alias_domain_id = domain

    def setUp(self):
        super().setUp()
        self.sent, self.values = self.send()
        self.engagement = self.sent.engagement_id
        self.trace = self.engagement.trace_ids

    def send(self, partners=None, hours=1, **kwargs):
        """A followed email of ``hours`` ago.

        :return: the message, and what the mails in ``data`` need to know of it
        """
        message, mails = self.post(BODY, partners, **kwargs)
        past = fields.Datetime.now() - timedelta(hours=hours)
        message.engagement_id.trace_ids.sent_date = past
        sent = message.engagement_id.event_ids.filtered(lambda e: e.type == "sent")
        sent.date = past
        body = mails[0]["body"]
        written = pytz.utc.localize(fields.Datetime.now() - timedelta(minutes=10))
        values = {
            "MESSAGE_ID": message.message_id,
            "MESSAGE_ID_FOLDED": message.message_id.replace("-", "\r\n -", 1),
            "REFERENCES": mails[0]["references"],
            "DATE": format_datetime(written),
            "BOUNCE": BOUNCE,
        }
        if "/ee/c/" in body:
            link = body.split('href="')[1].split('"')[0]
            values["LINK"] = link
            values["LINK_ENCODED"] = quote(link, safe="")
            values["PIXEL"] = body.split('<img src="')[1].split('"')[0]
        return message, values

    def receive(
        self, name, model=None, thread_id=None, values=None, change=(), **options
    ):
        """Feed a mail to the gateway.

        :param change: (old, new) each, replaced in the mail
        :param options: more of those of ``message_process``
        :return: the messages that were stored
        """
        mail = read(name, **(values or self.values)).decode()
        for old, new in change:
            self.assertIn(old, mail)
            mail = mail.replace(old, new)
        Message = self.env["mail.message"]
        before = Message.search([], order="id DESC", limit=1).id
        with self.mock_mail_gateway(), mute_logger("odoo.addons.mail.models"):
            self.env["mail.thread"].message_process(
                model, mail.encode(), thread_id=thread_id, **options
            )
        self.env.invalidate_all()
        return Message.search([("id", ">", before), ("message_type", "=", "email")])

    def events(self, type_, engagement=None):
        events = (engagement or self.engagement).event_ids
        return events.filtered(lambda event: event.type == type_).sorted("id")
