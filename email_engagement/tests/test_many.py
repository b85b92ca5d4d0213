"""What is asked differently when there is much to read: the answer is the same."""

from contextlib import contextmanager
from unittest.mock import patch

from lxml import etree

from odoo.tests import tagged

from ..models import email_engagement_readable
from .common import EngagementTransactionCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestMany(EngagementTransactionCase):
    @contextmanager
    def many_from(self, number: int):
        """Records are looked up one by one from so many on."""
        self.env.cr.cache.clear()
        with patch.object(email_engagement_readable, "MANY", number):
            yield
        self.env.cr.cache.clear()

    def test_records_looked_up_one_by_one(self):
        mine = self.post(BODY)[0].engagement_id
        self.record = self.env["res.partner"].create({"name": "Open to all"})
        open_to_all = self.post(BODY)[0].engagement_id
        closed = mine.res_id
        self.env["ir.rule"].create(
            {
                "name": "closed",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {closed})]",
            }
        )
        emails = mine | open_to_all
        for number in (-1, 1_000_000):
            for user, expected in (
                (self.sales, emails),
                (self.colleague, open_to_all),
            ):
                with self.many_from(number), self.subTest(number, user=user.login):
                    found = emails.with_user(user).search([("id", "in", emails.ids)])
                    self.assertEqual(found, expected)
                    traces = self.env["email.engagement.trace"].with_user(user)
                    traces = traces.search([("engagement_id", "in", emails.ids)])
                    self.assertEqual(traces.engagement_id, expected)

    def test_who_was_notified(self):
        message, _mails = self.post(BODY, self.anna | self.colleague.partner_id)
        self.close_record()
        engagement = message.engagement_id
        theirs = engagement.with_user(self.colleague)
        self.assertTrue(theirs.search([("id", "=", engagement.id)]))
        message.notification_ids.filtered(
            lambda n: n.res_partner_id == self.colleague.partner_id
        ).unlink()
        message.partner_ids -= self.colleague.partner_id
        self.env.flush_all()
        self.assertFalse(theirs.search([("id", "=", engagement.id)]))

    def test_meetings_as_their_own_addon_has_it(self):
        """The condition in SQL says what ``calendar.event`` says in Python."""
        if "calendar.event" not in self.env:
            self.skipTest("calendar is not installed")
        people = {
            "organizer": self.sales,
            "attendee": self.colleague,
            "stranger": self.colleague.copy({"login": "stranger"}),
        }
        meetings = self.env["calendar.event"]
        for privacy in ("public", "private", "confidential", False):
            meetings |= meetings.with_user(self.sales).create(
                {
                    "name": f"Meeting {privacy}",
                    "start": "2026-11-24 10:00:00",
                    "stop": "2026-11-24 11:00:00",
                    "privacy": privacy,
                    "partner_ids": (self.sales | self.colleague).partner_id.ids,
                }
            )
        emails = self.env["email.engagement"]
        for meeting in meetings.with_env(self.env):
            self.record = meeting
            # Neither author nor notified: only the meeting lets anybody read it.
            engagement = self.post(BODY)[0].engagement_id
            engagement.sudo().write({"author_id": False, "create_uid": 1})
            emails |= engagement
        self.env.flush_all()
        self.env["mail.notification"].search(
            [("mail_message_id", "in", emails.message_id.ids)]
        ).unlink()
        for role, user in people.items():
            core = (
                self.env["mail.message"]
                .with_user(user)
                ._filter_records_for_message_operation(
                    "calendar.event", meetings.ids, "read"
                )
            )
            with self.subTest(role):
                found = emails.with_user(user).search([("id", "in", emails.ids)])
                self.assertEqual(set(found.mapped("res_id")), set(core.ids))
                self.assertEqual(len(core), 3 if role == "stranger" else 4)

    def test_unknown_rules_are_asked(self):
        """A hook that nobody here knows: Python decides."""
        root = self.env["email.engagement"]
        self.assertTrue(root._engagement_known_rules("res.partner").is_true())
        partners = type(self.env["res.partner"])

        def hook(self, operation):
            return dict.fromkeys(self, "read" if self.name == "x" else "write")

        hook.__module__ = "odoo.addons.unknown.models.res_partner"
        name = "_mail_get_operation_for_mail_message_operation"
        overriding = type("ResPartner", (), {name: hook, "__module__": hook.__module__})
        mro = (overriding, *partners.mro())
        with patch.object(partners, "mro", lambda: mro):
            self.assertIsNone(root._engagement_known_rules("res.partner"))

    def test_each_figure_of_the_list_has_an_index(self):
        """Sorting a million emails by it would read them all."""
        view = self.env["email.engagement"].get_view(view_type="list")
        shown = {
            field.get("name")
            for field in etree.fromstring(view["arch"]).iter("field")
            if field.get("optional") != "hide"
        }
        figures = {
            *("open_count", "click_count", "attachment_view_count", "reply_count"),
            *("last_open", "date"),
        }
        self.assertLessEqual(figures, shown)
        self.env.cr.execute(
            """
            SELECT a.attname FROM pg_index i JOIN pg_attribute a
                ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
             WHERE i.indrelid = 'email_engagement'::regclass AND i.indpred IS NULL
            """
        )
        self.assertLessEqual(figures, {name for (name,) in self.env.cr.fetchall()})
