import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .email_engagement_reminder import ENOUGH

_logger = logging.getLogger(__name__)

ACTIVITY_TYPE = "email_engagement.mail_activity_type_reminder"
BATCH_SIZE = 100
# Until then it has settled whether it was a person, and who writes a row has written.
SOON = timedelta(seconds=30)


class EmailEngagement(models.Model):
    """Doing what reminders ask for when their time has come: those of one user
    together, since at nine o'clock many are due in the same moment.
    """

    _inherit = "email.engagement"

    @api.model
    def _run_reminders(self, batch_size: int = BATCH_SIZE):
        """Cron: remind of what is due. It may run twice, and in two processes: who is
        reminded is locked, and no longer ``set`` in the same transaction.
        """
        left = self.browse()
        more = True
        while more:
            try:
                due = self.search(
                    [
                        ("reminder_state", "=", "set"),
                        ("reminder_date", "<=", fields.Datetime.now()),
                        ("id", "not in", left.ids),
                    ],
                    order="reminder_date, id",
                    limit=batch_size,
                )
                more = len(due) == batch_size
                done = due._remind_batch()
                left += due - done
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # The digest wrote the same rows; they are taken again.
                self.env.cr.rollback()
                self.env.invalidate_all()
                done, more = self.browse(), True
            time_left = self.env["ir.cron"]._commit_progress(
                len(done), remaining=batch_size if more else 0
            )
            if not time_left:
                return

    def _remind_batch(self):
        """:return: those of ``self`` that were done; it is the next time for others"""
        ready = self.try_lock_for_update(allow_referencing=True)
        ready -= ready._with_unsettled_events()
        if ready < self:
            self._trigger_reminders(fields.Datetime.now() + SOON)
        return ready._remind_safely()

    def _remind_safely(self):
        """Remind of ``self`` together, or if that fails of one after the other, since
        one must not keep those of others waiting.

        :return: those that did not fail
        """
        done = self.browse()
        if not self:
            return done
        try:
            with self.env.cr.savepoint():
                self._remind()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            if len(self) == 1:
                _logger.exception("Reminder of followed email %s failed", self.id)
                return done
            for engagement in self:
                done += engagement._remind_safely()
            return done
        return self

    def _remind(self):
        """Do what the reminders ask for, now that their time has come."""
        needless = self.filtered(lambda e: e._is_reminder_needless(e.reminder_type))
        needless.reminder_state = "cancelled"
        for user, of_user in (self - needless).grouped("user_id").items():
            if user.active:
                of_user.with_context(lang=user.lang, tz=user.tz)._remind_user()
            else:  # gone, or never was one: nobody to tell
                of_user.reminder_state = "expired"
        self._tell_screens()

    def _remind_user(self):
        """The same for one user, in whose language and time zone this is."""
        due = self
        for engagement, reason in self._why_reminders_expired().items():
            engagement.reminder_state = "expired"
            engagement._tell_expired(reason)
            due -= engagement
        due._plan_activities()
        due._log_reminders()
        due.reminder_state = "done"

    def _why_reminders_expired(self) -> dict:
        """Those of one user that are expired, with the reason."""
        reasons = {}
        for model, engagements in self.grouped("model").items():
            if not model:  # not about any record
                existing = readable = engagements.mapped("res_id")
            elif model in self.env:
                ids = filter(None, engagements.mapped("res_id"))
                records = self.env[model].browse(ids).exists()
                readable = records.with_user(self.user_id)._filtered_access("read").ids
                existing = records.ids
            else:
                existing = readable = []
            for engagement in engagements:
                reason = engagement._why_reminder_expired(
                    engagement.res_id in existing, engagement.res_id in readable
                )
                if reason:
                    reasons[engagement] = reason
        return reasons

    def _why_reminder_expired(self, exists: bool, is_readable: bool) -> str:
        if not exists:
            return self.env._("What it was about does not exist any more.")
        if not is_readable:
            return self.env._("You have no access any more to what it was about.")
        # Who wants to be reminded anyway wants it of a failure, too.
        if self.status in ("failed", "bounced") and self.reminder_type in ENOUGH:
            return self.env._("The email could not be delivered.")
        return ""

    def _tell_expired(self, reason: str):
        body = Markup("<p>%s</p><p>%s</p>") % (
            self.env._(
                "Your reminder of “%(email)s” has expired. %(reason)s",
                email=self.subject or "",
                reason=reason,
            ),
            self.reminder_note or "",
        )
        self.user_id._engagement_tell(
            self.env._("Reminder expired"), body, self._engagement_record()
        )

    def _plan_activities(self):
        """Plan activities, or tell the user where records have none.

        Made together, and not by ``activity_schedule``, which makes several only with
        the same words.
        """
        now = fields.Datetime.now()
        values = []
        for engagement in self:
            title, body = engagement._reminder_title(), engagement._reminder_body()
            model = engagement.model
            if model and "activity_ids" not in self.env[model]:
                record = engagement._engagement_record()
                engagement.user_id._engagement_tell(title, body, record)
                continue
            values.append(
                self._reminder_activity(
                    model,
                    engagement.res_id,
                    now,
                    summary=title,
                    note=body,
                    user_id=engagement.user_id.id,
                )
            )
        # Not as his own doing: he may have to be reminded of what he only reads.
        # Without the email that tells who got an activity from somebody else.
        activities = self.env["mail.activity"]
        activities.with_context(mail_activity_quick_update=True).create(values)

    @api.model
    def _reminder_activity(self, model, res_id, date, **values) -> dict:
        """Values of an activity for the day of ``date``, on a record or on none."""
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            ACTIVITY_TYPE, raise_if_not_found=False
        )
        return {
            "res_model_id": model and self.env["ir.model"]._get_id(model),
            "res_id": model and res_id,
            "date_deadline": self._reminder_day(date),
            "automated": True,
            # Where it was deleted, Odoo takes another one.
            **({"activity_type_id": type_id} if type_id else {}),
            **values,
        }

    def _reminder_title(self) -> str:
        return {
            "no_reply": self.env._("No reply yet: %s", self.subject or ""),
            "not_opened": self.env._("Not opened yet: %s", self.subject or ""),
        }.get(self.reminder_type, self.subject or "")

    def _reminder_body(self) -> Markup:
        note = Markup("<p>%s</p>") % self.reminder_note if self.reminder_note else ""
        return note + Markup('<p><a href="%s">%s</a></p>') % (
            self._engagement_page(),
            self.env._(
                "Email to %(recipients)s: %(status)s",
                recipients=self.recipients or "",
                status=self.status_text,
            ),
        )

    def _engagement_page(self) -> str:
        """Path of the engagement's page in the backend."""
        self.ensure_one()
        return f"/odoo/followed-emails/{self.id}"

    def _log_reminders(self):
        self.env["email.engagement.event"].create(
            [
                {
                    "engagement_id": engagement.id,
                    "type": "alert",
                    "date": fields.Datetime.now(),
                    "reason": f"reminder_{engagement.reminder_type}",
                }
                for engagement in self
            ]
        )
