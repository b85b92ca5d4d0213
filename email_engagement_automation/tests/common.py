from datetime import timedelta

from odoo import Command, fields

from odoo.addons.email_engagement.tests.common import EngagementTransactionCase
from odoo.addons.email_engagement.tests.test_send import BODY


class AutomationCase(EngagementTransactionCase):
    """Rules as somebody would enter them."""

    def rule(self, model, code, **values):
        model = self.env["ir.model"]._get(model)
        return self.env["base.automation"].create(
            {
                "name": "Rule",
                "model_id": model.id,
                "trigger": "on_create",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "Action",
                            "model_id": model.id,
                            "state": "code",
                            "code": code,
                        }
                    )
                ],
                **values,
            }
        )

    def settle(self):
        self.run_alerts(fields.Datetime.now() + timedelta(minutes=2))


class RecordCase(AutomationCase):
    """Rules on a record that is no contact, and how often they have run."""

    RAN = "for record in records: record.message_post(body='ran')"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deal = cls.env["mail.blacklist"].create({"email": "deal@x.example.com"})
        cls.sales.group_ids += cls.env.ref("base.group_system")  # who may write on it

    def write_to(self, record, partners=None, days=0):
        """A followed email on a record, sent some days ago."""
        self.record = record
        message, _mails = self.post(BODY, partners, subject="The offer")
        engagement = message.engagement_id
        engagement.date -= timedelta(days=days)
        return engagement

    def runs(self, record=None) -> int:
        record = self.deal if record is None else record
        return sum("ran" in body for body in record.message_ids.mapped("body"))
