from odoo.tests import HttpCase, tagged

from .common import EngagementCase
from .template_case import TemplateCase


@tagged("post_install", "-at_install")
class TestTemplateTours(EngagementCase, HttpCase):
    """A salesperson in the browser sees which templates work, and picks one."""

    make_emails = classmethod(TemplateCase.make_emails.__func__)
    make_template = classmethod(TemplateCase.make_template.__func__)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.env["mail.template"].search([("model", "=", "res.partner")]).active = False
        cls.good = cls.make_template("Works well", body_html="<p>The original</p>")
        cls.variant = cls.make_template(
            "Works well, too",
            body_html="<p>This is the text of the variant</p>",
            engagement_variant_of_id=cls.good.id,
        )
        cls.good.engagement_alternate = True
        cls.middling = cls.make_template("Middling")
        cls.bad = cls.make_template("Works badly")
        cls.unused = cls.make_template("Never sent")
        cls.make_emails(cls.good, 40, opened=34, replied=12)
        cls.make_emails(cls.middling, 60, opened=30, replied=9)
        cls.make_emails(cls.bad, 40, opened=4, replied=4)
        cls.env["email.engagement"].search([]).write(
            {"model": "res.partner", "res_id": cls.record.id}
        )
        cls.env["email.engagement.template.stats"]._refresh()

    def test_picker(self):
        self.start_tour(
            f"/odoo/res.partner/{self.anna.id}",
            "email_engagement.template_picker",
            login=self.sales.login,
            timeout=240,
        )
        message = self.anna.message_ids.filtered(
            lambda message: "text of the variant" in message.body
        )
        self.assertEqual(message.engagement_id.template_id, self.variant)

    def test_results(self):
        self.start_tour(
            "/odoo/template-results",
            "email_engagement.template_results",
            login=self.sales.login,
            timeout=240,
        )
