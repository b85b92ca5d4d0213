from odoo import api, fields, models

from .email_engagement_health import WAITING_MAX


class ResConfigSettings(models.TransientModel):
    """What the settings say before they ask for anything, see
    ``email.engagement.health``.
    """

    _inherit = "res.config.settings"

    engagement_check_date = fields.Datetime(related="company_id.engagement_check_date")
    engagement_check_level = fields.Selection(
        related="company_id.engagement_check_level"
    )
    engagement_last_hit = fields.Datetime(
        "Last request", compute="_compute_engagement_health"
    )
    engagement_last_digest = fields.Datetime(
        "Last digest", compute="_compute_engagement_health"
    )
    engagement_waiting = fields.Char(
        "Waiting requests", compute="_compute_engagement_health"
    )
    engagement_last_error = fields.Char(
        "Last error", compute="_compute_engagement_health"
    )
    engagement_last_error_date = fields.Datetime(compute="_compute_engagement_health")
    engagement_databases_warning = fields.Char(compute="_compute_engagement_health")

    @api.depends("company_id")
    def _compute_engagement_health(self):
        health = self.env["email.engagement.health"]
        waiting = health._waiting()
        moment, error = health._last_error() or (False, False)
        for settings in self:
            settings.engagement_last_hit = health._last_hit() or False
            settings.engagement_last_digest = health._last_digest() or False
            settings.engagement_waiting = (
                self.env._("%(count)s or more", count=waiting)
                if waiting >= WAITING_MAX
                else str(waiting)
            )
            settings.engagement_last_error_date = moment
            settings.engagement_last_error = error
            warning = health._databases_warning(settings.company_id)
            settings.engagement_databases_warning = warning or False

    def action_engagement_check(self):
        return self.env["email.engagement.check"].action_start()
