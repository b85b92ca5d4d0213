from odoo import models


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    def _to_store_defaults(self, target):
        return [
            *super()._to_store_defaults(target),
            "engagement_followed",
            "engagement_reminder_type",
            "engagement_reminder_date",
        ]
