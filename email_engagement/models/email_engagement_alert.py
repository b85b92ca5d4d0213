import logging
from datetime import timedelta

from odoo import api, fields, models, modules
from odoo.modules.registry import Registry
from odoo.service.model import (
    MAX_TRIES_ON_CONCURRENCY_FAILURE,
    PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
)
from odoo.tools import SQL

from ..tools import arrays
from ..tools.later import Later
from ..tools.timeline import IMPLIED
from .unchecked import UncheckedMany2one

_logger = logging.getLogger(__name__)

BATCH_SIZE = 500
# What is older is no news: taken in late, or judged again.
NEWS_DAYS = 2
# Beyond the seconds for which a burst may still revise a verdict, those in which the
# digest takes in the rest of it.
MARGIN = 14.0
# What is due within so many seconds is told together.
TOGETHER = 5
# Odoo looks for triggers of a later moment once in so many seconds only.
POLL = 60.0
# What cannot turn out to be a machine's.
CERTAIN = ("reply", "bounce")


class EmailEngagementAlert(models.Model):
    """One interaction on its way to those who want to know of it.

    ``waiting`` until it is settled: a scanner's first link looks like a person's
    until the third one comes. Then other code is told (``_engagement_event``,
    automation rules), and the sender is: ``told`` now, ``held`` for a summary since
    there was an alert just before, or ``skipped`` since he does not want it.

    Written by whoever changed the figures, in the same transaction; nothing that is
    shared is written for it. Kept for some days only.
    """

    _name = "email.engagement.alert"
    _inherit = ["email.engagement.part"]
    _description = "News of a Followed Email"
    _log_access = False
    _order = "due, id"

    # No foreign key: that of the interaction, and the interaction's own to the email,
    # say the same.
    engagement_id = UncheckedMany2one()
    event_id = fields.Many2one(
        "email.engagement.event", required=True, ondelete="cascade", index=False
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("held", "Held for a Summary"),
            ("told", "Told"),
            ("skipped", "Not Wanted"),
        ],
        required=True,
        default="waiting",
    )
    due = fields.Datetime(required=True)
    told_date = fields.Datetime()

    _event_unique = models.UniqueIndex("(event_id)")
    _due_idx = models.Index("(due, id) WHERE state IN ('waiting', 'held')")

    # ------------------------------------------------------------
    # In
    # ------------------------------------------------------------

    @api.model
    def _queue(self, engagement_ids: list[int]):
        """Take in what is new about some engagements: one statement.

        Not answers to anonymous copies: their time is cut, and news that come at once
        would tell it again.
        """
        now = fields.Datetime.now()
        seconds = self._settle_seconds()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO email_engagement_alert (event_id, engagement_id, state, due)
                SELECT id, engagement_id, 'waiting',
                       %(now)s + make_interval(
                           secs => CASE WHEN type IN %(certain)s THEN 0
                                        ELSE %(seconds)s END)
                  FROM email_engagement_event event
                 WHERE engagement_id = ANY(%(engagement_ids)s::int[])
                   AND (counted AND type != 'alert' OR type = 'bounce')
                   AND (type != 'reply' OR NOT EXISTS (
                           SELECT FROM email_engagement_trace
                            WHERE id = event.trace_id AND is_anonymous))
                   AND date > %(now)s - make_interval(days => %(days)s)
                   AND NOT EXISTS (SELECT FROM email_engagement_alert
                                    WHERE event_id = event.id)
           ON CONFLICT DO NOTHING
             RETURNING due
                """,
                now=now,
                seconds=seconds,
                certain=CERTAIN,
                engagement_ids=arrays.numbers(engagement_ids),
                days=NEWS_DAYS,
            )
        )
        if rows:
            self.invalidate_model()
            for due in {due for (due,) in rows}:
                self._trigger(due)

    @api.model
    def _settle_seconds(self) -> float:
        """How long a burst may still show that it was no person."""
        rules = self.env["email.engagement.rules"]._get(self.env.company)
        return rules.lookback + MARGIN

    @api.model
    def _trigger(self, due):
        """Have the cron run when something is due, or up to ``TOGETHER`` seconds later,
        with one trigger for all that is due by then.

        A trigger of an earlier moment is none for this: its run tells what is due by
        then only, and may be over before this transaction is.
        """
        cron = self.env.ref("email_engagement.ir_cron_alert", raise_if_not_found=False)
        if not cron:
            return
        now = fields.Datetime.now()
        if due <= now:
            cron._trigger()
            return
        seconds = TOGETHER - due.second % TOGETHER
        at = due.replace(microsecond=0) + timedelta(seconds=seconds)
        if not self.env["ir.cron.trigger"].search_count(
            [("cron_id", "=", cron.id), ("call_at", "=", at)], limit=1
        ):
            cron._trigger(at=at)
        delay = (at - now).total_seconds()
        if delay < POLL:
            dbname = self.env.cr.dbname
            self.env.cr.postcommit.add(lambda: _wake_later(dbname, at, delay))

    # ------------------------------------------------------------
    # Out
    # ------------------------------------------------------------

    @api.model
    def _run(self, batch_size: int = BATCH_SIZE):
        """Cron: tell what has settled. A batch is one transaction, so what is told is
        never told twice.
        """
        tries = MAX_TRIES_ON_CONCURRENCY_FAILURE
        while True:
            try:
                done, more = self._run_batch(batch_size)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # The digest, or somebody at the same record, wrote in between.
                self.env.cr.rollback()
                self.env.invalidate_all()
                tries -= 1
                if not tries:
                    raise
                continue
            tries = MAX_TRIES_ON_CONCURRENCY_FAILURE
            time_left = self.env["ir.cron"]._commit_progress(
                done, remaining=batch_size if more else 0
            )
            if not (more and time_left):
                return

    @api.model
    def _run_batch(self, batch_size: int) -> tuple[int, bool]:
        """:return: how many were done, and whether there may be more"""
        due = self.search(
            [
                ("state", "in", ("waiting", "held")),
                ("due", "<=", fields.Datetime.now()),
            ],
            limit=batch_size,
        )
        # Those that others have locked are being deleted.
        alerts = due.try_lock_for_update()
        done = len(alerts)
        # No person did it after all. If somebody decides otherwise, it comes again.
        gone = alerts.filtered(
            lambda alert: not (alert.event_id.counted or alert.event_id.type in CERTAIN)
        )
        gone.unlink()
        alerts -= gone
        new = alerts.filtered(lambda alert: alert.state == "waiting")
        if new:
            self._settled(new.event_id)
        for engagement, of_engagement in alerts.grouped("engagement_id").items():
            try:
                with self.env.cr.savepoint():
                    engagement._tell_news(of_engagement)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:  # noqa: PERF203
                raise
            except Exception:
                _logger.exception("Nobody is told of followed email %s", engagement.id)
                of_engagement.state = "skipped"
        return done, bool(done) and len(due) == batch_size

    @api.model
    def _settled(self, events):
        """Hook: interactions that have just settled, each of them once. They count,
        or are bounces.
        """
        events.engagement_id._engagement_settled(events)

    @api.autovacuum
    def _gc_alerts(self):
        """Forget what is no news any more: one statement, of what may be many."""
        self.env.execute_query(
            SQL(
                """
                DELETE FROM email_engagement_alert
                 WHERE state IN ('told', 'skipped')
                   AND due < %s - make_interval(days => %s)
             RETURNING id
                """,
                fields.Datetime.now(),
                NEWS_DAYS + 1,
            )
        )
        self.invalidate_model()


class EmailEngagement(models.Model):
    _inherit = "email.engagement"

    def _engagement_changed(self):
        result = super()._engagement_changed()
        if self.ids:
            # sudo: whoever caused it, the news is the sender's
            self.env["email.engagement.alert"].sudo()._queue(self.ids)
        return result

    def _engagement_settled(self, events):
        """Hook: ``events``, interactions with ``self``, have settled.

        Tells the records they are about, see ``mail.thread._engagement_event``.
        """
        for event in events:
            record = event.engagement_id._engagement_listener()
            if not record:
                continue
            try:
                with self.env.cr.savepoint():
                    record._engagement_event(event)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception:
                _logger.exception("%s has failed on interaction %s", record, event.id)

    def _engagement_listener(self):
        """The record the email is about, if its model wants to know; no statement
        where it does not.
        """
        if self.model not in self.env:
            return None
        hook = getattr(type(self.env[self.model]), "_engagement_event", None)
        if hook in (None, MailThread._engagement_event):
            return None
        return self._engagement_record()

    def _with_unsettled_events(self):
        """Those with which somebody has just done something: whether it was a person
        shows within seconds.
        """
        alerts = self.env["email.engagement.alert"].search(
            [
                ("engagement_id", "in", self.ids),
                ("state", "=", "waiting"),
                ("event_id.type", "not in", CERTAIN),
            ]
        )
        return self & alerts.engagement_id


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _engagement_event(self, event):
        """Hook for other addons: somebody interacted with an email of this record.

        Called once for each interaction that counts (``event.type``: ``open``,
        ``click``, ``attachment``, ``reply``) and for each ``bounce``, some seconds
        after it happened, as superuser; not for answers to anonymous copies. What it
        raises is logged and undone, and keeps nothing else from happening.

        :param event: ``email.engagement.event``
        """


class EmailEngagementEvent(models.Model):
    _inherit = "email.engagement.event"

    def _is_act(self) -> bool:
        """Whether it is something of its own: an implied open comes with the click
        that implies it.
        """
        self.ensure_one()
        return self.reason != IMPLIED


# ------------------------------------------------------------
# Waking in time
# ------------------------------------------------------------


def _wake(key):
    dbname, _at = key
    try:
        with Registry(dbname).cursor() as cr:
            # Superuser, as the cron itself, which is all that is called.
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            if cron := env.ref("email_engagement.ir_cron_alert", False):
                cron._notifydb()
    except Exception:
        # The trigger is stored: it is only found a little later.
        _logger.debug("Alerts of %s cannot be woken", dbname, exc_info=True)


_later = Later(_wake)


def _wake_later(dbname: str, at, delay: float):
    """Wake the cron ``delay`` seconds from now, once for ``at``."""
    if not modules.module.current_test:
        _later.ask((dbname, at), delay + 0.5)
