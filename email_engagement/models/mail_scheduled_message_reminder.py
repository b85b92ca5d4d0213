import json

from odoo import api, fields, models

from .email_engagement_reminder import REMINDER_TYPES
from .mail_thread_reminder import REMINDER_PARAMETERS


class MailScheduledMessage(models.Model):
    """The reminder of an email that waits to be sent, in its parameters."""

    _inherit = "mail.scheduled.message"

    engagement_reminder_type = fields.Selection(
        REMINDER_TYPES,
        "Reminder",
        compute="_compute_engagement_reminder",
        inverse="_inverse_engagement_reminder",
    )
    engagement_reminder_date = fields.Datetime(
        "Remind On",
        compute="_compute_engagement_reminder",
        inverse="_inverse_engagement_reminder",
    )
    engagement_reminder_note = fields.Char(
        "Reminder Note",
        compute="_compute_engagement_reminder",
        inverse="_inverse_engagement_reminder",
    )

    @api.depends("notification_parameters")
    def _compute_engagement_reminder(self):
        for scheduled in self:
            parameters = scheduled._engagement_parameters()
            for name in REMINDER_PARAMETERS:
                scheduled[name] = parameters.get(name) or False

    def _inverse_engagement_reminder(self):
        for scheduled in self:
            parameters = scheduled._engagement_parameters()
            kept = {
                name: value
                for name, value in parameters.items()
                if name not in REMINDER_PARAMETERS
            }
            if scheduled.engagement_reminder_type:
                kept |= {
                    "engagement_reminder_type": scheduled.engagement_reminder_type,
                    "engagement_reminder_date": fields.Datetime.to_string(
                        scheduled.engagement_reminder_date
                    ),
                    "engagement_reminder_note": scheduled.engagement_reminder_note,
                }
            scheduled.notification_parameters = json.dumps(kept)

    @api.model
    def _notification_parameters_whitelist(self):
        return super()._notification_parameters_whitelist() | set(REMINDER_PARAMETERS)
