from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user


class TemplateCase(TransactionCase):
    """Mixin: templates, and followed emails of them with given figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Stats = cls.env["email.engagement.template.stats"]
        cls.model_id = cls.env["ir.model"]._get_id("res.partner")
        cls.company = cls.env.company
        cls.sales = new_test_user(cls.env, "sales", "base.group_user")

    @classmethod
    def make_template(cls, name, model="res.partner", **values):
        return cls.env["mail.template"].create(
            {"name": name, "model_id": cls.env["ir.model"]._get_id(model), **values}
        )

    @classmethod
    def make_emails(
        cls, template, sent, opened=0, replied=0, *, company=None, days=1, state="sent"
    ):
        """One email with ``sent`` copies, the first ones of them opened or answered."""
        date = fields.Datetime.now() - timedelta(days=days)
        company = cls.company if company is None else company
        return cls.env["email.engagement"].create(
            {
                "subject": template.name,
                "date": date,
                "template_id": template.id,
                "template_name": template.name,
                "company_id": company.id,
                "user_id": cls.sales.id,
                "trace_ids": [
                    Command.create(
                        {
                            "email": f"{number}@customer.example.com",
                            "state": state,
                            "sent_date": date,
                            "open_count": 2 if number < opened else 0,
                            "reply_count": 1 if number < replied else 0,
                        }
                    )
                    for number in range(sent)
                ],
            }
        )

    @classmethod
    def make_results(cls):
        """Four templates: good, middling, bad, and one that nobody uses."""
        cls.good = cls.make_template("Good")
        cls.middling = cls.make_template("Middling")
        cls.bad = cls.make_template("Bad")
        cls.unused = cls.make_template("Unused")
        cls.make_emails(cls.good, 40, opened=34, replied=12)
        cls.make_emails(cls.middling, 60, opened=30, replied=9)
        cls.make_emails(cls.bad, 40, opened=4, replied=4)
        cls.templates = cls.good | cls.middling | cls.bad | cls.unused
        cls.Stats._refresh()

    def as_seen(self, template, *companies, user=None):
        companies = companies or (self.company,)
        return template.with_user(user or self.sales).with_context(
            allowed_company_ids=[company.id for company in companies]
        )
