import json

from odoo import api, fields, models

from .mail_message_file import FOLLOWING


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    engagement_followed = fields.Boolean(
        "Follow",
        compute="_compute_engagement_followed",
        inverse="_inverse_engagement_followed",
        help="See when your customers open this email and click its links. "
        "Colleagues are never followed.",
    )

    engagement_attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Sent as Links",
        compute="_compute_engagement_attachment_ids",
        inverse="_inverse_engagement_attachment_ids",
    )

    @api.depends("notification_parameters", "attachment_ids")
    def _compute_engagement_attachment_ids(self):
        for scheduled in self:
            ids = scheduled._engagement_parameters().get("engagement_attachment_ids")
            scheduled.engagement_attachment_ids = scheduled.attachment_ids.filtered(
                lambda attachment, ids=ids: attachment._origin.id in (ids or ())
            )

    def _inverse_engagement_attachment_ids(self):
        for scheduled in self:
            ids = scheduled.engagement_attachment_ids.ids
            scheduled._engagement_set_parameter("engagement_attachment_ids", ids)

    @api.depends("notification_parameters")
    def _compute_engagement_followed(self):
        for scheduled in self:
            scheduled.engagement_followed = bool(
                scheduled._engagement_parameters().get("engagement_followed")
            )

    def _inverse_engagement_followed(self):
        for scheduled in self:
            scheduled._engagement_set_parameter(
                "engagement_followed", scheduled.engagement_followed
            )

    def _engagement_set_parameter(self, name, value):
        self.ensure_one()
        self.notification_parameters = json.dumps(
            {**self._engagement_parameters(), name: value}
        )

    def _engagement_parameters(self) -> dict:
        """What the message will be posted with, besides its own fields."""
        self.ensure_one()
        return json.loads(self.notification_parameters or "{}")

    @api.model
    def _notification_parameters_whitelist(self):
        return super()._notification_parameters_whitelist() | FOLLOWING
