from odoo import fields, models
from odoo.exceptions import UserError

from ..models.email_engagement_reminder import REMINDER_TYPES


class MailComposeMessage(models.TransientModel):
    """A reminder that is set while the email is written."""

    _inherit = "mail.compose.message"

    engagement_reminder_type = fields.Selection(REMINDER_TYPES, "Reminder")
    engagement_reminder_date = fields.Datetime("Remind On")
    engagement_reminder_note = fields.Char("Reminder Note")

    def _prepare_mail_values_static(self):
        values = super()._prepare_mail_values_static()
        if self.composition_mode == "comment":
            values.update(self._engagement_reminder_values())
        return values

    def _engagement_reminder_values(self) -> dict:
        """Parameters of ``message_post``. They must be fit for JSON: a scheduled
        message keeps them.
        """
        self.ensure_one()
        if not self.engagement_reminder_type or self.subtype_is_log:
            return {}
        self._check_engagement_reminder()
        return {
            "engagement_reminder_type": self.engagement_reminder_type,
            "engagement_reminder_date": fields.Datetime.to_string(
                self.engagement_reminder_date
            ),
            "engagement_reminder_note": self.engagement_reminder_note or "",
        }

    def _check_engagement_reminder(self):
        self.env["email.engagement"]._check_reminder(
            self.engagement_reminder_type, self.engagement_reminder_date
        )
        followed = self.engagement_followed and self.engagement_can_follow
        if self.engagement_reminder_type != "anyway" and not followed:
            raise UserError(
                self.env._(
                    "Whether this email is opened or answered will not be recorded. "
                    "Follow it, or have yourself reminded anyway."
                )
            )
        scheduled = fields.Datetime.to_datetime(self.scheduled_date or False)
        if scheduled and self.engagement_reminder_date <= scheduled:
            raise UserError(
                self.env._("The reminder comes before the email is sent. Change one.")
            )
