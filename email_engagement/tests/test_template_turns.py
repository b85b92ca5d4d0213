from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import MailCase

from .template_case import TemplateCase


@tagged("post_install", "-at_install")
class TestTemplateTurns(TemplateCase, MailCase):
    """Variants among the records of one composer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales.group_ids += cls.env.ref("base.group_partner_manager")
        cls.original = cls.make_template(
            "Offer",
            subject="Offer for {{ object.name }}",
            body_html='<p>An offer for <t t-out="object.name"/></p>',
            use_default_to=False,
            email_to="{{ object.email }}",
            engagement_follow="always",
            engagement_alternate=True,
        )
        cls.variant = cls.original.copy(
            {"name": "Offer B", "engagement_variant_of_id": cls.original.id}
        )
        cls.variant.write(
            {
                "subject": "Another offer for {{ object.name }}",
                "body_html": '<p>Something better for <t t-out="object.name"/></p>',
            }
        )
        cls.partners = cls.env["res.partner"].create(
            [
                {"name": f"P{number}", "email": f"p{number}@customer.example.com"}
                for number in range(7)
            ]
        )

    def composer(self, mode="mass_mail", records=None, **values):
        records = self.partners if records is None else records
        composers = self.env["mail.compose.message"].with_user(self.sales)
        return composers.with_context(
            default_composition_mode=mode,
            default_model="res.partner",
            default_res_ids=records.ids,
            default_template_id=self.original.id,
        ).create(values)

    def send(self, composer):
        """The engagements of what was sent, in the order of the records."""
        with self.mock_mail_gateway():
            mails, messages = composer._action_send_mail()
        messages = (messages or mails.mail_message_id).with_env(self.env)
        self.assertEqual(messages.mapped("res_id"), composer._evaluate_res_ids())
        return messages.engagement_id

    def assertInTurn(self, emails):
        sent = [email.template_id for email in emails]
        first, second = sent[:2]
        self.assertEqual({first, second}, {self.original, self.variant})
        self.assertEqual(sent, ([first, second] * len(sent))[: len(sent)])
        for email in emails:
            is_variant = email.template_id == self.variant
            name = email.record_name
            text = "Something better" if is_variant else "An offer"
            self.assertIn(f"{text} for {name}", email.message_id.body)
            subject = "Another offer" if is_variant else "Offer"
            self.assertEqual(email.subject, f"{subject} for {name}")

    def test_mass_mode(self):
        emails = self.send(self.composer())
        self.assertEqual(len(emails), 7)
        self.assertInTurn(emails)
        following = self.send(self.composer(records=self.partners[:2]))
        self.assertInTurn(following)
        self.assertNotEqual(following[0].template_id, emails[-1].template_id)

    def test_over_the_borders_of_batches(self):
        self.env["ir.config_parameter"].set_param("mail.batch_size", "3")
        self.assertInTurn(self.send(self.composer()))

    def test_one_person_on_several_records(self):
        """Gets one variant, so that Odoo still sees that it is the same email twice."""
        (self.original | self.variant).write({"subject": "Offer"})
        self.original.body_html = "<p>An offer</p>"
        self.variant.body_html = "<p>Something better</p>"
        self.partners[2].email = f"The Same <{self.partners[0].email.upper()}>"
        with self.mock_mail_gateway():
            mails, _messages = self.composer()._action_send_mail()
        mails = mails.with_env(self.env)
        again = mails.filtered(lambda mail: mail.failure_type == "mail_dup")
        self.assertEqual(again.mapped("res_id"), self.partners[2].ids)
        sent = [mail.body for mail in mails - again]
        self.assertEqual(len(sent), 6)
        self.assertEqual(sent, sent[:2] * 3)
        self.assertNotEqual(sent[0], sent[1])

    def test_batch_of_comments(self):
        self.assertInTurn(self.send(self.composer("comment")))

    def test_one_record_in_mass_mode(self):
        sent = [self.send(self.composer(records=self.partners[0])) for _ in range(4)]
        sent = [email.template_id for email in sent]
        self.assertEqual(sent[:2], sent[2:])
        self.assertNotEqual(sent[0], sent[1])

    def test_domain(self):
        domain = [("id", "in", self.partners.ids)]
        composers = self.env["mail.compose.message"].with_user(self.sales)
        composer = composers.with_context(
            default_composition_mode="mass_mail",
            default_model="res.partner",
            default_res_domain=str(domain),
            default_template_id=self.original.id,
        ).create({})
        with self.mock_mail_gateway():
            mails, _messages = composer._action_send_mail()
        emails = mails.mail_message_id.with_env(self.env).engagement_id
        self.assertEqual(len(emails), 7)
        self.assertInTurn(emails)

    def test_what_the_writer_changed_is_for_all(self):
        for values in (
            {"body": "<p>An offer of today for you</p>"},
            {"subject": "Today only"},
        ):
            composer = self.composer()
            composer.write(values)
            emails = self.send(composer)
            with self.subTest(values):
                self.assertEqual(emails.template_id, self.original)
                self.assertEqual(len(emails), 7)
                bodies = "".join(emails.message_id.mapped("body"))
                self.assertNotIn("Something better", bodies)

    def test_a_variant_that_was_picked(self):
        composer = self.composer()
        composer.template_id = self.variant
        emails = self.send(composer)
        self.assertEqual(emails.template_id, self.variant)

    def test_settings_of_the_composer_and_of_the_variant(self):
        """What the writer chose is for all; what the original said is the variant's."""
        attachments = self.env["ir.attachment"].with_user(self.sales)
        shared = attachments.create(
            {"name": "all.txt", "raw": b"a", "res_model": "mail.compose.message"}
        )
        self.variant.attachment_ids = self.env["ir.attachment"].create(
            {"name": "b.txt", "raw": b"b"}
        )
        self.original.email_from = '"A" <a@example.com>'
        self.variant.email_from = '"B" <b@example.com>'
        for email_from, expected in (
            (None, {'"A" <a@example.com>', '"B" <b@example.com>'}),
            ('"Me" <me@example.com>', {'"Me" <me@example.com>'}),
        ):
            composer = self.composer(records=self.partners[:2])
            composer.attachment_ids = [Command.link(shared.id)]
            if email_from:
                composer.email_from = email_from
            emails = self.send(composer)
            self.assertInTurn(emails)
            found = set(emails.message_id.mapped("email_from"))
            self.assertEqual(found, expected)
            for email in emails:
                names = ["all.txt"]
                if email.template_id == self.variant:
                    names.append("b.txt")
                attachments = email.message_id.attachment_ids
                self.assertEqual(sorted(attachments.mapped("name")), names)

    def test_not_followed(self):
        composer = self.composer(engagement_followed=False)
        with self.mock_mail_gateway():
            mails, _messages = composer._action_send_mail()
        self.assertFalse(mails.mail_message_id.engagement_id)
        bodies = [str(mail.body_html)[:10] for mail in mails]
        self.assertEqual(len(set(bodies)), 2)

    def test_what_the_composer_says(self):
        composer = self.composer()
        self.assertIn("Offer and Offer B", composer.engagement_turn_text)
        composer.body = "<p>Another letter</p>"
        self.assertIn("all records get it", composer.engagement_turn_text)
        composer.template_id = self.variant
        self.assertFalse(composer.engagement_turn_text)
        self.original.engagement_alternate = False
        self.assertFalse(self.composer().engagement_turn_text)
        one = self.composer("comment", self.partners[0])
        self.assertFalse(one.engagement_turn_text)

    def test_opened_in_the_form(self):
        composers = self.env["mail.compose.message"].with_user(self.sales)
        form = Form(
            composers.with_context(
                default_composition_mode="mass_mail",
                default_model="res.partner",
                default_res_ids=self.partners.ids,
            )
        )
        self.assertFalse(form.engagement_turn_text)
        form.template_id = self.original
        self.assertIn("Offer and Offer B", form.engagement_turn_text)
        self.assertInTurn(self.send(form.save()))

    def test_composers_for_all_records_are_as_many_as_variants(self):
        composer = self.composer()
        before = self.env["mail.compose.message"].search_count([])
        self.env["ir.config_parameter"].set_param("mail.batch_size", "2")
        self.send(composer)
        after = self.env["mail.compose.message"].search_count([])
        self.assertEqual(after - before, 1)
