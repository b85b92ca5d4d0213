from odoo import api, fields, models
from odoo.tools import SQL

from .figures import IN_RATES_SQL, replace_where_different

# A copy that somebody clicked or answered was opened, pictures or not.
OPENED = SQL(
    """(trace.open_count > 0 OR trace.click_count > 0
        OR trace.attachment_view_count > 0 OR trace.reply_count > 0)"""
)
#: Columns of the counts, and what they are over copies (``trace``).
COUNTS = ("sent_count", "opened_count", "replied_count")
COPIES = SQL(
    """
    count(*) AS sent_count, count(*) FILTER (WHERE %s) AS opened_count,
    count(*) FILTER (WHERE trace.reply_count > 0) AS replied_count
    """,
    OPENED,
)


class EmailEngagementTemplateDay(models.Model):
    """What became of the followed emails of one template in one company that were sent
    on one day (UTC).

    An email that changes has the copies of its day counted again, whatever was sent
    before and after. The figures of a year are the sum of its days
    (``email.engagement.template.stats``); what is older stays here, so that another
    number of days can be added up at once.
    """

    _name = "email.engagement.template.day"
    _description = "Results of an Email Template by Day"
    _log_access = False
    _rec_name = "template_id"
    _order = "id"

    template_id = fields.Many2one(
        "mail.template", required=True, ondelete="cascade", index=False
    )
    company_id = fields.Many2one("res.company", ondelete="cascade", index=False)
    date = fields.Date(required=True)
    sent_count = fields.Integer("Sent")
    opened_count = fields.Integer("Opened")
    replied_count = fields.Integer("Answered")

    _day_unique = models.UniqueIndex("(template_id, date, COALESCE(company_id, 0))")

    @api.model
    def _count(self, days, since) -> int:
        """Count the copies of some days anew, and add the differences to the sums.

        One statement, which reads the copies that were sent on these days.

        :param days: list of (template id, company id or None, date)
        :param since: the first date that the sums are about
        :return: number of days that differ
        """
        if not days:
            return 0
        self.env.flush_all()
        template_ids, company_ids, dates = map(list, zip(*days, strict=True))
        # OFFSET 0: the copies of one email after the other. PostgreSQL would read all
        # copies there are, as it is right for all days.
        rows = self.env.execute_query(
            SQL(
                """
                WITH wanted AS (
                    SELECT DISTINCT *
                      FROM unnest(%(template_ids)s::int[], %(company_ids)s::int[],
                                  %(dates)s::date[])
                           wanted (template_id, company_id, date)
                ), counted AS (
                    SELECT wanted.*, copies.*
                      FROM wanted
                     CROSS JOIN LATERAL (
                           SELECT %(copies)s
                             FROM email_engagement email
                            CROSS JOIN LATERAL (
                                  SELECT * FROM email_engagement_trace
                                   WHERE engagement_id = email.id OFFSET 0) trace
                            WHERE email.template_id = wanted.template_id
                              AND email.date >= wanted.date
                              AND email.date < wanted.date + 1
                              AND email.company_id
                                  IS NOT DISTINCT FROM wanted.company_id
                              AND %(in_rates)s) copies
                     UNION ALL
                    SELECT wanted.*, sent_count, opened_count, replied_count
                      FROM wanted JOIN email_engagement_template_past past
                        ON %(same)s
                ), fresh AS (
                    SELECT template_id, company_id, date, %(sums)s
                      FROM counted GROUP BY template_id, company_id, date
                ), changed AS (
                    SELECT wanted.*,
                           wanted.sent_count - COALESCE(past.sent_count, 0)
                               AS more_sent,
                           wanted.opened_count - COALESCE(past.opened_count, 0)
                               AS more_opened,
                           wanted.replied_count - COALESCE(past.replied_count, 0)
                               AS more_replied
                      FROM fresh wanted
                      LEFT JOIN email_engagement_template_day past ON %(same)s
                     WHERE (wanted.sent_count, wanted.opened_count,
                            wanted.replied_count)
                           IS DISTINCT FROM
                           (COALESCE(past.sent_count, 0),
                            COALESCE(past.opened_count, 0),
                            COALESCE(past.replied_count, 0))
                ), gone AS (
                    DELETE FROM email_engagement_template_day past
                     USING changed wanted
                     WHERE %(same)s AND wanted.sent_count = 0
                ), written AS (
                    INSERT INTO email_engagement_template_day AS past
                           (template_id, company_id, date,
                            sent_count, opened_count, replied_count)
                    SELECT template_id, company_id, date,
                           sent_count, opened_count, replied_count
                      FROM changed WHERE sent_count > 0
                        ON CONFLICT (template_id, date, COALESCE(company_id, 0))
                        DO UPDATE
                       SET sent_count = EXCLUDED.sent_count,
                           opened_count = EXCLUDED.opened_count,
                           replied_count = EXCLUDED.replied_count
                ), added AS (
                    INSERT INTO email_engagement_template_stats AS stats
                           (template_id, company_id,
                            sent_count, opened_count, replied_count)
                    SELECT template_id, company_id, sum(more_sent)::int,
                           sum(more_opened)::int, sum(more_replied)::int
                      FROM changed WHERE date >= %(since)s
                     GROUP BY template_id, company_id
                        ON CONFLICT (template_id, COALESCE(company_id, 0))
                        DO UPDATE
                       SET sent_count = stats.sent_count + EXCLUDED.sent_count,
                           opened_count = stats.opened_count + EXCLUDED.opened_count,
                           replied_count
                               = stats.replied_count + EXCLUDED.replied_count
                )
                SELECT count(*) FROM changed
                """,
                template_ids=template_ids,
                company_ids=company_ids,
                dates=dates,
                copies=COPIES,
                in_rates=IN_RATES_SQL,
                sums=SUMS,
                same=SAME_DAY,
                since=since,
            )
        )
        return rows[0][0]

    @api.model
    def _count_all(self) -> int:
        """Count the copies of all days anew.

        One statement. The sums are another one (``stats._add_up``).

        :return: number of days that were written or deleted
        """
        self.env.flush_all()
        fresh = SQL(
            """
            SELECT template_id, company_id, date, %(sums)s
              FROM (SELECT email.template_id, email.company_id,
                           email.date::date AS date, %(copies)s
                      FROM email_engagement email
                      JOIN email_engagement_trace trace
                        ON trace.engagement_id = email.id
                     WHERE email.template_id IS NOT NULL AND email.date IS NOT NULL
                       AND %(in_rates)s
                     GROUP BY email.template_id, email.company_id, email.date::date
                     UNION ALL
                    SELECT template_id, company_id, date,
                           sent_count, opened_count, replied_count
                      FROM email_engagement_template_past) counted
             GROUP BY template_id, company_id, date
            """,
            sums=SUMS,
            copies=COPIES,
            in_rates=IN_RATES_SQL,
        )
        keys = ("template_id", "date", "company_id")
        statement = replace_where_different(self._table, keys, COUNTS, fresh)
        return self.env.execute_query(statement)[0][0]


SUMS = SQL(", ").join(
    SQL("sum(%(name)s)::int AS %(name)s", name=SQL.identifier(name)) for name in COUNTS
)
SAME_DAY = SQL(
    """(past.template_id = wanted.template_id AND past.date = wanted.date
        AND COALESCE(past.company_id, 0) = COALESCE(wanted.company_id, 0))"""
)
