from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .numbers import DEFAULTS, is_sensible, most, number


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    # Whom to follow: see res_company_policy
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

    # How emails go out, and what is taken for a machine's
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
        default=DEFAULTS["open_grace"],
        config_parameter="email_engagement.open_grace",
        help="Seconds after sending in which an open is taken for a mail filter's.",
    )
    engagement_click_grace = fields.Float(
        "Clicked within Moments of Sending",
        default=DEFAULTS["click_grace"],
        config_parameter="email_engagement.click_grace",
        help="Seconds after sending in which a click is taken for a mail filter's.",
    )
    engagement_burst_links = fields.Integer(
        "Links of a Burst",
        default=DEFAULTS["burst_links"],
        config_parameter="email_engagement.burst_links",
        help="So many different links, clicked within the seconds of a burst, are a "
        "scanner's doing. 0 switches the rule off.",
    )
    engagement_burst_seconds = fields.Float(
        "Seconds of a Burst",
        default=DEFAULTS["burst_seconds"],
        config_parameter="email_engagement.burst_seconds",
    )
    engagement_hits_per_minute = fields.Integer(
        "Requests per Minute",
        default=DEFAULTS["hits_per_minute"],
        config_parameter="email_engagement.hits_per_minute",
        help="Further requests for one copy of an email within a minute are only "
        "counted. 0: no bound.",
    )
    engagement_events_per_hour = fields.Integer(
        "Interactions per Hour",
        default=DEFAULTS["events_per_hour"],
        config_parameter="email_engagement.events_per_hour",
        help="Further interactions with one copy of an email within an hour are only "
        "counted. 0: no bound.",
    )

    # What senders are told
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
        default=DEFAULTS["alert_minutes"],
        config_parameter="email_engagement.alert_minutes",
        help="What one recipient does within these minutes after an alert becomes one "
        "summary. 0: each is told at once.",
    )
    engagement_hot_count = fields.Integer(
        "Interactions of a Comeback",
        default=DEFAULTS["hot_count"],
        config_parameter="email_engagement.hot_count",
        help="So many opens or clicks, within the hours of a comeback and after its "
        "silence, are one. 0 switches the rule off.",
    )
    engagement_hot_hours = fields.Float(
        "Hours of a Comeback",
        default=DEFAULTS["hot_hours"],
        config_parameter="email_engagement.hot_hours",
    )
    engagement_hot_silence = fields.Float(
        "Hours of Silence before a Comeback",
        default=DEFAULTS["hot_silence"],
        config_parameter="email_engagement.hot_silence",
    )

    # Results of templates
    engagement_template_days = fields.Integer(
        "Days That Count",
        default=DEFAULTS["template_days"],
        config_parameter="email_engagement.template_days",
        help="The rates of templates are about the emails of so many last days.",
    )
    engagement_template_min_sample = fields.Integer(
        "Emails before a Judgement",
        default=DEFAULTS["template_min_sample"],
        config_parameter="email_engagement.template_min_sample",
        help="A template is neither recommended nor called worse, nor are variants "
        "compared, before so many copies were sent.",
    )
    engagement_template_likeness = fields.Integer(
        "Left of a Template",
        default=DEFAULTS["template_likeness"],
        config_parameter="email_engagement.template_likeness",
        help="Percentage of a template's text that must be left in an email for it to "
        "be counted among those of the template. 0: always.",
    )

    @api.depends("company_id")
    def _compute_engagement_advice(self):
        for settings in self:
            country = settings.company_id.country_id
            settings.engagement_advice = country.engagement_advice

    def set_values(self):
        self._check_engagement_numbers()
        before = self._engagement_sample()
        result = super().set_values()
        # Odoo takes a zero for "not set", which would bring the default back.
        for field, parameter in self._engagement_parameters():
            if not self[field.name]:
                # sudo: as Odoo's own, which has checked who changes settings.
                self.env["ir.config_parameter"].sudo().set_param(parameter, "0")
        if before != self._engagement_sample():
            # sudo: the cron's work, for which nobody has rights.
            self.env["email.engagement.template.stats"].sudo()._run_daily()
        return result

    def _engagement_parameters(self) -> list[tuple]:
        """Fields that are system parameters, and these."""
        return [
            (field, parameter)
            for field in self._fields.values()
            if (parameter := getattr(field, "config_parameter", None) or "").startswith(
                "email_engagement."
            )
        ]

    def _check_engagement_numbers(self):
        """Else they would be shown, and a default hold in their place."""
        for field, parameter in self._engagement_parameters():
            name, value = parameter.partition(".")[2], self[field.name]
            if is_sensible(name, value):
                continue
            if 0 <= value <= most(name):
                raise ValidationError(
                    self.env._(
                        "A burst is of at least two links; 0 switches the rule off."
                    )
                )
            raise ValidationError(
                self.env._(
                    "%(field)s: %(value)s makes no sense. Enter a number from 0 to "
                    "%(most)s.",
                    field=field._description_string(self.env),
                    value=value,
                    most=most(name),
                )
            )

    def _engagement_sample(self) -> tuple[int, int]:
        """What the sums of templates depend on."""
        days = number(self.env, "template_days")
        return days, number(self.env, "template_min_sample")
