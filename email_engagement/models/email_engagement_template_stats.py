from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import arrays
from .figures import IN_RATES_SQL


class EmailEngagementTemplateStats(models.Model):
    """What became of the followed emails of one template in one company.

    Only counts are stored, of copies (traces): rates, intervals and stars are derived
    from them when they are read (``template_results.py``), in one statement for all
    templates. So what was counted for one template leaves all others as they are, and
    the counts of several companies can be added up, which rates cannot.

    ``_refresh`` is the only writer. It runs in one cron; the digest and the sending
    only note which templates they have touched (``_touch``).
    """

    _name = "email.engagement.template.stats"
    _description = "Results of an Email Template"
    _log_access = False
    _rec_name = "template_id"
    _order = "id"

    template_id = fields.Many2one(
        "mail.template", required=True, ondelete="cascade", index=False
    )
    company_id = fields.Many2one("res.company", ondelete="cascade", index=False)
    sent_count = fields.Integer(
        "Sent", help="Copies that were sent and did not come back: the sample."
    )
    opened_count = fields.Integer("Opened", help="Copies that a person has opened.")
    replied_count = fields.Integer("Answered")

    _template_company_unique = models.UniqueIndex(
        "(template_id, COALESCE(company_id, 0))"
    )

    # ------------------------------------------------------------
    # When
    # ------------------------------------------------------------

    @api.model
    def _touch(self, engagements):
        """Note that the templates of some emails are to be counted again.

        Rows that nobody else writes: neither the digest nor a sender waits here.
        """
        if engagements:
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO email_engagement_template_touch (template_id)
                    SELECT DISTINCT template_id FROM email_engagement
                     WHERE id = ANY(%s::int[]) AND template_id IS NOT NULL
                 RETURNING id
                    """,
                    arrays.numbers(engagements.ids),
                )
            )

    @api.model
    def _run(self):
        """Count again what was touched since the last time (cron)."""
        rows = self.env.execute_query(
            SQL("DELETE FROM email_engagement_template_touch RETURNING template_id")
        )
        template_ids = {template_id for (template_id,) in rows}
        if not template_ids:
            return
        # The daily one: what has become too old leaves the figures.
        self._refresh(None if None in template_ids else template_ids)

    @api.model
    def _run_daily(self):
        """Have everything counted again (cron). By the other cron: two of them would
        be in each other's way.
        """
        self.env.execute_query(
            SQL(
                """
                INSERT INTO email_engagement_template_touch (template_id)
                VALUES (NULL) RETURNING id
                """
            )
        )
        self.env.ref("email_engagement.ir_cron_template_results")._trigger()

    # ------------------------------------------------------------
    # What
    # ------------------------------------------------------------

    @api.model
    def _refresh(self, template_ids=None) -> int:
        """Count the copies of some templates, or of all, anew.

        One statement, whatever their number. Only rows that differ are written.

        :return: number of rows that were written or deleted
        """
        self.env.flush_all()
        email_scope = stats_scope = SQL("TRUE")
        copies = SQL(
            "JOIN email_engagement_trace trace ON trace.engagement_id = email.id"
        )
        if template_ids is not None:
            ids = list(template_ids)
            # OFFSET 0: the copies of one email after the other. PostgreSQL would read
            # all copies there are, as it is right for all templates.
            copies = SQL(
                """
                CROSS JOIN LATERAL (SELECT * FROM email_engagement_trace
                                     WHERE engagement_id = email.id OFFSET 0) trace
                """
            )
            email_scope = SQL("email.template_id = ANY(%s)", ids)
            stats_scope = SQL("stats.template_id = ANY(%s)", ids)
        rows = self.env.execute_query(
            SQL(
                """
                WITH counted AS (
                    SELECT email.template_id, email.company_id,
                           count(*) AS sent_count,
                           count(*) FILTER (WHERE %(opened)s) AS opened_count,
                           count(*) FILTER (WHERE trace.reply_count > 0)
                               AS replied_count
                      FROM email_engagement email
                           %(copies)s
                     WHERE email.template_id IS NOT NULL
                       AND email.date >= %(since)s
                       AND %(in_rates)s
                       AND %(email_scope)s
                     GROUP BY email.template_id, email.company_id
                     UNION ALL
                    SELECT template_id, company_id,
                           sent_count, opened_count, replied_count
                      FROM email_engagement_template_past email
                     WHERE email.date >= %(since)s AND %(email_scope)s
                ), fresh AS (
                    SELECT template_id, company_id,
                           sum(sent_count)::int AS sent_count,
                           sum(opened_count)::int AS opened_count,
                           sum(replied_count)::int AS replied_count
                      FROM counted
                     GROUP BY template_id, company_id
                ), gone AS (
                    DELETE FROM email_engagement_template_stats stats
                     WHERE %(stats_scope)s
                       AND NOT EXISTS (
                           SELECT FROM fresh
                            WHERE fresh.template_id = stats.template_id
                              AND COALESCE(fresh.company_id, 0)
                                  = COALESCE(stats.company_id, 0))
                 RETURNING stats.id
                ), written AS (
                    INSERT INTO email_engagement_template_stats AS stats
                           (template_id, company_id,
                            sent_count, opened_count, replied_count)
                    SELECT * FROM fresh
                        ON CONFLICT (template_id, COALESCE(company_id, 0))
                        DO UPDATE
                       SET sent_count = EXCLUDED.sent_count,
                           opened_count = EXCLUDED.opened_count,
                           replied_count = EXCLUDED.replied_count
                     WHERE (stats.sent_count, stats.opened_count, stats.replied_count)
                        IS DISTINCT FROM
                           (EXCLUDED.sent_count, EXCLUDED.opened_count,
                            EXCLUDED.replied_count)
                 RETURNING stats.id
                )
                SELECT (SELECT count(*) FROM written) + (SELECT count(*) FROM gone)
                """,
                in_rates=IN_RATES_SQL,
                opened=OPENED,
                copies=copies,
                since=self._since(),
                email_scope=email_scope,
                stats_scope=stats_scope,
            )
        )
        self.invalidate_model()
        self.env["mail.template"].invalidate_model()
        return rows[0][0]

    @api.model
    def _since(self):
        """The emails sent from this moment on count."""
        days = self.env["mail.template"]._engagement_setting("template_days")
        return fields.Datetime.subtract(fields.Datetime.now(), days=days)


# A copy that somebody clicked or answered was opened, pictures or not.
OPENED = SQL(
    """(trace.open_count > 0 OR trace.click_count > 0
        OR trace.attachment_view_count > 0 OR trace.reply_count > 0)"""
)


class EmailEngagementTemplateTouch(models.Model):
    """A template whose figures are to be counted again; without one: all of them.

    Plain column, no foreign key, emptied by the cron.
    """

    _name = "email.engagement.template.touch"
    _description = "Email Template With New Results"
    _log_access = False

    template_id = fields.Integer()
