from unittest.mock import patch

from lxml import html as lxml_html
from markupsafe import Markup

from odoo.tests import tagged

from .file_case import FILE, PDF, FileCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestFileSend(FileCase):
    def test_followed_and_ordinary(self):
        message, mails = self.post_files(self.anna | self.bob)
        self.assertEqual(message.attachment_ids, (self.offer | self.terms).sudo())
        self.assertEqual(message.engagement_attachment_ids.ids, self.offer.ids)
        self.assertEqual(message.body, BODY)
        link = message.engagement_id.file_ids
        self.assertEqual((link.label, link.kind), ("Offer.pdf", "file"))
        self.assertIn(link, message.engagement_id.link_ids)
        addresses = set()
        for mail in mails:
            self.assertEqual([name for name, *_ in mail["attachments"]], ["Terms.txt"])
            [(token, name)] = FILE.findall(mail["body"])
            self.assertEqual(name, "Offer.pdf")
            self.assertIn(f"/ee/a/{token}/{name}", mail["body_alternative"])
            self.assertIn("Offer.pdf", mail["body_alternative"])
            self.assertNotIn("engagement-files", mail["body"])
            self.assertNotIn(".invalid", mail["body"] + mail["body_alternative"])
            addresses.add(token)
            ids = self.env["email.engagement.token"]._verify("file", token)
            self.assertEqual(ids[1], link.id)
        self.assertEqual(len(addresses), 2)

    def test_nothing_followed_by_default(self):
        _message, mails = self.post(BODY, attachment_ids=self.offer.ids)
        self.assertEqual([name for name, *_ in mails[0]["attachments"]], ["Offer.pdf"])
        self.assertNotIn("/ee/a/", mails[0]["body"])

    def test_email_not_followed(self):
        message, mails = self.post_files(followed=self.offer)
        self.assertTrue(message.engagement_id.file_ids)
        with self.mock_mail_gateway():
            message = self.record.with_user(self.sales).message_post(
                body=BODY,
                partner_ids=self.anna.ids,
                subtype_xmlid="mail.mt_comment",
                attachment_ids=self.offer.ids,
                engagement_attachment_ids=self.offer.ids,
            )
            mails = list(self._mails)
        self.assertFalse(message.engagement_attachment_ids)
        self.assertEqual(len(mails[0]["attachments"]), 1)

    def test_colleagues_get_the_file(self):
        _message, mails = self.post_files(self.anna | self.colleague.partner_id)
        for mail in mails:
            names = {name for name, *_ in mail["attachments"]}
            if "anna" in mail["email_to"][0]:
                self.assertEqual(names, {"Terms.txt"})
                self.assertIn("/ee/a/", mail["body"])
            else:
                self.assertEqual(names, {"Offer.pdf", "Terms.txt"})
                self.assertNotIn("/ee/", mail["body"])
                self.assertNotIn("engagement-files", mail["body"])

    def test_mixed_recipients_of_one_mail(self):
        mail = self.env["mail.mail"].create(
            {
                "subject": "Both",
                "body_html": BODY,
                "recipient_ids": (self.anna | self.colleague.partner_id).ids,
                "attachment_ids": (self.offer | self.terms).ids,
                "engagement_followed": True,
                "engagement_attachment_ids": self.offer.ids,
            }
        )
        with self.mock_mail_gateway():
            mail.send()
        by_address = {sent["email_to"][0]: sent for sent in self._mails}
        for address, sent in by_address.items():
            names = {name for name, *_ in sent["attachments"]}
            followed = "anna" in address
            self.assertEqual("/ee/a/" in sent["body"], followed)
            self.assertEqual("Offer.pdf" in names, not followed)

    def test_nobody_outside(self):
        message, mails = self.post_files(self.colleague.partner_id)
        self.assertFalse(message.engagement_id)
        self.assertEqual(len(mails[0]["attachments"]), 2)
        self.assertFalse(self.copies())

    def copies(self):
        return (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", "email.engagement.link")])
        )

    def test_place_in_the_email(self):
        body = Markup(
            '<div><p>Dear Anna</p><div data-o-mail-quote="1">-- <br>Sally</div></div>'
        )
        _message, mails = self.post_files(body=body)
        sent = mails[0]["body"]
        self.assertLess(sent.index(">Dear Anna<"), sent.index("/ee/a/"))
        self.assertLess(sent.index("/ee/a/"), sent.index(">Sally<"))
        document = lxml_html.fromstring(sent)
        block = document.xpath("//div[@class='o_engagement_files']")
        self.assertEqual(len(block), 1)
        self.assertIn("17 B", block[0].text_content())

    def test_failure_sends_the_file(self):
        """Whatever goes wrong with following, the recipient gets everything."""
        for name in ("_list_files", "_ensure_pictures", "_follow"):
            if name == "_follow":
                owner = type(self.env["mail.mail"])
                name = "_engagement_file_ids"
            else:
                owner = type(self.env["email.engagement"])
            with (
                patch.object(owner, name, side_effect=ValueError("broken")),
                self.assertLogs("odoo.addons.email_engagement", "ERROR"),
            ):
                _message, mails = self.post_files()
            self.assertEqual(len(mails[0]["attachments"]), 2, name)
            self.assertNotIn("engagement-files", mails[0]["body"])

    def test_unsafe_html_sends_the_file(self):
        body = Markup("<p>https://x/web/reset_password?token=abc</p>")
        message, mails = self.post_files(body=body)
        self.assertEqual(message.engagement_id.not_followed_reason, "security")
        self.assertEqual(len(mails[0]["attachments"]), 2)
        self.assertNotIn("/ee/", mails[0]["body"])
        self.assertNotIn("engagement-files", mails[0]["body"])

    def test_unreadable_attachment_cannot_be_followed(self):
        secret = self.env["ir.attachment"].create(
            {"name": "secret.pdf", "raw": PDF, "res_model": "res.company", "res_id": 0}
        )
        self.assertFalse(secret.with_user(self.sales).has_access("read"))
        # As the web client's route does.
        message = (
            self.record.with_user(self.sales)
            .sudo()
            .message_post(
                body=BODY,
                partner_ids=self.anna.ids,
                subtype_xmlid="mail.mt_comment",
                attachment_ids=(secret | self.offer).ids,
                engagement_followed=True,
                engagement_attachment_ids=(secret | self.offer).ids,
            )
        )
        links = message.sudo().engagement_id.file_ids
        self.assertEqual(links.source_id.ids, self.offer.ids)

    def test_only_attachments_of_the_message(self):
        message, _mails = self.post(
            BODY,
            attachment_ids=self.terms.ids,
            engagement_attachment_ids=(self.offer | self.terms).ids,
        )
        self.assertEqual(message.engagement_attachment_ids.ids, self.terms.ids)

    def test_queries_do_not_grow(self):
        partners = self.env["res.partner"].create(
            [
                {"name": f"P{number}", "email": f"p{number}@x.example.com"}
                for number in range(12)
            ]
        )
        counts = []
        for some in (partners[:1], partners[:2], partners):
            mail = self.env["mail.mail"].create(
                {
                    "subject": "Many",
                    "body_html": BODY,
                    "recipient_ids": some.ids,
                    "attachment_ids": (self.offer | self.terms).ids,
                    "engagement_followed": True,
                    "engagement_attachment_ids": self.offer.ids,
                }
            )
            mail._engagement_get()._ensure_traces(mail._engagement_copies())
            mail._prepare_outgoing_list()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(mail._prepare_outgoing_list()), len(some))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])  # the first one compiles the templates

    def test_the_file_is_not_read(self):
        with patch.object(
            type(self.env["ir.attachment"]), "_file_read", side_effect=AssertionError
        ):
            _message, mails = self.post(
                BODY,
                attachment_ids=self.offer.ids,
                engagement_attachment_ids=self.offer.ids,
            )
        self.assertFalse(mails[0]["attachments"])

    def test_sent_is_sent(self):
        message, _mails = self.post_files()
        message.with_user(self.sales).engagement_attachment_ids = self.terms
        self.assertEqual(message.engagement_id.file_ids.label, "Offer.pdf")
