import json

from odoo import fields
from odoo.tests import Form, tagged

from .file_case import FILE, PDF, FileCase
from .test_send import BODY


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
