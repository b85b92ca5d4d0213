from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date, format_time

from ..tools import arrays

REMINDER_TYPES = [
    ("no_reply", "If I do not receive a reply by"),
    ("not_opened", "If the email is not opened by"),
    ("anyway", "Remind me anyway at"),
]
# The figure that makes a reminder needless.
ENOUGH = {"no_reply": "reply_count", "not_opened": "open_count"}


class EmailEngagement(models.Model):
    """The sender's reminder of one followed email.

    ``reminder_state``: nothing (not set) → ``set`` → ``done`` (an activity was
    planned), ``cancelled`` (the reply or the open came first) or ``expired`` (it could
    not be delivered, or the record is gone; the sender was told).
    """

    _inherit = "email.engagement"

    reminder_type = fields.Selection(REMINDER_TYPES, "Reminder", readonly=True)
    reminder_date = fields.Datetime("Remind On", readonly=True)
    reminder_note = fields.Char(readonly=True)
    reminder_state = fields.Selection(
        [
            ("set", "Set"),
            ("done", "Done"),
            ("expired", "Expired"),
            ("cancelled", "Not needed"),
        ],
        readonly=True,
        help="Not needed: the reply, or the open by a person, came first.",
    )
    reminder_summary = fields.Char(compute="_compute_reminder_summary")
    reminder_editable = fields.Boolean(compute="_compute_reminder_editable")

    # With the id: at nine o'clock many are due in the same moment.
    _reminder_idx = models.Index("(reminder_date, id) WHERE reminder_state = 'set'")

    @api.depends("reminder_type", "reminder_date", "reminder_state")
    @api.depends_context("lang", "tz")
    def _compute_reminder_summary(self):
        for engagement in self:
            engagement.reminder_summary = engagement._get_reminder_summary()

    def _get_reminder_summary(self) -> str:
        """What is to be seen of the reminder at a glance; '' without one."""
        self.ensure_one()
        if self.reminder_state == "set":
            return self._reminder_text(self.reminder_type, self.reminder_date)
        if self.reminder_state == "cancelled":
            if self.reminder_type == "no_reply":
                return self.env._("Reminder not needed: there is a reply")
            return self.env._("Reminder not needed: it was opened")
        if self.reminder_state == "done":
            return self.env._(
                "Reminded on %s", self._reminder_date_text(self.reminder_date)
            )
        if self.reminder_state == "expired":
            return self.env._("Reminder expired")
        return ""

    @api.model
    def _reminder_text(self, reminder_type, date) -> str:
        """A reminder that is set, in the user's language and time zone."""
        when = self._reminder_date_text(fields.Datetime.to_datetime(date))
        if reminder_type == "no_reply":
            return self.env._("Reminder if no reply by %s", when)
        if reminder_type == "not_opened":
            return self.env._("Reminder if not opened by %s", when)
        return self.env._("Reminder on %s", when)

    @api.model
    def _reminder_date_text(self, date) -> str:
        local = fields.Datetime.context_timestamp(self, date)
        day = format_date(self.env, local.date())
        return f"{day} {format_time(self.env, local.time(), time_format='short')}"

    @api.model
    def _reminder_day(self, date):
        """The day of a moment (naive UTC) for the user."""
        moment = fields.Datetime.to_datetime(date)
        return fields.Datetime.context_timestamp(self, moment).date()

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_reminder_editable(self):
        for engagement in self:
            engagement.reminder_editable = engagement.user_id == self.env.user

    # ------------------------------------------------------------
    # Set, change, remove
    # ------------------------------------------------------------

    def set_reminder(self, reminder_type: str, date, note: str | None = None):
        """Set or change the reminder of an email that the user has sent.

        :param date: naive UTC
        """
        self.ensure_one()
        self._check_reminder_access()
        self._check_reminder(reminder_type, date)
        # sudo: it is his own email; users do not write engagements otherwise.
        engagement_sudo = self.sudo()
        reminder = self.get_reminder()
        if reminder_type not in reminder["possible"]:
            raise UserError(reminder["why_not"])
        if self._is_reminder_needless(reminder_type):
            raise UserError(
                self.env._("There is a reply already.")
                if reminder_type == "no_reply"
                else self.env._("This email has been opened already.")
            )
        engagement_sudo._set_reminder(reminder_type, date, note)

    def remove_reminder(self):
        self.ensure_one()
        self._check_reminder_access()
        # sudo: as in set_reminder
        engagement_sudo = self.sudo()
        engagement_sudo.write(
            {
                "reminder_type": False,
                "reminder_date": False,
                "reminder_note": False,
                "reminder_state": False,
            }
        )
        engagement_sudo._tell_screens()

    def get_reminder(self) -> dict:
        """What the dialog shows, see ``reminder_dialog.js``."""
        self.ensure_one()
        self.check_access("read")
        possible = ["no_reply", "not_opened", "anyway"]
        why_not = ""
        if self.not_followed_reason:
            possible.remove("not_opened")
            why_not = self.env._(
                "This email went out as it was written: opens cannot be seen."
            )
        is_set = self.reminder_state == "set"
        return {
            "possible": possible,
            "why_not": why_not,
            "type": is_set and self.reminder_type,
            "date": is_set and fields.Datetime.to_string(self.reminder_date),
            "note": (is_set and self.reminder_note) or "",
        }

    def _set_reminder(self, reminder_type: str, date, note: str | None = None):
        """The same without asking who wants it: access is the caller's concern."""
        date = fields.Datetime.to_datetime(date)
        self.write(
            {
                "reminder_type": reminder_type,
                "reminder_date": date,
                "reminder_note": note or False,
                "reminder_state": "set",
            }
        )
        self._trigger_reminders(date)
        self._tell_screens()

    @api.model
    def _trigger_reminders(self, at):
        cron = self.env.ref("email_engagement.ir_cron_reminder", False)
        if cron:
            # sudo: everybody's reminder wakes the same cron
            cron.sudo()._trigger(at=at)

    @api.model
    def _check_reminder(self, reminder_type, date):
        if reminder_type not in dict(REMINDER_TYPES):
            raise UserError(self.env._("Choose what you want to be reminded of."))
        date = fields.Datetime.to_datetime(date)
        if not date or date <= fields.Datetime.now():
            raise UserError(self.env._("Choose a moment that is yet to come."))

    def _check_reminder_access(self):
        """A reminder is the sender's own.

        :raise AccessError: otherwise
        """
        self.check_access("read")
        if self.user_id != self.env.user:
            raise AccessError(
                self.env._("Only who sent an email is reminded of it, and changes it.")
            )

    # ------------------------------------------------------------
    # Not needed any more
    # ------------------------------------------------------------

    def _is_reminder_needless(self, reminder_type: str) -> bool:
        self.ensure_one()
        # A stranger, whom a mail was passed on to or who made one up, is not enough.
        return reminder_type in ENOUGH and any(
            self.trace_ids.mapped(ENOUGH[reminder_type])
        )

    def _engagement_changed(self):
        result = super()._engagement_changed()
        self._cancel_reminders("no_reply")
        return result

    def _engagement_settled(self, events):
        # An open may turn out to be a scanner's within seconds, a reply does not.
        result = super()._engagement_settled(events)
        self._cancel_reminders("not_opened")
        return result

    def _cancel_reminders(self, reminder_type: str):
        """Cancel those whose reply, or open by a person, has come. Nobody is told."""
        self.flush_model()
        # SQL: asked with every batch of the digest, of a thousand emails. OFFSET 0: it
        # is these emails that are read. While PostgreSQL believes that few reminders
        # are set, it would look for them among all that are.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM (SELECT * FROM email_engagement
                                 WHERE id = ANY(%s::int[]) OFFSET 0) email
                 WHERE reminder_state = 'set' AND reminder_type = %s AND %s > 0
                """,
                arrays.numbers(self.ids),
                reminder_type,
                SQL.identifier(ENOUGH[reminder_type]),
            )
        )
        # sudo: whoever the event came from, the reminder is the sender's.
        needless_sudo = (
            self.sudo()
            .browse([id_ for (id_,) in rows])
            .filtered(
                lambda engagement: engagement._is_reminder_needless(reminder_type)
            )
        )
        if needless_sudo:
            needless_sudo.reminder_state = "cancelled"
