import base64
import json
import re
from unittest.mock import patch

from lxml import html as lxml_html
from markupsafe import Markup

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import EngagementTransactionCase
from .test_send import BODY

PDF = b"%PDF-1.4 an offer"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)
FILE = re.compile(r"/ee/a/([\w-]+)/([^\s\"'<>]+)")


class FileCase(EngagementTransactionCase):
    """A salesperson with two files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.offer, cls.terms = cls.attach(("Offer.pdf", PDF), ("Terms.txt", b"terms"))

    @classmethod
    def attach(cls, *files, **values):
        return (
            cls.env["ir.attachment"]
            .with_user(cls.sales)
            .create(
                [
                    {"name": name, "raw": raw, "res_model": "mail.compose.message"}
                    | values
                    for name, raw in files
                ]
            )
        )

    def post_files(self, partners=None, followed=None, **kwargs):
        followed = self.offer if followed is None else followed
        return self.post(
            kwargs.pop("body", BODY),
            partners,
            attachment_ids=(self.offer | self.terms).ids,
            engagement_attachment_ids=followed.ids,
            **kwargs,
        )


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


@tagged("post_install", "-at_install")
class TestFileCompose(FileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report_action = cls.env["ir.actions.report"].create(
            {
                "name": "A report",
                "model": "res.partner",
                "report_type": "qweb-text",
                "report_name": "email_engagement.test_report",
            }
        )
        cls.env["ir.ui.view"].create(
            {
                "type": "qweb",
                "name": "test_report",
                "key": "email_engagement.test_report",
                "arch": "<t t-name='email_engagement.test_report'>a report</t>",
            }
        )
        cls.brochure = cls.env["ir.attachment"].create(
            {"name": "Brochure.pdf", "raw": PDF, "public": True}
        )
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Offer",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "subject": "An offer",
                "body_html": BODY,
                "email_to": "x@a.example.com",
                "attachment_ids": cls.brochure.ids,
            }
        )
        cls.brochure.write({"res_model": "mail.template", "res_id": cls.template.id})

    def composer(self, records=None, mode="comment", template=None, **values):
        composer = self.env["mail.compose.message"].with_user(self.sales)
        return composer.with_context(
            default_composition_mode=mode,
            default_model="res.partner",
            default_res_ids=(records or self.record).ids,
            default_template_id=template and template.id,
        ).create({"partner_ids": self.anna.ids, "subject": "s", "body": BODY, **values})

    def send(self, composer):
        with self.mock_mail_gateway():
            mails, messages = composer._action_send_mail()
            mails.send()
        return (messages | mails.mail_message_id).with_env(self.env)

    def followed(self, messages):
        return sorted(messages.engagement_id.file_ids.mapped("label"))

    def test_writers_choice(self):
        both = (self.offer | self.terms).ids
        composer = self.composer(attachment_ids=both)
        self.assertFalse(composer.engagement_attachment_ids)
        composer.engagement_attachment_ids = self.terms
        self.assertEqual(self.followed(self.send(composer)), ["Terms.txt"])

    def test_company_default(self):
        self.env.company.engagement_follow_attachments = True
        composer = self.composer(attachment_ids=(self.offer | self.terms).ids)
        self.assertEqual(len(composer.engagement_attachment_ids), 2)
        composer.engagement_attachment_ids -= self.offer
        self.assertEqual(self.followed(self.send(composer)), ["Terms.txt"])

    def test_choice_survives_another_file(self):
        self.env.company.engagement_follow_attachments = True
        composer = self.composer(attachment_ids=self.offer.ids)
        self.assertEqual(composer.engagement_attachment_ids.ids, self.offer.ids)
        composer.engagement_attachment_ids = False
        composer.attachment_ids |= self.terms
        self.assertEqual(composer.engagement_attachment_ids.ids, self.terms.ids)
        self.assertEqual(self.followed(self.send(composer)), ["Terms.txt"])

    def test_choice_of_the_chatter(self):
        self.env.company.engagement_follow_attachments = True
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.sales)
            .with_context(
                default_model="res.partner",
                default_res_ids=self.record.ids,
                default_attachment_ids=(self.offer | self.terms).ids,
                default_engagement_attachment_ids=[(4, self.terms.id)],
                default_engagement_decided_attachment_ids=[
                    (4, self.offer.id),
                    (4, self.terms.id),
                ],
            )
        )
        form = Form(composer)
        self.assertEqual(form.engagement_attachment_ids.ids, self.terms.ids)

    def test_large_files_are_proposed(self):
        self.env.company.engagement_follow_attachments_above = 0.00001
        composer = self.composer(attachment_ids=(self.offer | self.terms).ids)
        self.assertEqual(composer.engagement_attachment_ids.ids, self.offer.ids)
        self.env.company.engagement_follow_attachments_above = 0
        composer = self.composer(attachment_ids=(self.offer | self.terms).ids)
        self.assertFalse(composer.engagement_attachment_ids)

    def test_template(self):
        self.template.engagement_follow_attachments = "always"
        composer = self.composer(template=self.template)
        self.assertEqual(composer.engagement_attachment_ids.ids, self.brochure.ids)
        message = self.send(composer)
        self.assertEqual(self.followed(message), ["Brochure.pdf"])
        self.assertNotEqual(message.attachment_ids, self.brochure)
        self.template.engagement_follow_attachments = "never"
        self.env.company.engagement_follow_attachments = True
        composer = self.composer(template=self.template)
        self.assertFalse(composer.engagement_attachment_ids)

    def test_report_in_the_composer(self):
        self.template.report_template_ids = self.report_action
        composer = self.composer(template=self.template)
        report = composer.attachment_ids - self.brochure.with_user(self.sales)
        self.assertEqual(len(report), 1)
        composer.engagement_attachment_ids = report
        message = self.send(composer)
        self.assertEqual(len(self.followed(message)), 1)
        self.assertNotIn("Brochure.pdf", self.followed(message))

    def test_batch(self):
        records = self.anna | self.bob
        self.template.write(
            {
                "engagement_follow_attachments": "always",
                "report_template_ids": self.report_action.ids,
            }
        )
        for mode in ("comment", "mass_mail"):
            with self.subTest(mode):
                messages = self.send(self.composer(records, mode, self.template))
                self.assertEqual(len(messages), 2)
                for message in messages:
                    self.assertEqual(len(self.followed(message)), 2)
                for mail in self._mails:
                    self.assertFalse(mail["attachments"])
                    self.assertEqual(len(FILE.findall(mail["body"])), 2)

    def test_batch_by_choice(self):
        composer = self.composer(
            self.anna | self.bob,
            "mass_mail",
            attachment_ids=(self.offer | self.terms).ids,
            engagement_attachment_ids=self.offer.ids,
        )
        for message in self.send(composer):
            self.assertEqual(self.followed(message), ["Offer.pdf"])

    def test_sent_by_itself(self):
        self.template.write(
            {
                "engagement_follow": "always",
                "report_template_ids": self.report_action.ids,
            }
        )
        for follow, count in (("default", 0), ("always", 2)):
            self.template.engagement_follow_attachments = follow
            with self.mock_mail_gateway():
                self.template.send_mail(self.record.id, force_send=True)
            self.assertEqual(len(FILE.findall(self._mails[0]["body"])), count)
            self.assertEqual(len(self._mails[0]["attachments"]), 2 - count)

    def test_scheduled(self):
        composer = self.composer(
            attachment_ids=(self.offer | self.terms).ids,
            engagement_attachment_ids=self.offer.ids,
            engagement_attachments_expire_on="2030-05-01",
            scheduled_date="2030-01-01 10:00:00",
        )
        scheduled = composer._action_schedule_message()
        self.assertEqual(scheduled.engagement_attachment_ids.ids, self.offer.ids)
        scheduled.engagement_attachment_ids = self.terms
        parameters = json.loads(scheduled.notification_parameters)
        self.assertEqual(parameters["engagement_attachment_ids"], self.terms.ids)
        with self.mock_mail_gateway():
            scheduled._post_message()
        message = self.record.message_ids.sorted("id")[-1]
        self.assertEqual(self.followed(message), ["Terms.txt"])
        self.assertEqual(
            message.engagement_attachments_expire_on, fields.Date.to_date("2030-05-01")
        )


@tagged("post_install", "-at_install")
class TestPictureSend(FileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.picture = cls.attach(("photo.png", PNG))
        cls.picture.generate_access_token()
        cls.closed = cls.attach(("closed.png", PNG))

    def body(self):
        return Markup(
            '<p><img src="/web/image/{id}-abc/photo.png?access_token={token}" '
            'alt="Our chair" width="300" style="width:300px">'
            '<img src="/web/image/{closed}"><img src="https://x.example.com/a.png"></p>'
        ).format(
            id=self.picture.id,
            token=self.picture.sudo().access_token,
            closed=self.closed.id,
        )

    def test_pictures(self):
        message, mails = self.post(self.body(), self.anna | self.bob)
        engagement = message.engagement_id
        seen = set()
        for mail in mails:
            document = lxml_html.fromstring(mail["body"])
            images = document.xpath("//img[not(@width='1')]")
            sources = [image.get("src") for image in images]
            own = [source for source in sources if "/ee/i/" in source]
            self.assertEqual(len(own), 1)
            seen.add(own[0])
            image = images[sources.index(own[0])]
            self.assertEqual(image.get("alt"), "Our chair")
            self.assertEqual(image.get("width"), "300")
            self.assertIn("https://x.example.com/a.png", sources)
            self.assertTrue(
                any(
                    source.endswith(f"/web/image/{self.closed.id}")
                    for source in sources
                )
            )
        self.assertEqual(len(seen), 2)
        self.assertFalse(engagement.link_ids)
        self.assertNotIn("/ee/", message.body)

    def test_made_once(self):
        message, _mails = self.post(self.body())
        engagement = message.engagement_id
        links = self.env["email.engagement.link"].search(
            [("engagement_id", "=", engagement.id)]
        )
        again = engagement._ensure_pictures(links.mapped("url"))
        self.assertEqual(again, links.ids)

    def test_files_that_are_no_pictures(self):
        svg = self.env["ir.attachment"].create(
            {"name": "a.svg", "raw": b"<svg/>", "public": True}
        )
        svg.mimetype = "image/svg+xml"
        base = self.env["ir.config_parameter"].get_param("web.base.url")
        message, _mails = self.post("x")
        urls = [f"{base}/web/image/{svg.id}", f"{base}/web/image/{self.offer.id}"]
        self.assertEqual(message.engagement_id._ensure_pictures(urls), [None, None])
