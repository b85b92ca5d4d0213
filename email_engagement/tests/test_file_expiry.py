from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import EngagementCase
from .file_case import FILE, FileCase


class ExpiryMixin:
    def change(self, records, day, user=None):
        """What the button on ``records`` and its dialog do."""
        records = records.with_user(user or self.sales)
        is_link = records._name == "email.engagement.link"
        method = "action_change_expiry" if is_link else "action_change_file_expiry"
        action = getattr(records, method)()
        model = records.env[action["res_model"]]
        with Form(model.with_context(**action["context"])) as form:
            shown = form.expire_on
            form.expire_on = day
        form.record.action_apply()
        self.env.invalidate_all()
        return shown


@tagged("post_install", "-at_install")
class TestFileExpiry(ExpiryMixin, FileCase):
    """Until when links work is changed after the email was sent, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env.user)
        message, _mails = cls("setUp").post_files(followed=cls.offer | cls.terms)
        cls.engagement = message.engagement_id
        cls.first, cls.second = cls.engagement.file_ids.sorted("label")

    def test_one_file(self):
        day = self.today + timedelta(days=3)
        self.assertFalse(self.change(self.first, day))
        self.assertEqual(self.first.last_day, day)
        midnight = fields.Datetime.to_datetime(day + timedelta(days=1))
        self.assertEqual(self.first.expires_on, midnight)
        self.assertFalse(self.second.expires_on)
        self.assertEqual(self.change(self.first, False), day)
        self.assertFalse(self.first.expires_on or self.first.last_day)

    def test_the_whole_email(self):
        self.first.expires_on = "2020-01-01"
        self.assertEqual(self.first.file_state, "expired")
        self.assertFalse(self.change(self.engagement, self.today))
        for link in self.first | self.second:
            self.assertEqual(
                (link.last_day, link.file_state), (self.today, "available")
            )
        self.assertEqual(self.change(self.engagement, False), self.today)

    def test_some_of_its_files(self):
        """In the dialog of the whole email the others are taken off."""
        action = self.engagement.with_user(self.sales).action_change_file_expiry()
        wizards = self.env[action["res_model"]].with_user(self.sales)
        with Form(wizards.with_context(**action["context"])) as form:
            form.link_ids.remove(id=self.second.id)
            form.expire_on = self.today
        form.record.action_apply()
        self.env.invalidate_all()
        self.assertEqual(self.first.last_day, self.today)
        self.assertFalse(self.second.expires_on)

    def test_what_is_revoked_stays_revoked(self):
        self.first.revoked = True
        self.change(self.engagement, self.today)
        self.assertEqual(self.first.file_state, "revoked")

    def test_a_day_that_is_over(self):
        with self.assertRaisesRegex(UserError, "revoke"):
            self.change(self.first, self.today - timedelta(days=1))
        self.assertFalse(self.first.expires_on)

    def test_the_day_ends_where_the_user_is(self):
        """Neither at noon of his last day, nor of the day after it."""
        day = self.today + timedelta(days=3)
        midnight = fields.Datetime.to_datetime(day + timedelta(days=1))
        for tz, hours in (("Asia/Tokyo", -9), ("Pacific/Honolulu", 10)):
            with self.subTest(tz):
                links = self.engagement.with_context(tz=tz).file_ids
                self.change(links, day)
                end = midnight + timedelta(hours=hours)
                self.assertEqual(set(links.mapped("expires_on")), {end})
                self.assertEqual(set(links.mapped("last_day")), {day})

    def test_the_day_ends_where_the_sender_is(self):
        self.sales.tz = "Pacific/Honolulu"
        message, _mails = self.post_files(engagement_attachments_expire_on=self.today)
        midnight = fields.Datetime.to_datetime(self.today + timedelta(days=1))
        end = message.engagement_id.file_ids.expires_on
        self.assertEqual(end, midnight + timedelta(hours=10))
        message = message.with_context(tz=self.sales.tz)
        self.assertEqual(message.engagement_attachments_expire_on, self.today)

    def test_who_may(self):
        """The sender, who may write on the record, and administrators; and nobody
        with a dialog made by hand.
        """
        reader = new_test_user(self.env, "reader", "base.group_user")
        admin = new_test_user(
            self.env,
            "follow_admin",
            "base.group_user,email_engagement.group_administrator",
        )
        writer = new_test_user(
            self.env, "writer", "base.group_user,base.group_partner_manager"
        )
        for records in (self.first, self.engagement):
            with self.assertRaises(AccessError):
                self.change(records, self.today, reader)
        wizards = self.env["email.engagement.file.expiry"].with_user(reader)
        with self.assertRaises(AccessError):
            wizards.create(
                {"link_ids": self.first.ids, "expire_on": self.today}
            ).action_apply()
        self.assertFalse(self.first.expires_on)
        for user in (admin, writer):
            day = self.today + timedelta(days=user.id)
            self.change(self.first, day, user)
            self.assertEqual(self.first.last_day, day)
        # an email that one may not even read
        self.engagement.write({"is_private": True})
        self.close_record()
        with self.assertRaises(AccessError):
            wizards.with_user(writer).create(
                {"link_ids": self.first.ids, "expire_on": False}
            ).action_apply()

    def test_links_to_addresses_have_none(self):
        url = self.env["email.engagement.link"].create(
            {"engagement_id": self.engagement.id, "url": "https://example.com/"}
        )
        wizard = self.env["email.engagement.file.expiry"].with_user(self.sales)
        wizard.create({"link_ids": url.ids, "expire_on": self.today}).action_apply()
        self.assertFalse(url.expires_on)


@tagged("post_install", "-at_install")
class TestFileExpiryRoute(ExpiryMixin, EngagementCase, HttpCase):
    def test_the_link_that_was_sent(self):
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.sales)
            .create({"name": "a.txt", "raw": b"x", "res_model": "mail.compose.message"})
        )
        message, mails = self.post(
            "<p>x</p>",
            attachment_ids=attachment.ids,
            engagement_attachment_ids=attachment.ids,
        )
        [(token, name)] = FILE.findall(mails[0]["body"])
        link = message.engagement_id.file_ids
        link.expires_on = "2020-01-01"
        self.env.flush_all()
        self.assertEqual(self.url_open(f"/ee/a/{token}/{name}").status_code, 410)
        self.change(link, fields.Date.context_today(link) + timedelta(days=1))
        self.env.flush_all()
        response = self.url_open(f"/ee/a/{token}/{name}")
        self.assertEqual((response.status_code, response.content), (200, b"x"))
