from markupsafe import Markup

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .file_case import PDF, PNG, FileCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestFileLife(FileCase):
    def test_what_was_sent_is_kept(self):
        message, _mails = self.post_files()
        link = message.engagement_id.file_ids
        copy = link.attachment_id
        self.assertNotEqual(copy.id, self.offer.id)
        self.assertEqual(copy.store_fname, self.offer.sudo().store_fname)
        self.assertEqual(copy.mimetype, "application/pdf")
        self.offer.raw = b"%PDF-1.4 another"
        self.assertEqual(copy.raw, PDF)
        self.offer.unlink()
        self.env["ir.attachment"]._gc_file_store_unsafe()
        copy.invalidate_recordset()
        self.assertEqual(copy.raw, PDF)
        self.assertEqual(link.file_state, "available")
        message.unlink()
        self.assertEqual(link.exists().attachment_id.raw, PDF)

    def test_auto_delete(self):
        mail = self.env["mail.mail"].create(
            {
                "subject": "Gone once sent",
                "body_html": BODY,
                "email_to": "x@a.example.com",
                "auto_delete": True,
                "attachment_ids": [
                    Command.create({"name": "Offer.pdf", "raw": PDF}),
                ],
                "engagement_followed": True,
            }
        )
        mail.engagement_attachment_ids = mail.attachment_ids
        engagement = mail.mail_message_id.engagement_id
        with self.mock_mail_gateway(mail_unlink_sent=True):
            mail.send()
        self.assertFalse(mail.exists())
        self.assertFalse(self._mails[0]["attachments"])
        self.assertEqual(engagement.file_ids.attachment_id.raw, PDF)

    def test_purged_with_the_engagement(self):
        message, _mails = self.post_files()
        copy = message.engagement_id.file_ids.attachment_id
        message.engagement_id.unlink()
        self.assertFalse(copy.exists())
        self.assertTrue(self.offer.exists())

    def test_purged_by_other_ways(self):
        message, _mails = self.post_files()
        engagement = message.engagement_id
        copy = engagement.file_ids.attachment_id
        self.env["email.engagement.link"]._gc_files()
        self.assertTrue(copy.exists())
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM email_engagement WHERE id = %s", [engagement.id]
        )
        self.env.invalidate_all()
        self.env["email.engagement.link"]._gc_files()
        self.assertFalse(copy.exists())

    def test_pictures_of_the_chatter_are_not_purged(self):
        picture = self.attach(("a.png", PNG), public=True)
        base = self.env["ir.config_parameter"].get_param("web.base.url")
        body = Markup('<p><img src="%s/web/image/%s"></p>') % (base, picture.id)
        message, _mails = self.post(body)
        message.engagement_id.unlink()
        self.assertTrue(picture.exists())

    def test_expiry(self):
        company = self.env.company
        message, _mails = self.post_files()
        self.assertFalse(message.engagement_id.file_ids.expires_on)
        company.engagement_expiry_days = 30
        message, _mails = self.post_files()
        day = fields.Date.add(fields.Date.context_today(company), days=30)
        self.assertEqual(message.engagement_attachments_expire_on, day)
        end = fields.Datetime.to_datetime(fields.Date.add(day, days=1))
        self.assertEqual(message.engagement_id.file_ids.expires_on, end)
        message, _mails = self.post_files(engagement_attachments_expire_on=False)
        self.assertFalse(message.engagement_id.file_ids.expires_on)

    def test_revoke_and_restore(self):
        message, _mails = self.post_files(followed=self.offer | self.terms)
        engagement = message.engagement_id.with_user(self.sales)
        offer, terms = engagement.file_ids.sorted("label")
        offer.action_revoke()
        self.assertEqual((offer.file_state, terms.file_state), ("revoked", "available"))
        engagement.action_revoke_files()
        self.assertEqual(terms.file_state, "revoked")
        self.assertFalse(engagement.has_open_files)
        engagement.action_restore_files()
        self.assertEqual(set(engagement.file_ids.mapped("file_state")), {"available"})
        offer.sudo().expires_on = "2020-01-01"
        self.assertEqual(offer.file_state, "expired")
        offer.action_restore()
        self.assertEqual(offer.file_state, "available")

    def test_who_may_revoke(self):
        message, _mails = self.post_files()
        link = message.engagement_id.file_ids
        reader = new_test_user(self.env, "reader", "base.group_user")
        self.assertTrue(link.with_user(reader).has_access("read"))
        self.assertFalse(link.with_user(reader).can_manage)
        with self.assertRaises(AccessError):
            link.with_user(reader).action_revoke()
        with self.assertRaises(AccessError):
            link.with_user(reader).write({"revoked": True})
        with self.assertRaises(AccessError):
            link.with_user(self.sales).write({"revoked": True})

    def test_who_may_read_the_copy(self):
        private = self.env["res.partner"].create({"name": "x"})
        message, _mails = self.post_files()
        copy = message.engagement_id.file_ids.attachment_id
        self.assertEqual(copy.with_user(self.sales).raw, PDF)
        for operation in ("write", "unlink"):
            self.assertFalse(copy.with_user(self.sales).has_access(operation))
        portal = new_test_user(self.env, "portal_p", "base.group_portal")
        self.assertFalse(copy.with_user(portal).has_access("read"))
        public = self.env.ref("base.public_user")
        self.assertFalse(copy.with_user(public).has_access("read"))
        # Whoever may not read the engagement may not read its file.
        message.engagement_id.write({"is_private": True, "res_id": private.id})
        self.env.flush_all()
        self.assertFalse(copy.with_user(self.colleague).has_access("read"))
