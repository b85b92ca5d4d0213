import json

from odoo import api, fields, models


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    engagement_followed = fields.Boolean(
        "Follow",
        compute="_compute_engagement_followed",
        inverse="_inverse_engagement_followed",
        help="See when your customers open this email and click its links. "
        "Colleagues are never followed.",
    )

    @api.depends("notification_parameters")
    def _compute_engagement_followed(self):
        for scheduled in self:
            scheduled.engagement_followed = bool(
                scheduled._engagement_parameters().get("engagement_followed")
            )

    def _inverse_engagement_followed(self):
        for scheduled in self:
            scheduled.notification_parameters = json.dumps(
                {
                    **scheduled._engagement_parameters(),
                    "engagement_followed": scheduled.engagement_followed,
                }
            )

    def _engagement_parameters(self) -> dict:
        """What the message will be posted with, besides its own fields."""
        self.ensure_one()
        return json.loads(self.notification_parameters or "{}")

    @api.model
    def _notification_parameters_whitelist(self):
        return super()._notification_parameters_whitelist() | {"engagement_followed"}
