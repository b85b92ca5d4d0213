from markupsafe import Markup

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.email_engagement_follow import SECURITY_LINK
from ..models.email_engagement_hit import request_columns
from .common import EngagementTransactionCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestSecurity(EngagementTransactionCase):
    """What a review with an attacker's mind has found."""

    def test_private_meeting(self):
        """Where reading a record does not let one read its messages."""
        if "calendar.event" not in self.env:
            self.skipTest("calendar is not installed")
        self.record = (
            self.env["calendar.event"]
            .with_user(self.sales)
            .create(
                {
                    "name": "Secret merger",
                    "start": "2026-11-24 10:00:00",
                    "stop": "2026-11-24 11:00:00",
                    "privacy": "private",
                }
            )
        )
        message, _mails = self.post(BODY)
        engagement = message.engagement_id
        self.assertTrue(engagement)
        self.assertFalse(message.with_user(self.colleague).has_access("read"))
        theirs = engagement.with_user(self.colleague)
        self.assertFalse(theirs.search([("id", "=", engagement.id)]))
        with self.assertRaises(AccessError):
            theirs.read(["subject"])
        self.assertTrue(engagement.with_user(self.sales).read(["subject"]))

    def test_message_that_was_moved(self):
        """Its engagement goes with it, and so do those who may read it."""
        message, _mails = self.post(BODY)
        closed = self.env["res.partner"].create({"name": "Closed"})
        self.env["ir.rule"].create(
            {
                "name": "closed",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {closed.id})]",
            }
        )
        message.res_id = closed.id
        engagement = message.engagement_id
        self.assertEqual(engagement.res_id, closed.id)
        self.assertFalse(
            engagement.with_user(self.colleague).search([("id", "=", engagement.id)])
        )

    def test_many_messages_that_are_moved(self):
        """As when leads are merged: as many statements for three as for one."""
        first, *others = [self.post(BODY)[0] for _ in range(4)]
        into = self.env["res.partner"].create({"name": "Merged into"})
        first.res_id = into.id
        counts = []
        for messages in (others[0], others[1] + others[2]):
            self.env.flush_all()
            messages.engagement_id.mapped("res_id")  # as both would have it at hand
            before = self.env.cr.sql_log_count
            messages.write({"res_id": into.id})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        emails = (first + others[0] + others[1] + others[2]).engagement_id
        self.assertEqual(set(emails.mapped("res_id")), {into.id})
        self.assertEqual(set(emails.mapped("record_name")), {"Merged into"})

    def test_following_what_is_not_mine(self):
        message, _mails = self.post(BODY, followed=False)
        self.colleague.group_ids += self.env.ref("base.group_partner_manager")
        message.with_user(self.colleague).engagement_followed = True
        self.assertFalse(message.engagement_id)
        incoming = self.record.message_post(body=BODY, message_type="email")
        incoming.engagement_followed = True
        self.assertFalse(incoming.engagement_id)

    def test_figures_of_a_message_that_may_be_read(self):
        message, _mails = self.post(BODY)
        message.engagement_id.company_id = self.env["res.company"].create(
            {"name": "Other"}
        )
        mine = message.with_user(self.sales)
        self.assertEqual(mine.read(["engagement_open_count"])[0]["id"], message.id)

    def test_clients_cannot_have_us_commit(self):
        """A key that comes in a context is no permission."""
        mail = self.env["mail.mail"].create(
            {"subject": "s", "body_html": BODY, "email_to": "x@a.example.com"}
        )
        mail = mail.with_context(engagement_may_commit=True, engagement_bodies={"a": 1})
        prepared = []
        self.patch(
            type(mail), "_engagement_prepare", lambda self: prepared.append(1) or False
        )
        with self.mock_mail_gateway():
            mail.send()
        self.assertFalse(prepared)

    def test_portal_secrets_are_not_shown(self):
        url = "https://x.example.com/my/orders/5?access_token=SECRET&pid=7&x=1"
        message, mails = self.post(Markup(f'<a href="{url}">View</a>'))
        self.assertIn("/ee/c/", mails[0]["body"])
        link = message.engagement_id.link_ids.with_user(self.sales)
        self.assertIn("x=1", link.shown_url)
        self.assertNotIn("SECRET", link.shown_url)
        self.assertNotIn("SECRET", link.display_name)
        with self.assertRaises(AccessError):
            link.read(["url"])

    def test_pasted_addresses_are_not_shown_as_text(self):
        url = "https://x.example.com/share/PATH?access_token=SECRET"
        message, _mails = self.post(
            Markup('<a href="%s">%s</a><a href="%s2">look: %s2</a>') % ((url,) * 4)
        )
        pasted, within = message.engagement_id.link_ids.with_user(self.sales)
        self.assertFalse(pasted.label)
        self.assertEqual(pasted.display_name, "x.example.com")
        self.assertEqual(
            pasted.shown_url, "https://x.example.com/share/PATH?access_token=…"
        )
        self.assertEqual(within.display_name, "look: x.example.com")

    def test_hostile_body(self):
        """Linear: each beginning looks at a bounded number of characters."""
        self.assertIn("{0,1024}", SECURITY_LINK.pattern)
        self.assertFalse(SECURITY_LINK.search("/web/signup?" * 20_000))

    def test_addresses_of_proxies(self):
        for text, address in (
            ("203.0.113.7:51234", "203.0.113.7"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("unknown", ""),
            ("1.2.3.4, 5.6.7.8", ""),
        ):
            self.assertEqual(request_columns(address=text)["address"], address)
