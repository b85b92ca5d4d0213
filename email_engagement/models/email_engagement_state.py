from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.mail import email_normalize_all

from .apart import run_here
from .mail_mail import SENDING

# What a notification says, as a trace's state; of several, the first that occurs.
STATES = {
    "sent": "sent",
    "bounce": "bounced",
    "exception": "failed",
    "ready": "outgoing",
    "process": "outgoing",
    "pending": "outgoing",
    "canceled": "cancelled",
}


class EmailEngagement(models.Model):
    """The state of each copy: what Odoo's own mails and notifications say.

    The sending sets it (``_set_outcome``); what happens before or after is taken over
    from the notifications as they change.
    """

    _inherit = "email.engagement"

    failure_text = fields.Char("Not Delivered", compute="_compute_failure_text")
    can_retry = fields.Boolean(compute="_compute_can_retry", exportable=False)

    @api.depends("trace_ids.state", "trace_ids.failure_text")
    @api.depends_context("lang")
    def _compute_failure_text(self):
        for engagement in self:
            engagement.failure_text = " · ".join(
                ": ".join(filter(None, (trace.recipient_name, trace.failure_text)))
                for trace in engagement.trace_ids
                if trace.state in ("failed", "bounced")
            )

    @api.depends("trace_ids.can_retry")
    @api.depends_context("uid")
    def _compute_can_retry(self):
        for engagement in self:
            engagement.can_retry = any(engagement.trace_ids.mapped("can_retry"))

    def _take_over(self, notification_ids):
        """Take over the state of copies whose notifications have changed."""
        self.ensure_one()
        notifications = (
            self.env["mail.notification"]
            .browse(notification_ids)
            .exists()
            .filtered(lambda notification: notification.notification_type == "email")
        )
        # They may be the first to be heard of a copy: cancelled in the queue.
        self._ensure_traces(
            [
                (partner, email_normalize_all(partner.email) or [partner.email or ""])
                for partner in notifications.res_partner_id
            ]
        )
        for trace in self.trace_ids:
            own = trace._notifications()
            if own & notifications:
                trace._take_over(own)
        self._refresh()

    def action_retry(self):
        """Have Odoo try again to send the copies that failed."""
        return self.trace_ids.action_retry()


