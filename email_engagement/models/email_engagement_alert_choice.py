from odoo import fields, models

from ..tools.alerts import Choice

CHOICE_FIELDS = (
    "engagement_alert_opens",
    "engagement_alert_clicks",
    "engagement_alert_attachments",
    "engagement_alert_replies",
    "engagement_alert_hot",
    "engagement_alert_daily",
)


class EmailEngagementAlertChoice(models.AbstractModel):
    """Of what somebody wants to be told: a company's default, or a user's own."""

    _name = "email.engagement.alert.choice"
    _description = "Choice of Email Alerts"

    engagement_alert_opens = fields.Selection(
        [
            ("off", "Never"),
            ("first", "The first time"),
            ("each", "Every time"),
        ],
        "Email Opened",
        required=True,
        default="first",
    )
    engagement_alert_clicks = fields.Boolean("Link Clicked", default=True)
    engagement_alert_attachments = fields.Boolean("File Viewed", default=True)
    engagement_alert_replies = fields.Boolean(
        "Email Answered",
        help="In addition to Odoo's own notification of the answer.",
    )
    engagement_alert_hot = fields.Boolean(
        "Looked at Again",
        default=True,
        help="Opened or clicked several times within hours, after days of silence.",
    )
    engagement_alert_daily = fields.Boolean(
        "Daily Summary by Email",
        help="Each morning, what happened to the emails the day before.",
    )

    def _engagement_choice(self) -> Choice:
        self.ensure_one()
        return Choice(
            opens=self.engagement_alert_opens,
            clicks=self.engagement_alert_clicks,
            attachments=self.engagement_alert_attachments,
            replies=self.engagement_alert_replies,
            hot=self.engagement_alert_hot,
        )


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "email.engagement.alert.choice"]
