from unittest.mock import patch

from markupsafe import Markup

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..tools import html
from .common import EngagementTransactionCase

BODY = Markup(
    '<p>Hello, see <a href="https://example.com/offer?a=1&amp;b=2#top">our offer</a> '
    'or <a href="mailto:me@example.com">write</a>, '
    'and <a href="https://example.com/offer?a=1&amp;b=2#top">again</a>.</p>'
)


@tagged("post_install", "-at_install")
class TestSend(EngagementTransactionCase):
    def test_followed_message(self):
        message, mails = self.post(BODY, self.anna | self.bob)
        engagement = message.engagement_id
        self.assertTrue(message.engagement_followed)
        self.assertEqual(engagement.subject, "The Deal")
        self.assertEqual(engagement.user_id, self.sales)
        self.assertEqual(engagement.author_id, self.sales.partner_id)
        self.assertEqual(
            (engagement.model, engagement.res_id), ("res.partner", self.record.id)
        )
        self.assertEqual(engagement.trace_ids.partner_id, self.anna | self.bob)
        self.assertIn(
            "https://example.com/offer?a=1&b=2#top", engagement.link_ids.mapped("url")
        )
        self.assertEqual(engagement.status, "sent")
        self.assertEqual(engagement.sent_count, 2)
        self.assertEqual(set(engagement.trace_ids.mapped("state")), {"sent"})
        self.assertEqual(len(mails), 2)

    def test_each_copy_has_its_own_addresses(self):
        _message, mails = self.post(BODY, self.anna | self.bob)
        pixels = set()
        for mail in mails:
            self.assertNotIn("https://example.com/offer", mail["body"])
            self.assertEqual(mail["body"].count("/ee/o/"), 1)
            self.assertIn("mailto:me@example.com", mail["body"])
            self.assertNotIn("https://example.com/offer", mail["body_alternative"])
            self.assertNotIn("/ee/o/", mail["body_alternative"])
            pixels.add(mail["body"].split("/ee/o/")[1].split('"')[0])
        self.assertEqual(len(pixels), 2)

    def test_message_is_unchanged(self):
        message, _mails = self.post(BODY)
        self.assertEqual(message.body, BODY)
        self.assertNotIn("/ee/", message.body)

    def test_not_followed(self):
        message, mails = self.post(BODY, followed=False)
        self.assertFalse(message.engagement_id)
        self.assertFalse(message.engagement_followed)
        self.assertNotIn("/ee/", mails[0]["body"])
        message = self.record.message_post(body="nothing said about following")
        self.assertFalse(message.engagement_id)

    def test_colleagues_are_never_followed(self):
        message, mails = self.post(BODY, self.anna | self.colleague.partner_id)
        self.assertEqual(message.engagement_id.trace_ids.partner_id, self.anna)
        by_address = {mail["email_to"][0]: mail["body"] for mail in mails}
        self.assertEqual(len(by_address), 2)
        for address, body in by_address.items():
            self.assertEqual("/ee/" in body, "anna" in address)

    def test_nobody_outside(self):
        message, _mails = self.post(BODY, self.colleague.partner_id)
        self.assertFalse(message.engagement_id)
        message, _mails = self.post(BODY, self.env["res.partner"])
        self.assertFalse(message.engagement_id)

    def test_search_messages(self):
        followed, _mails = self.post(BODY)
        other, _mails = self.post(BODY, followed=False)
        both = followed | other
        search = self.env["mail.message"].search
        in_both = [("id", "in", both.ids)]
        self.assertEqual(
            search(in_both + [("engagement_followed", "=", True)]), followed
        )
        self.assertEqual(search(in_both + [("engagement_followed", "!=", True)]), other)
        self.assertEqual(search(in_both + [("engagement_followed", "=", False)]), other)
        self.assertEqual(
            search(in_both + [("engagement_id", "=", followed.engagement_id.id)]),
            followed,
        )
        self.assertEqual(search(in_both + [("engagement_id", "=", False)]), other)
        self.assertEqual(search(in_both + [("engagement_id", "!=", False)]), followed)

    def test_search_messages_by_figures(self):
        followed, _mails = self.post(BODY)
        other, _mails = self.post(BODY, followed=False)
        followed.engagement_id.open_count = 3
        in_both = [("id", "in", (followed | other).ids)]

        def search(operator, value):
            leaf = ("engagement_open_count", operator, value)
            return self.env["mail.message"].search([*in_both, leaf])

        self.assertEqual(followed.engagement_open_count, 3)
        self.assertEqual(other.engagement_open_count, 0)
        self.assertEqual(search(">", 0), followed)
        self.assertEqual(search("=", 3), followed)
        self.assertEqual(search("=", 0), other)
        self.assertEqual(search("!=", 0), followed)
        self.assertEqual(search("<", 3), other)
        self.assertEqual(search(">=", 0), followed | other)

    def test_shared_copy_is_one_trace(self):
        mail = self.env["mail.mail"].create(
            {
                "subject": "Two at once",
                "body_html": BODY,
                "email_to": "x@a.example.com, y@b.example.com",
                "email_cc": "z@c.example.com",
                "engagement_followed": True,
            }
        )
        with self.mock_mail_gateway():
            mail.send()
        trace = mail.mail_message_id.engagement_id.trace_ids
        self.assertEqual(len(trace), 1)
        self.assertEqual(trace.recipient_count, 3)
        self.assertEqual(
            trace.email, "x@a.example.com, y@b.example.com, z@c.example.com"
        )
        self.assertIn("Someone of", trace.display_name)
        self.assertEqual(trace.state, "sent")

    def test_auto_delete_keeps_the_message(self):
        mail = self.env["mail.mail"].create(
            {
                "subject": "Deleted once sent",
                "body_html": BODY,
                "email_to": "x@a.example.com",
                "auto_delete": True,
                "engagement_followed": True,
            }
        )
        message = mail.mail_message_id
        with self.mock_mail_gateway(mail_unlink_sent=True):
            mail.send()
        self.assertFalse(mail.exists())
        self.assertTrue(message.exists())
        self.assertEqual(message.engagement_id.message_id, message)

    def test_second_try_makes_no_second_trace(self):
        mail = self.env["mail.mail"].create(
            {
                "subject": "Fails first",
                "body_html": BODY,
                "recipient_ids": [(4, self.anna.id), (4, self.bob.id)],
                "email_to": "x@a.example.com",
                "engagement_followed": True,
            }
        )
        engagement = mail.mail_message_id.engagement_id
        with self.mock_mail_gateway():
            self.send_email_mocked.side_effect = OSError("no route to host")
            with self.assertLogs("odoo.addons.mail.models.mail_mail", "ERROR"):
                mail.send()
        self.assertEqual(mail.state, "exception")
        self.assertEqual(engagement.status, "failed")
        self.assertEqual(engagement.trace_ids.mapped("state"), ["failed"] * 3)
        self.assertIn("no route to host", engagement.trace_ids[0].failure_reason)
        first = {(t.email, t.id) for t in engagement.trace_ids}
        links = engagement.link_ids
        mail.action_retry()
        self.assertEqual(engagement.status, "outgoing")
        with self.mock_mail_gateway():
            mail.send()
        self.assertEqual({(t.email, t.id) for t in engagement.trace_ids}, first)
        self.assertEqual(engagement.link_ids, links)
        self.assertEqual(engagement.status, "sent")

    def test_failed_connection(self):
        mail = self.env["mail.mail"].create(
            {
                "subject": "No server",
                "body_html": BODY,
                "email_to": "x@a.example.com",
                "engagement_followed": True,
            }
        )
        with self.mock_mail_gateway():
            self.connect_mocked.side_effect = OSError("connection refused")
            mail.send()
        engagement = mail.mail_message_id.engagement_id
        self.assertEqual(engagement.status, "failed")
        self.assertEqual(engagement.trace_ids.state, "failed")

    def test_cancelled(self):
        mail = self.env["mail.mail"].create(
            {
                "subject": "Cancelled",
                "body_html": BODY,
                "email_to": "x@a.example.com",
                "engagement_followed": True,
            }
        )
        mail.cancel()
        self.assertEqual(
            mail.mail_message_id.engagement_id.trace_ids.state, "cancelled"
        )

    def test_error_in_following_never_stops_the_mail(self):
        broken = patch.object(
            type(self.env["email.engagement"]),
            "_fill_in",
            side_effect=ZeroDivisionError("oops"),
        )
        with self.assertLogs("odoo.addons.email_engagement", "ERROR"), broken:
            message, mails = self.post(BODY)
        self.assertEqual(len(mails), 1)
        self.assertIn("https://example.com/offer", mails[0]["body"])
        self.assertEqual(message.engagement_id.not_followed_reason, "error")
        self.assertEqual(message.engagement_id.status, "sent")

    def test_error_after_sending_never_sends_twice(self):
        broken = patch.object(
            type(self.env["mail.mail"]),
            "_engagement_sent",
            side_effect=ZeroDivisionError("oops"),
        )
        with self.assertLogs("odoo.addons.email_engagement", "ERROR"), broken:
            message, mails = self.post(BODY)
        self.assertEqual(len(mails), 1)
        self.assertEqual(message.notification_ids.notification_status, "sent")

    def test_body_is_read_once(self):
        """Also when it was read before the sending, to know its links in time."""
        with patch.object(html, "scan", side_effect=html.scan) as scan:
            _message, mails = self.post(BODY, self.anna | self.bob)
        self.assertEqual(len(mails), 2)
        self.assertEqual(scan.call_count, 1)

    def test_number_of_statements(self):
        """Following costs the same for two recipients and for twenty."""
        partners = self.env["res.partner"].create(
            [
                {"name": f"P{n}", "email": f"p{n}@customer.example.com"}
                for n in range(20)
            ]
        )

        def statements(to, followed):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.post(BODY, to, followed=followed)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        statements(partners[:1], True)
        statements(partners[:1], False)
        few = statements(partners[:2], True) - statements(partners[:2], False)
        many = statements(partners, True) - statements(partners, False)
        self.assertLessEqual(many - few, 20, "the states of the traces, and no more")

    def test_large_body_goes_out_as_it_was(self):
        body = "<p>x</p>" * 3_000_000
        engagement = self.env["email.engagement"].new({})
        self.assertEqual(engagement._scan(body).reason, "too_large")

    def test_tracking_domain(self):
        self.env.company.engagement_base_url = "https://mail.example.com/"
        _message, mails = self.post(BODY)
        self.assertIn('src="https://mail.example.com/ee/o/', mails[0]["body"])
        self.assertIn('href="https://mail.example.com/ee/c/', mails[0]["body"])

    def test_tracking_domain_is_checked(self):
        for wrong in (
            "mail.example.com",
            "ftp://x.example.com",
            "https://",
            "https://x.example.com/path",
            "https://x.example.com/?q",
            "https://x.example.com?",
            # of these no link could be made, or none that leads here
            "https://[x",
            "https://someone:secret@x.example.com",
            "https://x.example.com:99999",
            "https://x y.example.com",
        ):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                self.env.company.engagement_base_url = wrong
        for right in (
            "http://localhost:8069",
            "https://[2001:db8::1]/",
            "https://büro.example.com",
        ):
            self.env.company.engagement_base_url = right

    def test_links_of_an_earlier_followed_mail_stay(self):
        _first, mails = self.post(BODY)
        _second, again = self.post(Markup(mails[0]["body"]))
        href = mails[0]["body"].split('href="')[1].split('"')[0]
        self.assertIn("/ee/c/", href)
        self.assertIn(href, again[0]["body"])
