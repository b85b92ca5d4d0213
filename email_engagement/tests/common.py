"""What several tests need: people, a record with a chatter, and clients."""

import re
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.mail.tests.common import MailCase

from ..models.email_engagement_hit import request_columns

BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36"
)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.3 Mobile/15E148 Safari/604.1"
)
TOKEN = re.compile(r"/ee/(o|c)/([\w-]+)")


def administrator_of(company, login: str):
    """A new administrator of one company."""
    return new_test_user(
        company.env,
        login,
        "base.group_system",
        company_id=company.id,
        company_ids=[Command.set(company.ids)],
    )


class EngagementCase(MailCase):
    """Mixin: a salesperson, two customers, a record, and ways to follow and hit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("mail.force.smtp.from", False)
        cls.env.company.engagement_follow_default = True
        cls.sales = new_test_user(
            cls.env,
            "sales",
            "base.group_user,base.group_partner_manager",
            name="Sally Sales",
            email="sally@company.example.com",
        )
        cls.colleague = new_test_user(
            cls.env,
            "colleague",
            "base.group_user",
            name="Carl Colleague",
            email="carl@company.example.com",
        )
        cls.anna, cls.bob = cls.env["res.partner"].create(
            [
                {"name": "Anna Customer", "email": "anna@customer.example.com"},
                {"name": "Bob Buyer", "email": "bob@buyer.example.com"},
            ]
        )
        cls.record = cls.env["res.partner"].create({"name": "The Deal"})

    def post(self, body, partners=None, followed=True, **kwargs):
        """A message to customers, as the salesperson sends it.

        :return: (message, list of outgoing emails as dicts of ``build_email``)
        """
        partners = self.anna if partners is None else partners
        with self.mock_mail_gateway():
            message = self.record.with_user(self.sales).message_post(
                body=body,
                partner_ids=partners.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                engagement_followed=followed,
                **kwargs,
            )
        return message.with_env(self.env), list(self._mails)

    def send_shared(self, body):
        """The trace of one copy that two addresses share."""
        mail = self.env["mail.mail"].create(
            {
                "body_html": body,
                "email_to": "x@a.example.com, y@b.example.com",
                "engagement_followed": True,
            }
        )
        with self.mock_mail_gateway():
            mail.send()
        return mail.mail_message_id.engagement_id.trace_ids

    def hit(self, trace, link=None, seconds=3600, **request):
        """A request of a recipient's client, ``seconds`` after sending, that the
        digest has not seen yet.
        """
        request.setdefault("user_agent", BROWSER)
        columns = request_columns(**request)
        columns["date"] = (trace.sent_date or trace.create_date) + timedelta(
            seconds=seconds
        )
        hits = self.env["email.engagement.hit"]
        if link:
            return hits._record("click", (trace.id, link.id), columns)[0]
        return hits._record("open", (trace.id,), columns)[0]

    def close_record(self):
        """A rule that hides the record, and with it its messages, from others."""
        self.env["ir.rule"].create(
            {
                "name": "closed",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.record.id})]",
            }
        )

    def statements(self, function, *args) -> int:
        """Number of statements that a call costs when nothing is known yet."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function(*args)
        return self.env.cr.sql_log_count - before

    @contextmanager
    def no_commits(self):
        """Run a cron without its commits, which a test must not do."""
        with patch.object(type(self.env["ir.cron"]), "_commit_progress") as commit:
            commit.return_value = float("inf")
            yield
        self.env.invalidate_all()

    def digest(self):
        with self.no_commits():
            return self.env["email.engagement.digest"]._run()

    def run_alerts(self, moment):
        """What the cron of alerts does at ``moment``."""
        with freeze_time(moment), self.no_commits(), self.mock_mail_gateway():
            self.env["email.engagement.alert"]._run()


class EngagementTransactionCase(EngagementCase, TransactionCase):
    """The same without a server."""


class RecipientMixin:
    """For ``HttpCase``: a mail that was sent, and the client of who got it."""

    @classmethod
    def prepare_mail(cls, body):
        message, mails = cls("setUp").post(body)
        cls.engagement = message.engagement_id
        cls.trace = cls.engagement.trace_ids
        cls.Hit = cls.env["email.engagement.hit"]
        tokens = {}
        for path, token in TOKEN.findall(mails[0]["body"]):
            tokens.setdefault(path, token)
        cls.pixel = f"/ee/o/{tokens['o']}.gif"
        cls.link = f"/ee/c/{tokens['c']}"
        cls.env.flush_all()

    def client(self, path, **kwargs):
        """A client that is not logged in and follows no redirect."""
        self.env.flush_all()
        headers = {"User-Agent": BROWSER, **kwargs.pop("headers", {})}
        return self.opener.request(
            kwargs.pop("method", "GET"),
            self.base_url() + path,
            headers=headers,
            allow_redirects=False,
            timeout=30,
            **kwargs,
        )
