from collections import defaultdict

from odoo import api, fields, models

from .apart import run_apart
from .mail_mail import SENDING


class EmailEngagement(models.Model):
    """Emails that will go out later.

    A ``mail.scheduled.message`` is no message yet and has no engagement: it keeps what
    was chosen in its own parameters. A message whose notifications wait
    (``mail.message.schedule``) and a ``mail.mail`` with a date have one.
    """

    _inherit = "email.engagement"

    scheduled_date = fields.Datetime(
        "Scheduled For", readonly=True, help="When the next copy will be sent."
    )

    def _refresh_schedule(self):
        """Have ``scheduled_date`` and the status say what Odoo's queues say."""
        # sudo: the queues belong to the system; only a date gets out.
        schedules_sudo = (
            self.env["mail.message.schedule"]
            .sudo()
            .search([("mail_message_id", "in", self.message_id.ids)])
        )
        mails_sudo = (
            self.env["mail.mail"]
            .sudo()
            .search(
                [
                    ("mail_message_id", "in", self.message_id.ids),
                    ("state", "=", "outgoing"),
                    ("scheduled_date", "!=", False),
                ]
            )
        )
        dates = defaultdict(list)
        for schedule in schedules_sudo:
            dates[schedule.mail_message_id].append(schedule.scheduled_datetime)
        for mail in mails_sudo:
            dates[mail.mail_message_id].append(mail.scheduled_date)
        for engagement in self:
            # sudo: the same messages, to compare them.
            message_sudo = engagement.message_id.sudo()
            date = min(dates[message_sudo], default=False)
            if engagement.scheduled_date != date:
                engagement.scheduled_date = date
        self._refresh()

    def _schedule_gone(self):
        """The queue has let go of these messages: sent on their way, or cancelled."""
        self._refresh_schedule()
        for engagement in self.filtered(lambda engagement: not engagement.trace_ids):
            # sudo: see _refresh_schedule
            message_sudo = engagement.message_id.sudo()
            by_email = message_sudo.notification_ids.filtered(
                lambda notification: notification.notification_type == "email"
            )
            if not message_sudo.mail_ids and not by_email:
                engagement.status = "cancelled"


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _engagements_of(self):
        """The engagements of these messages, as superuser."""
        # sudo: what follows a message follows it, whoever changes it.
        return (
            self.env["email.engagement"].sudo().search([("message_id", "in", self.ids)])
        )

    def unlink(self):
        """With a message that was never sent, nothing is left to be known."""
        engagements_sudo = self._engagements_of()
        never_sent_sudo = engagements_sudo.filtered(
            lambda engagement: all(
                trace.state in ("outgoing", "cancelled") and not trace.sent_date
                for trace in engagement.trace_ids
            )
        )
        never_sent_sudo.unlink()
        return super().unlink()


class MailMessageSchedule(models.Model):
    _inherit = "mail.message.schedule"

    @api.model_create_multi
    def create(self, vals_list):
        schedules = super().create(vals_list)
        schedules.mail_message_id._engagements_of()._refresh_schedule()
        return schedules

    def write(self, vals):
        result = super().write(vals)
        if "scheduled_datetime" in vals:
            self.mail_message_id._engagements_of()._refresh_schedule()
        return result

    def unlink(self):
        engagements_sudo = self.mail_message_id._engagements_of()
        result = super().unlink()
        engagements_sudo._schedule_gone()
        return result


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        mails.filtered("scheduled_date")._engagement_schedule_changed()
        return mails

    def write(self, vals):
        result = super().write(vals)
        if "scheduled_date" in vals:
            self._engagement_schedule_changed()
        return result

    def _split_by_delayed_batch(self, mail_server):
        # What is put off here is put off while others are being sent.
        sending = self.with_context(engagement_sending=SENDING)
        return super(MailMail, sending)._split_by_delayed_batch(mail_server)

    def _engagement_schedule_changed(self):
        # sudo: see _engagements_of
        engagements_sudo = self.sudo().mail_message_id._engagements_of()
        if not engagements_sudo:
            return
        if self.env.context.get("engagement_sending") is SENDING:
            run_apart(engagements_sudo, "_refresh_schedule")
        else:
            engagements_sudo._refresh_schedule()
