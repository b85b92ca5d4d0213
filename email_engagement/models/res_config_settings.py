from odoo import fields, models

from ..tools.classify import Rules
from .email_engagement_rules import BOUNDS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    engagement_follow_default = fields.Boolean(
        related="company_id.engagement_follow_default", readonly=False
    )
    engagement_follow_attachments = fields.Boolean(
        related="company_id.engagement_follow_attachments", readonly=False
    )
    engagement_follow_attachments_above = fields.Float(
        related="company_id.engagement_follow_attachments_above", readonly=False
    )
    engagement_expiry_days = fields.Integer(
        related="company_id.engagement_expiry_days", readonly=False
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
        default=Rules.open_grace,
        config_parameter="email_engagement.open_grace",
        help="Seconds after sending in which an open is taken for a mail filter's.",
    )
    engagement_click_grace = fields.Float(
        "Clicked within Moments of Sending",
        default=Rules.click_grace,
        config_parameter="email_engagement.click_grace",
        help="Seconds after sending in which a click is taken for a mail filter's.",
    )
    engagement_burst_links = fields.Integer(
        "Links of a Burst",
        default=Rules.burst_links,
        config_parameter="email_engagement.burst_links",
        help="So many different links, clicked within the seconds of a burst, are a "
        "scanner's doing. 0 switches the rule off.",
    )
    engagement_burst_seconds = fields.Float(
        "Seconds of a Burst",
        default=Rules.burst_seconds,
        config_parameter="email_engagement.burst_seconds",
    )
    engagement_hits_per_minute = fields.Integer(
        "Requests per Minute",
        default=BOUNDS["hits_per_minute"],
        config_parameter="email_engagement.hits_per_minute",
        help="Further requests for one copy of an email within a minute are only "
        "counted. 0: no bound.",
    )
    engagement_events_per_hour = fields.Integer(
        "Interactions per Hour",
        default=BOUNDS["events_per_hour"],
        config_parameter="email_engagement.events_per_hour",
        help="Further interactions with one copy of an email within an hour are only "
        "counted. 0: no bound.",
    )

    def set_values(self):
        result = super().set_values()
        # Odoo takes a zero for "not set", which would bring the default back.
        for name, field in self._fields.items():
            parameter = getattr(field, "config_parameter", None) or ""
            if parameter.startswith("email_engagement.") and not self[name]:
                # sudo: as Odoo's own, which has checked who changes settings.
                self.env["ir.config_parameter"].sudo().set_param(parameter, "0")
        return result
