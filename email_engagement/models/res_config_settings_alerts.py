from odoo import fields, models

from .email_engagement_news import NUMBERS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    engagement_alert_opens = fields.Selection(
        related="company_id.engagement_alert_opens", readonly=False
    )
    engagement_alert_clicks = fields.Boolean(
        related="company_id.engagement_alert_clicks", readonly=False
    )
    engagement_alert_attachments = fields.Boolean(
        related="company_id.engagement_alert_attachments", readonly=False
    )
    engagement_alert_replies = fields.Boolean(
        related="company_id.engagement_alert_replies", readonly=False
    )
    engagement_alert_hot = fields.Boolean(
        related="company_id.engagement_alert_hot", readonly=False
    )
    engagement_alert_daily = fields.Boolean(
        related="company_id.engagement_alert_daily", readonly=False
    )
    engagement_alert_minutes = fields.Integer(
        "Minutes between Alerts",
        default=NUMBERS["alert_minutes"][1],
        config_parameter="email_engagement.alert_minutes",
        help="What one recipient does within these minutes after an alert becomes one "
        "summary. 0: each is told at once.",
    )
    engagement_hot_count = fields.Integer(
        "Interactions of a Comeback",
        default=NUMBERS["hot_count"][1],
        config_parameter="email_engagement.hot_count",
        help="So many opens or clicks, within the hours of a comeback and after its "
        "silence, are one. 0 switches the rule off.",
    )
    engagement_hot_hours = fields.Float(
        "Hours of a Comeback",
        default=NUMBERS["hot_hours"][1],
        config_parameter="email_engagement.hot_hours",
    )
    engagement_hot_silence = fields.Float(
        "Hours of Silence before a Comeback",
        default=NUMBERS["hot_silence"][1],
        config_parameter="email_engagement.hot_silence",
    )
