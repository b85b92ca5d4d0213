from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    engagement_follow_default = fields.Boolean(
        related="company_id.engagement_follow_default", readonly=False
    )
    engagement_base_url = fields.Char(
        related="company_id.engagement_base_url", readonly=False
    )
    engagement_own_networks = fields.Text(
        related="company_id.engagement_own_networks", readonly=False
    )
    engagement_scanner_networks = fields.Text(
        related="company_id.engagement_scanner_networks", readonly=False
    )
    engagement_keep_raw = fields.Boolean(
        related="company_id.engagement_keep_raw", readonly=False
    )
    engagement_open_grace = fields.Float(
        "Opened within Moments of Sending",
        default=60.0,
        config_parameter="email_engagement.open_grace",
        help="Seconds after sending in which an open is taken for a mail filter's.",
    )
    engagement_click_grace = fields.Float(
        "Clicked within Moments of Sending",
        default=30.0,
        config_parameter="email_engagement.click_grace",
        help="Seconds after sending in which a click is taken for a mail filter's.",
    )
    engagement_burst_links = fields.Integer(
        "Links of a Burst",
        default=3,
        config_parameter="email_engagement.burst_links",
        help="So many different links, clicked within the seconds of a burst, are a "
        "scanner's doing. 0 switches the rule off.",
    )
    engagement_burst_seconds = fields.Float(
        "Seconds of a Burst",
        default=3.0,
        config_parameter="email_engagement.burst_seconds",
    )
    engagement_hits_per_minute = fields.Integer(
        "Requests per Minute",
        default=600,
        config_parameter="email_engagement.hits_per_minute",
        help="Further requests for one copy of an email within a minute are only "
        "counted. 0: no bound.",
    )
    engagement_events_per_hour = fields.Integer(
        "Interactions per Hour",
        default=200,
        config_parameter="email_engagement.events_per_hour",
        help="Further interactions with one copy of an email within an hour are only "
        "counted. 0: no bound.",
    )
