import json
from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged

from odoo.addons.mail.tools.discuss import Store

from .common import EngagementTransactionCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestCompose(EngagementTransactionCase):
    """Every way by which an email is written or sent carries the follow flag."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Offer",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "subject": "An offer for {{ object.name }}",
                "body_html": BODY,
                "email_to": "{{ object.email or 'x@a.example.com' }}",
                "auto_delete": True,
            }
        )
        cls.record.email = "deal@customer.example.com"

    def composer(self, mode="comment", records=None, template=None, **values):
        records = records or self.record
        context = {
            "default_composition_mode": mode,
            "default_model": "res.partner",
            "default_res_ids": records.ids,
            "default_template_id": template and template.id,
        }
        composer = self.env["mail.compose.message"].with_user(self.sales)
        composer = composer.with_context(**context).create(
            {"partner_ids": self.anna.ids, "body": BODY, "subject": "s", **values}
        )
        return composer

    def send(self, composer):
        with self.mock_mail_gateway():
            mails, messages = composer._action_send_mail()
        return (messages | mails.mail_message_id).with_env(self.env)

    def test_default_of_the_company(self):
        self.assertTrue(self.composer().engagement_followed)
        self.assertTrue(self.send(self.composer()).engagement_followed)
        self.env.company.engagement_follow_default = False
        self.assertFalse(self.composer().engagement_followed)
        self.assertFalse(self.send(self.composer()).engagement_followed)

    def other_company(self, **settings):
        """The record's company, another one than that in which the user works."""
        company = self.env["res.company"].create({"name": "Other", **settings})
        self.sales.company_ids |= company
        self.record.company_id = company
        return company

    def test_the_company_of_the_record_decides(self):
        company = self.other_company(
            engagement_follow_default=False,
            engagement_follow_attachments=True,
            engagement_expiry_days=3,
        )
        composer = self.composer(attachment_ids=self.file().ids)
        self.assertFalse(composer.engagement_followed)
        self.assertEqual(composer.engagement_attachment_ids, composer.attachment_ids)
        self.assertEqual(
            composer.engagement_attachments_expire_on,
            fields.Date.context_today(composer) + timedelta(days=3),
        )
        company.engagement_follow_default = True
        company.engagement_policy = "off"
        composer = self.composer()
        self.assertFalse(composer.engagement_can_follow)
        self.assertFalse(composer.engagement_followed)

    def test_the_chatter_is_told_the_company_of_the_record(self):
        def told():
            record = self.record.with_user(self.sales)
            store = Store()
            record._thread_to_store(store, [], request_list=["engagement_company"])
            [thread] = store.get_result()["mail.thread"]
            return thread["engagement_company_id"]

        self.assertFalse(told())
        company = self.other_company()
        self.assertEqual(told(), company.id)

    def file(self):
        return (
            self.env["ir.attachment"]
            .with_user(self.sales)
            .create(
                {
                    "name": "offer.txt",
                    "raw": b"An offer",
                    "res_model": "mail.compose.message",
                    "res_id": 0,
                }
            )
        )

    def test_switched_by_the_writer(self):
        self.assertFalse(
            self.send(self.composer(engagement_followed=False)).engagement_followed
        )
        self.env.company.engagement_follow_default = False
        self.assertTrue(
            self.send(self.composer(engagement_followed=True)).engagement_followed
        )

    def test_template_decides(self):
        for follow, default, expected in (
            ("always", False, True),
            ("never", True, False),
            ("default", True, True),
            ("default", False, False),
        ):
            self.template.engagement_follow = follow
            self.env.company.engagement_follow_default = default
            with self.subTest(follow=follow, default=default):
                composer = self.composer(template=self.template)
                self.assertEqual(composer.engagement_followed, expected)

    def test_notes_are_not_followed(self):
        composer = self.composer(subtype_id=self.env.ref("mail.mt_note").id)
        self.assertFalse(composer.engagement_can_follow)
        self.assertFalse(self.send(composer).engagement_followed)

    def test_mass_mode(self):
        self.anna.email = "anna@customer.example.com"
        composer = self.composer(
            "mass_mail",
            self.anna | self.bob,
            self.template,
            engagement_followed=True,
            partner_ids=[],
        )
        messages = self.send(composer)
        self.assertEqual(len(messages), 2)
        self.assertEqual(messages.mapped("engagement_followed"), [True, True])
        traces = messages.engagement_id.trace_ids
        self.assertEqual(
            sorted(traces.mapped("email")),
            ["anna@customer.example.com", "bob@buyer.example.com"],
        )

    def test_send_mail(self):
        send = self.template.send_mail
        with self.mock_mail_gateway():
            mail = self.env["mail.mail"].browse(send(self.record.id))
            self.assertFalse(mail.engagement_followed, "Odoo sent it by itself")
            mail = self.env["mail.mail"].browse(
                send(self.record.id, email_values={"engagement_followed": True})
            )
            self.assertTrue(mail.engagement_followed)
            self.template.engagement_follow = "always"
            mail = self.env["mail.mail"].browse(send(self.record.id))
            message = mail.mail_message_id
            self.assertTrue(mail.engagement_followed)
            mail.send()
        self.assertTrue(message.exists(), "auto_delete does not take it away")
        self.assertEqual(message.engagement_id.subject, "An offer for The Deal")
        self.assertEqual(message.engagement_id.record_name, "The Deal")

    def test_security_emails_never(self):
        template = self.env.ref("auth_signup.set_password_email", False)
        if not template:
            self.skipTest("auth_signup is not installed")
        template.engagement_follow = "always"
        self.assertTrue(template._engagement_is_security())
        mail = self.env["mail.mail"].browse(
            template.send_mail(
                self.sales.id, email_values={"engagement_followed": True}
            )
        )
        self.assertFalse(mail.engagement_followed)

    def test_links_of_security_emails(self):
        """Whatever made the email: a password link shows what it is."""
        from markupsafe import Markup

        link = f"{self.record.get_base_url()}/web/reset_password?token=secret"
        message, mails = self.post(Markup(f'<p><a href="{link}">Set it</a></p>'))
        engagement = message.engagement_id
        self.assertIn(link.replace("&", "&amp;"), mails[0]["body"])
        self.assertNotIn("/ee/", mails[0]["body"])
        self.assertEqual(engagement.not_followed_reason, "security")
        self.assertFalse(engagement.link_ids)

    def test_mass_mailing_is_left_alone(self):
        if "mailing.mailing" not in self.env:
            self.skipTest("mass_mailing is not installed")
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "body_html": BODY,
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        mail = self.env["mail.mail"].create(
            {
                "subject": "News",
                "body_html": BODY,
                "email_to": "x@a.example.com",
                "mailing_id": mailing.id,
                "engagement_followed": True,
            }
        )
        self.assertFalse(mail.engagement_followed)

    def test_scheduled_message(self):
        for followed in (True, False):
            composer = self.composer(
                engagement_followed=followed,
                scheduled_date=fields.Datetime.to_string(
                    fields.Datetime.now() + timedelta(days=1)
                ),
            )
            scheduled = composer._action_schedule_message()
            parameters = json.loads(scheduled.notification_parameters)
            self.assertEqual(parameters["engagement_followed"], followed)
            before = self.record.message_ids
            with self.mock_mail_gateway():
                scheduled.sudo()._post_message()
            message = self.record.message_ids - before
            self.assertEqual(message.engagement_followed, followed)

    def test_form_of_the_composer(self):
        form = Form(
            self.env["mail.compose.message"]
            .with_user(self.sales)
            .with_context(
                default_composition_mode="comment",
                default_model="res.partner",
                default_res_ids=self.record.ids,
            )
        )
        self.assertTrue(form.engagement_can_follow)
        self.assertTrue(form.engagement_followed)
        form.engagement_followed = False
        form.template_id = self.template
        self.assertFalse(form.engagement_followed, "the writer's choice stays")
        always = self.template.copy({"engagement_follow": "always"})
        form.template_id = always
        self.assertTrue(form.engagement_followed)
        never = self.template.copy({"engagement_follow": "never"})
        form.template_id = never
        self.assertFalse(form.engagement_followed)
