from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of ``res_company_policy``."""

    _inherit = "res.config.settings"

    engagement_policy = fields.Selection(
        related="company_id.engagement_policy", readonly=False
    )
    engagement_policy_opens = fields.Boolean(
        related="company_id.engagement_policy_opens", readonly=False
    )
    engagement_policy_clicks = fields.Boolean(
        related="company_id.engagement_policy_clicks", readonly=False
    )
    engagement_line = fields.Char(related="company_id.engagement_line", readonly=False)
    engagement_honour_opt_out = fields.Boolean(
        related="company_id.engagement_honour_opt_out", readonly=False
    )
    engagement_keep_events = fields.Integer(
        related="company_id.engagement_keep_events", readonly=False
    )
    engagement_keep_engagements = fields.Integer(
        related="company_id.engagement_keep_engagements", readonly=False
    )
    engagement_advice = fields.Char(compute="_compute_engagement_advice")

    @api.depends("company_id")
    def _compute_engagement_advice(self):
        for settings in self:
            country = settings.company_id.country_id
            settings.engagement_advice = country.engagement_advice
