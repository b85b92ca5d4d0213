from odoo import api, fields, models
from odoo.tools import SQL

from .figures import replace_where_different

#: Where ``mail_thread_records`` keeps ids for the time of a transaction.
APART = "engagement_apart"
#: One for each database, like that of the digest.
LOCK = "email_engagement.record"

AGGREGATES = SQL(
    """
    count(*)::int AS email_count,
    max(date) AS last_sent,
    max(last_open) AS last_open,
    max(last_event) AS last_event,
    (array_agg(status ORDER BY date DESC, id DESC))[1] AS status,
    max(company_id) AS company_id,
    COALESCE(bool_or(is_private)
             OR min(COALESCE(company_id, 0)) <> max(COALESCE(company_id, 0)), FALSE)
        AS is_mixed
    """
)
COLUMNS = (
    *("email_count", "last_sent", "last_open", "last_event", "status"),
    *("company_id", "is_mixed"),
)


class EmailEngagementRecord(models.Model):
    """The followed emails of one record, added up: what lists of records are filtered
    and sorted by (``mail_thread_records.py``).

    A row is right unless the record is in ``email.engagement.record.touch``: whoever
    changes a followed email notes its record there, in the same transaction, and nobody
    waits for anybody. ``_refresh`` is the only writer here, in one cron; until it has
    run, touched records are added up when they are asked for. So nothing that is found
    is ever late, and neither digest nor senders lock a row that they share.
    """

    _name = "email.engagement.record"
    _description = "Followed Emails of a Record"
    _log_access = False
    _rec_name = "model"
    _order = "id"

    model = fields.Char(required=True)
    res_id = fields.Integer(required=True)
    email_count = fields.Integer("Followed Emails")
    last_sent = fields.Datetime()
    last_open = fields.Datetime()
    last_event = fields.Datetime()
    status = fields.Char(help="Of the last email.")
    company_id = fields.Integer(help="That of all emails. Plain, as are all columns.")
    is_mixed = fields.Boolean(
        help="Not everybody who may read one of the emails may read all of them: they "
        "are of several companies, or some are for their recipients only.",
    )

    # With what is filtered by, so that the record itself need not be looked up.
    _record_unique = models.UniqueIndex(
        "(model, res_id) INCLUDE (status, last_sent, last_event, company_id)"
    )
    _status_idx = models.Index("(model, status, last_sent)")
    # The order of lists in which records without any come last.
    _event_idx = models.Index("(model, last_event DESC NULLS LAST)")
    _mixed_idx = models.Index("(model, res_id) WHERE is_mixed")

    @api.model
    def _run(self):
        """Add up what was touched since the last time (cron)."""
        [[is_alone]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(hashtext(%s))", LOCK)
        )
        if not is_alone:
            return
        rows = self.env.execute_query(
            SQL("DELETE FROM email_engagement_record_touch RETURNING model, res_id")
        )
        self.env.cr.cache.pop(APART, None)
        touched = set(rows)
        if touched:
            self._refresh(None if (None, None) in touched else touched)

    @api.model
    def _run_daily(self):
        """Have everything added up again (cron), by the other cron, within minutes.
        Nothing should differ then; it is for rows that were changed behind Odoo's back.
        """
        self.env.execute_query(
            SQL(
                """
                INSERT INTO email_engagement_record_touch (model, res_id)
                VALUES (NULL, NULL) RETURNING id
                """
            )
        )

    @api.model
    def _refresh(self, touched=None) -> int:
        """Add up the emails of some records, or of all, anew, in one statement. Only
        rows that differ are written.

        :param touched: pairs of model and id
        :return: number of rows that were written or deleted
        """
        self.env.flush_all()
        if touched is None:
            scope = None
            fresh = SQL(
                """
                SELECT model, res_id, %s FROM email_engagement
                 WHERE model IS NOT NULL AND res_id IS NOT NULL
                 GROUP BY model, res_id
                """,
                AGGREGATES,
            )
        else:
            names, ids = map(list, zip(*sorted(touched), strict=True))
            wanted = SQL("SELECT * FROM unnest(%s::varchar[], %s::int[])", names, ids)
            scope = SQL("(model, res_id) IN (%s)", wanted)
            fresh = SQL(
                """
                SELECT touched.*, email.*
                  FROM (%s) touched (model, res_id)
                 CROSS JOIN LATERAL (
                       SELECT %s FROM email_engagement
                        WHERE model = touched.model AND res_id = touched.res_id
                       ) email
                 WHERE email_count > 0
                """,
                wanted,
                AGGREGATES,
            )
        [[changed]] = self.env.execute_query(
            replace_where_different(
                self._table, ("model", "res_id"), COLUMNS, fresh, scope
            )
        )
        self.invalidate_model()
        self.env.cr.cache.pop(APART, None)
        return changed


class EmailEngagementRecordTouch(models.Model):
    """A record whose followed emails are to be added up again; without one: all.

    Plain columns, no foreign key, emptied by the cron.
    """

    _name = "email.engagement.record.touch"
    _description = "Record With News of Followed Emails"
    _log_access = False
    _rec_name = "model"

    model = fields.Char()
    res_id = fields.Integer()

    _record_idx = models.Index("(model, res_id)")


#: What a row of ``email.engagement.record`` is made of.
SUMMED = {
    *("model", "res_id", "date", "status", "last_open", "last_event"),
    *("company_id", "is_private"),
}


class EmailEngagement(models.Model):
    """Notes the records whose followed emails change."""

    _inherit = "email.engagement"

    @api.model_create_multi
    def create(self, vals_list):
        engagements = super().create(vals_list)
        engagements._touch_records()
        return engagements

    def write(self, vals):
        if not SUMMED & vals.keys():
            return super().write(vals)
        self._touch_records()
        result = super().write(vals)
        if {"model", "res_id"} & vals.keys():
            self._touch_records()
        return result

    def unlink(self):
        self._touch_records()
        return super().unlink()

    def _engagement_changed(self):
        result = super()._engagement_changed()
        self._touch_records()
        return result

    def _touch_records(self):
        """Note that the emails of some records are to be added up again."""
        if not self.ids:
            return
        self.flush_recordset(["model", "res_id"])
        self.env.execute_query(
            SQL(
                """
                INSERT INTO email_engagement_record_touch (model, res_id)
                SELECT DISTINCT model, res_id FROM email_engagement
                 WHERE id = ANY(%s) AND model IS NOT NULL AND res_id IS NOT NULL
             RETURNING id
                """,
                self.ids,
            )
        )
        self.env.cr.cache.pop(APART, None)
