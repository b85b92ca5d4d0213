from odoo import models
from odoo.exceptions import UserError

REMINDER_PARAMETERS = (
    "engagement_reminder_type",
    "engagement_reminder_date",
    "engagement_reminder_note",
)


class MailThread(models.AbstractModel):
    """``message_post(…, engagement_reminder_type=…, engagement_reminder_date=…,
    engagement_reminder_note=…)``: the author's reminder of that message.
    """

    _inherit = "mail.thread"

    def _get_allowed_message_params(self):
        params = super()._get_allowed_message_params()
        # Posted by the web client. Customers are not reminded of anything.
        if self.env.user._is_internal():
            params = params | set(REMINDER_PARAMETERS)
        return params

    def _get_notify_valid_parameters(self):
        valid = super()._get_notify_valid_parameters()
        if self.env.su or self.env.user._is_internal():
            valid = valid | set(REMINDER_PARAMETERS)
        return valid

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        # Not passed on: what is notified later would set it a second time.
        reminder_type, date, note = (
            kwargs.pop(name, None) for name in REMINDER_PARAMETERS
        )
        result = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        if reminder_type and date:
            self._engagement_remind_of(message, reminder_type, date, note)
        return result

    def _engagement_remind_of(self, message, reminder_type, date, note):
        """Set the reminder of a message that is being sent. It does not keep the
        message: what cannot be watched becomes an activity for the same day.
        """
        # sudo: who may post a message may be reminded of it.
        engagement_sudo = message.sudo().engagement_id
        if engagement_sudo:
            engagement_sudo._set_reminder(reminder_type, date, note)
        else:
            message._engagement_plan_activity(date, note)


class MailMessage(models.Model):
    _inherit = "mail.message"

    def engagement_get_reminder(self) -> dict:
        """What the reminder's dialog shows for a message, followed or not."""
        self.ensure_one()
        self.check_access("read")
        if self.engagement_id:
            return self.engagement_id.get_reminder()
        return {
            "possible": ["anyway"],
            "why_not": self.env._(
                "This email is not followed: whether it is opened or answered is not "
                "recorded."
            ),
            "type": False,
            "date": False,
            "note": "",
        }

    def engagement_set_reminder(self, reminder_type: str, date, note=None):
        """Remind the user of a message of his, followed or not.

        :param date: naive UTC
        """
        self.ensure_one()
        self.check_access("read")
        if self.engagement_id:
            self.engagement_id.set_reminder(reminder_type, date, note)
            return
        self.env["email.engagement"]._check_reminder(reminder_type, date)
        if reminder_type != "anyway":
            raise UserError(self.engagement_get_reminder()["why_not"])
        self._engagement_plan_activity(date, note)

    def engagement_remove_reminder(self):
        self.ensure_one()
        self.engagement_id.remove_reminder()

    def _engagement_plan_activity(self, date, note):
        """An ordinary activity of the user for the day of a reminder: Odoo's own way
        to be reminded, where there is no followed email to watch. Of no record where
        the message is about none, or about one that has no activities.
        """
        self.ensure_one()
        user = self.author_id.user_ids.filtered(lambda user: not user.share)[:1]
        has_activities = self.model and "activity_ids" in self.env[self.model]
        values = self.env["email.engagement"]._reminder_activity(
            has_activities and self.model,
            self.res_id,
            date,
            summary=self.subject or self.record_name or "",
            note=note or "",
            user_id=(user or self.env.user).id,
        )
        activities = self.env["mail.activity"]
        if not has_activities:
            # sudo: there is no record to be asked; it is his who has sent the message.
            activities = activities.sudo()
        activities.create(values)
