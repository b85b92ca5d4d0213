from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    engagement_follow_default = fields.Boolean(
        related="company_id.engagement_follow_default", readonly=False
    )
    engagement_base_url = fields.Char(
        related="company_id.engagement_base_url", readonly=False
    )