class EmailEngagementTrace(models.Model):
    _inherit = "email.engagement.trace"

    can_retry = fields.Boolean(compute="_compute_can_retry", exportable=False)

    @api.depends("failure_type", "failure_reason", "email")
    @api.depends_context("lang")
    def _compute_failure_text(self):
        words = self._failure_words()
        for trace in self:
            code, reason = trace.failure_type, trace.failure_reason
            if code in ("mail_email_missing", "mail_email_invalid"):
                # Odoo calls an address that is not there invalid, too.
                code = code if trace.email else "mail_email_missing"
                reason = trace.email
            trace.failure_text = ": ".join(filter(None, (words.get(code), reason)))

    def _failure_words(self) -> dict[str, str]:
        """By ``failure_type``: those of Odoo, in words for who has sent the email."""
        return {
            "mail_email_missing": self.env._("No email address"),
            "mail_email_invalid": self.env._("Invalid email address"),
            "mail_from_invalid": self.env._("Invalid address of the sender"),
            "mail_from_missing": self.env._("No address of the sender"),
            "mail_smtp": self.env._("Your mail server could not be reached"),
            "mail_spam": self.env._("Your mail server takes it for spam"),
            "mail_bl": self.env._("The address is on the blacklist"),
            "mail_optout": self.env._("The recipient wants no such emails"),
            "mail_dup": self.env._("The address was there twice"),
        }

    def _notifications(self):
        """Odoo's notifications about this copy, as superuser."""
        self.ensure_one()
        # sudo: whoever may read the message may know what became of it.
        all_sudo = self.engagement_id.message_id.sudo().notification_ids
        addresses = set(email_normalize_all(self.email or ""))
        return all_sudo.filtered(
            lambda notification: (
                notification.notification_type == "email"
                and (
                    notification.res_partner_id == self.partner_id
                    if self.partner_id
                    else notification.mail_email_address in addresses
                )
            )
        )

    def _take_over(self, notifications):
        statuses = set(notifications.mapped("notification_status"))
        state = next(
            (state for status, state in STATES.items() if status in statuses), None
        )
        if not state or state == self.state:
            return
        values = {"state": state, "failure_type": False, "failure_reason": False}
        if state == "sent":
            values["sent_date"] = self.sent_date or fields.Datetime.now()
        elif state in ("failed", "bounced"):
            wrong = notifications.filtered(
                lambda notification: STATES[notification.notification_status] == state
            )[:1]
            values["failure_type"] = wrong.failure_type
            values["failure_reason"] = (wrong.failure_reason or "").strip()[:500]
        self.write(values)

    # ------------------------------------------------------------
    # Trying again
    # ------------------------------------------------------------

    def _failed_mails(self):
        """Odoo's mails by which these copies could not be sent, as superuser; it keeps
        them for as long as they can be tried again.
        """
        failed = self.filtered(lambda trace: trace.state == "failed")
        # sudo: the queue belongs to the system; see action_retry for who may.
        mails_sudo = (
            self.env["mail.mail"]
            .sudo()
            .search(
                [
                    ("mail_message_id", "in", failed.engagement_id.message_id.ids),
                    ("state", "=", "exception"),
                ]
            )
        )
        return {
            trace: mails_sudo.filtered(lambda mail, t=trace: t._is_copy_of(mail))
            for trace in failed
        }

    def _is_copy_of(self, mail_sudo) -> bool:
        if mail_sudo.mail_message_id.id != self.engagement_id.message_id.id:
            return False
        if self.partner_id:
            return self.partner_id in mail_sudo.recipient_ids
        return bool(mail_sudo.email_to or mail_sudo.email_cc)

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_retry(self):
        mails = self._failed_mails()
        for trace in self:
            trace.can_retry = bool(mails.get(trace)) and trace._may_retry()

    def _may_retry(self) -> bool:
        """Who has sent it, and administrators."""
        engagement = self.engagement_id
        return (
            self.env.su
            or self.env.user in (engagement.user_id, engagement.create_uid)
            or self.env.user.has_group("email_engagement.group_administrator")
        )

    def action_retry(self):
        """Have Odoo try again to send these copies, and no others of the same mail."""
        self.check_access("read")
        if not all(trace._may_retry() for trace in self):
            raise AccessError(
                self.env._("Only who has sent an email may send it again.")
            )
        # sudo: of the sender, as was checked; mails are Odoo's administrators'.
        mails_sudo = self.env["mail.mail"].sudo()
        for mails in self._failed_mails().values():
            mails_sudo |= mails
        if not mails_sudo:
            raise UserError(
                self.env._("There is nothing to try again: write a new email.")
            )
        for mail_sudo in mails_sudo:
            mail_sudo._engagement_leave_out_sent()
        mails_sudo.action_retry()
        mails_sudo._engagement_send_soon()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("It is being sent again."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        # Made to be not sent: an address on the blacklist, or there twice.
        for mail in mails.filtered(lambda mail: mail.state in ("cancel", "exception")):
            mail._engagement_state_changed(mail.state)
        return mails

    def write(self, vals):
        result = super().write(vals)
        is_sending = self.env.context.get("engagement_sending") is SENDING
        if vals.get("state") in ("cancel", "outgoing") and not is_sending:
            self._engagement_state_changed(vals["state"])
        return result

    def unlink(self):
        if self.env.context.get("engagement_sending") is not SENDING:
            # What waits in the queue and is deleted will never be sent.
            waiting = self.filtered(lambda mail: mail.state == "outgoing")
            waiting._engagement_state_changed("cancel")
        return super().unlink()

    def _engagement_state_changed(self, state):
        """A mail was cancelled, or put back into the queue, by somebody."""
        trace_state = {
            "cancel": "cancelled",
            "outgoing": "outgoing",
            "exception": "failed",
        }[state]
        for mail in self:
            engagement_sudo = mail._engagement_get()
            if not engagement_sudo:
                continue
            traces = engagement_sudo._ensure_traces(mail._engagement_copies())
            for trace in traces.values():
                if trace.state == "sent":
                    continue
                is_lost = trace_state != "outgoing"
                trace.write(
                    {
                        "state": trace_state,
                        "failure_type": is_lost and mail.failure_type,
                        "failure_reason": is_lost and mail.failure_reason,
                    }
                )
            engagement_sudo._refresh_schedule()

    def _engagement_leave_out_sent(self):
        """Take those off a mail that failed who have got their copy of it."""
        self.ensure_one()
        engagement_sudo = self._engagement_get()
        sent = engagement_sudo.trace_ids.filtered(lambda trace: trace.state == "sent")
        notified = self.mail_message_id.notification_ids.filtered(
            lambda notification: (
                notification.notification_type == "email"
                and notification.notification_status == "sent"
            )
        )
        done = (sent.partner_id | notified.res_partner_id) & self.recipient_ids
        values = {"recipient_ids": [(3, partner.id) for partner in done]}
        if sent.filtered(lambda trace: not trace.partner_id):
            values.update(email_to=False, email_cc=False)
        self.write(values)


class MailNotification(models.Model):
    _inherit = "mail.notification"

    @api.model_create_multi
    def create(self, vals_list):
        notifications = super().create(vals_list)
        if any(vals.get("notification_type") == "email" for vals in vals_list):
            notifications.filtered(
                lambda notification: notification.notification_status != "ready"
            )._engagement_status_changed()
        return notifications

    def write(self, vals):
        result = super().write(vals)
        if "notification_status" in vals:
            self._engagement_status_changed()
        return result

    def _engagement_status_changed(self):
        """Not while sending: see ``mail.mail._engagement_sent``."""
        if self.env.context.get("engagement_sending") is SENDING:
            return
        # sudo: see _engagements_of
        by_email_sudo = self.sudo().filtered(
            lambda notification: notification.notification_type == "email"
        )
        if not by_email_sudo:
            return
        for engagement in by_email_sudo.mail_message_id._engagements_of():
            own = by_email_sudo.filtered(
                lambda n, message=engagement.message_id: n.mail_message_id == message
            )
            run_here(engagement, "_take_over", own.ids)
