from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

BATCH_SIZE = 500


class EmailEngagement(models.Model):
    """Forgetting what is older than the company wants it to be."""

    _inherit = "email.engagement"

    @api.model
    def _forget_old(self, batch_size: int = BATCH_SIZE):
        """Close, and later delete, old followed emails (cron).

        In batches, each a transaction of its own; what remains when the cron's time is
        over is for the next run.
        """
        Cron = self.env["ir.cron"]
        companies = self.env["res.company"].with_context(active_test=False)
        companies = companies.search(
            [
                "|",
                ("engagement_keep_events", ">", 0),
                ("engagement_keep_engagements", ">", 0),
            ]
        )
        for company in companies:
            for days, more, forget in (
                (
                    company.engagement_keep_engagements,
                    [],
                    EmailEngagement._forget,
                ),
                (
                    company.engagement_keep_events,
                    [("is_closed", "=", False)],
                    EmailEngagement._close,
                ),
            ):
                if days <= 0:
                    continue
                limit = fields.Datetime.now() - timedelta(days=days)
                domain = [
                    ("company_id", "in", [company.id]),
                    ("date", "<", limit),
                    ("scheduled_date", "=", False),  # it has not gone out yet
                    *more,
                ]
                newer = []
                while old := self.search(
                    domain + newer, order="date, id", limit=batch_size
                ):
                    # Not past all that were closed long ago, batch by batch.
                    newer = [("date", ">=", old[0].date)]
                    try:
                        forget(old)
                        time_left = Cron._commit_progress(len(old))
                    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                        # The digest wrote the same rows; they are taken again.
                        self.env.cr.rollback()
                        self.env.invalidate_all()
                        time_left = Cron._commit_progress()
                    if not time_left:
                        return

    def _close(self):
        """Delete the timelines of ``self``; the figures stay as they are.

        Nothing is recorded any more, so that they stay true. SQL, since the ORM would
        read a million events to delete them.
        """
        self.env.flush_all()
        self._delete_waiting()
        self.env.execute_query(
            SQL(
                """
                WITH trace AS (
                    UPDATE email_engagement_trace
                       SET opens_level = 0, clicks_level = 0
                     WHERE engagement_id = ANY(%(ids)s)
                ), event AS (
                    DELETE FROM email_engagement_event
                     WHERE engagement_id = ANY(%(ids)s)
                )
                UPDATE email_engagement SET is_closed = TRUE
                 WHERE id = ANY(%(ids)s) RETURNING id
                """,
                ids=self.ids,
            )
        )
        self.env.invalidate_all()

    def _forget(self):
        """Delete ``self`` with recipients, links and timeline."""
        self._keep_totals()
        self._delete_waiting()
        self.unlink()
        self.env["email.engagement.reception"]._forget_targets()

    def _keep_totals(self):
        """Hook: the figures of ``self`` are about to be deleted; whoever shows totals
        of them (templates) adds them to what stays.
        """

    def _delete_waiting(self):
        """Delete the hits that the digest has not seen yet."""
        self.env.execute_query(
            SQL(
                """
                DELETE FROM email_engagement_hit hit
                 USING email_engagement_trace trace
                 WHERE trace.id = hit.trace_id AND trace.engagement_id = ANY(%s)
             RETURNING hit.id
                """,
                self.ids,
            )
        )
