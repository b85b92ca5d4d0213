from odoo import fields, models

from .base_automation import CONTACT


class EmailEngagementAutomationRun(models.Model):
    """A rule has run for an email on a record: it does not again.

    Written by one statement, see ``base.automation._engagement_has_run``.
    """

    _name = "email.engagement.automation.run"
    _inherit = ["email.engagement.part"]
    _description = "Automation Rule That Has Run for an Email"
    _log_access = False

    automation_id = fields.Many2one(
        "base.automation", "Automation Rule", required=True, ondelete="cascade"
    )
    res_id = fields.Many2oneReference(
        "Record", model_field="model_name", required=True, index=False
    )
    model_name = fields.Char(related="automation_id.model_name")

    _once = models.UniqueIndex("(automation_id, engagement_id, res_id)")


class EmailEngagementEvent(models.Model):
    _inherit = "email.engagement.event"

    def _engagement_subjects(self) -> list:
        """The records on which rules start: what the email was written on, and the
        contact who did it. Who did it is not known of an anonymous email.
        """
        self.ensure_one()
        record = self.engagement_id._engagement_record()
        contact = self.trace_id.partner_id
        if self.trace_id.is_anonymous:
            contact = contact.browse()
        if record._name == CONTACT:
            # written on one contact, opened by another
            record = record.browse()
        return [subject for subject in (record, contact) if subject]
