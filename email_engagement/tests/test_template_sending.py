from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged

from .common import EngagementTransactionCase

BODY = (
    "<p>Hello, thank you for your call. As promised, here is our offer for the "
    'tables: <a href="https://shop.example.com/offer">the offer</a>. It is valid '
    "until the end of the month. Shall we fix a date for the delivery?</p>"
)


@tagged("post_install", "-at_install")
class TestTemplateSending(EngagementTransactionCase):
    """Whatever way a template is sent, its followed email remembers it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_template("Offer")
        cls.record.email = "deal@customer.example.com"

    @classmethod
    def make_template(cls, name, **values):
        return cls.env["mail.template"].create(
            {
                "name": name,
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "subject": "An offer for {{ object.name }}",
                "body_html": BODY,
                "use_default_to": False,
                "email_to": "{{ object.email }}",
                **values,
            }
        )

    def assertRemembered(self, messages, template=None):
        template = self.template if template is None else template
        engagements = messages.with_env(self.env).engagement_id
        self.assertEqual(len(engagements), len(messages))
        self.assertEqual(engagements.template_id, template)
        self.assertEqual(
            set(engagements.mapped("template_name")), {template.name or False}
        )

    def composer(self, mode="comment", **values):
        composer = self.env["mail.compose.message"].with_user(self.sales)
        return composer.with_context(
            default_composition_mode=mode,
            default_model="res.partner",
            default_res_ids=self.record.ids,
            default_template_id=self.template.id,
        ).create({"partner_ids": self.anna.ids, **values})

    def send(self, composer):
        with self.mock_mail_gateway():
            mails, messages = composer._action_send_mail()
        return messages | mails.mail_message_id

    def test_full_composer(self):
        self.assertRemembered(self.send(self.composer()))

    def test_loaded_and_edited_in_the_form(self):
        context = {
            "default_composition_mode": "comment",
            "default_model": "res.partner",
            "default_res_ids": self.record.ids,
        }
        composers = self.env["mail.compose.message"].with_user(self.sales)
        form = Form(composers.with_context(**context))
        form.partner_ids.add(self.anna)
        form.template_id = self.template
        form.body = form.body.replace("Hello", "Good morning, dear Anna").replace(
            "Shall we fix a date for the delivery?", "Call me whenever you like."
        )
        self.assertRemembered(self.send(form.save()))

    def test_mostly_rewritten(self):
        left = "<p>Hi! It is valid until the end of the month. As you know.</p>"
        composer = self.composer()
        composer.body = left
        self.assertRemembered(self.send(composer))

    def test_another_letter(self):
        composer = self.composer()
        composer.body = "<p>Dear Anna, your invoice is attached. Regards, Sally</p>"
        message = self.send(composer).with_env(self.env)
        self.assertTrue(message.engagement_followed)
        self.assertRemembered(message, self.env["mail.template"])

    def test_threshold(self):
        half = BODY.partition(" It is valid")[0] + "</p>"
        set_param = self.env["ir.config_parameter"].set_param
        for threshold, counts in (("90", False), ("30", True), ("0", True)):
            set_param("email_engagement.template_likeness", threshold)
            composer = self.composer()
            composer.body = half
            with self.subTest(threshold=threshold):
                template = self.template if counts else self.env["mail.template"]
                self.assertRemembered(self.send(composer), template)

    def test_code_that_gives_a_body_of_its_own(self):
        self.assertRemembered(self.send(self.composer(body=BODY)))
        message = self.send(self.composer(body="<p>Something else entirely</p>"))
        self.assertRemembered(message, self.env["mail.template"])

    def test_template_without_text(self):
        self.template.body_html = '<p><img src="https://shop.example.com/a.png"/></p>'
        self.assertRemembered(self.send(self.composer()))

    def test_comparing_asks_nothing_of_the_database(self):
        composer = self.composer()
        composer.body = composer.body.replace("Hello", "Hi")
        self.assertTrue(composer._engagement_is_template())
        with self.assertQueryCount(0):
            composer._engagement_is_template()

    def test_mass_mode(self):
        self.assertRemembered(self.send(self.composer("mass_mail")))
        composer = self.composer("mass_mail")
        composer.body = "<p>A letter that has nothing in common with it</p>"
        self.assertRemembered(self.send(composer), self.env["mail.template"])

    def test_batch_of_comments(self):
        records = self.record | self.anna
        composer = self.composer(res_ids=str(records.ids))
        messages = self.send(composer)
        self.assertEqual(len(messages), 2)
        self.assertRemembered(messages)

    def test_scheduled_message(self):
        composer = self.composer(
            scheduled_date=fields.Datetime.to_string(
                fields.Datetime.now() + timedelta(days=1)
            )
        )
        scheduled = composer._action_schedule_message()
        before = self.record.message_ids
        with self.mock_mail_gateway():
            scheduled.post_message()
        self.assertRemembered(self.record.message_ids - before)

    def test_send_mail(self):
        self.template.engagement_follow = "always"
        with self.mock_mail_gateway():
            mail_id = self.template.with_user(self.sales).send_mail(self.record.id)
        mail = self.env["mail.mail"].browse(mail_id)
        self.assertRemembered(mail.mail_message_id)

    def test_send_mail_followed_by_the_caller(self):
        for followed in (True, False):
            mail_id = self.template.send_mail(
                self.record.id, email_values={"engagement_followed": followed}
            )
            message = self.env["mail.mail"].browse(mail_id).mail_message_id
            self.assertEqual(message.engagement_followed, followed)
            self.assertEqual(
                message.engagement_template_id,
                self.template if followed else self.env["mail.template"],
            )

    def test_activity(self):
        record = self.anna.with_user(self.sales)
        with self.mock_mail_gateway():
            record.activity_send_mail(self.template.id)
        self.assertRemembered(self.anna.message_ids[0])

    def test_server_action(self):
        for method in ("comment", "email"):
            self.template.engagement_follow = "always"
            action = self.env["ir.actions.server"].create(
                {
                    "name": "Send",
                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                    "state": "mail_post",
                    "mail_post_method": method,
                    "template_id": self.template.id,
                }
            )
            before = self.env["email.engagement"].search([])
            with self.mock_mail_gateway():
                action.with_context(
                    active_model="res.partner", active_ids=self.anna.ids
                ).run()
            new = self.env["email.engagement"].search([]) - before
            with self.subTest(method=method):
                self.assertEqual(new.template_id, self.template)

    def test_message_post_with_source(self):
        with self.mock_mail_gateway():
            message = self.anna.with_user(self.sales).message_post_with_source(
                self.template, subtype_xmlid="mail.mt_comment"
            )
        self.assertRemembered(message)

    def test_clients_cannot_say_which_template_it_was(self):
        allowed = self.record.with_user(self.sales)._get_allowed_message_params()
        self.assertNotIn("engagement_template_id", allowed)

    def test_not_followed(self):
        composer = self.composer(engagement_followed=False)
        message = self.send(composer).with_env(self.env)
        self.assertFalse(message.engagement_id)
        self.assertFalse(message.engagement_template_id)

    def test_template_given_but_not_followed(self):
        message, _mails = self.post(
            "x", followed=False, engagement_template_id=self.template.id
        )
        self.assertFalse(message.engagement_id)

    def test_deleted_template(self):
        message = self.send(self.composer()).with_env(self.env)
        self.template.unlink()
        engagement = message.engagement_id
        engagement.invalidate_recordset()
        self.assertFalse(engagement.template_id)
        self.assertEqual(engagement.template_name, "Offer")
