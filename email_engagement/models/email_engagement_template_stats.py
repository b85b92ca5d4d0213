from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import arrays
from .email_engagement_template_day import COUNTS, SUMS
from .figures import replace_where_different
from .numbers import number


class EmailEngagementTemplateStats(models.Model):
    """What became of the followed emails of one template in one company in the last
    days that count: the sums of ``email.engagement.template.day``.

    Only counts are stored, of copies (traces): rates, intervals and stars are derived
    from them when they are read (``template_results.py``), in one statement for all
    templates. So what was counted for one template leaves all others as they are, and
    the counts of several companies can be added up, which rates cannot.

    One cron is the only writer; the digest and the sending only note which days of
    which templates they have touched (``_touch``).
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

    is_recommended = fields.Boolean(
        "Recommended",
        help="In this company. It only orders the composer's picker of templates.",
    )

    _template_company_unique = models.UniqueIndex(
        "(template_id, COALESCE(company_id, 0))"
    )
    _recommended_idx = models.Index("(template_id) WHERE is_recommended")

    # ------------------------------------------------------------
    # When
    # ------------------------------------------------------------

    @api.model
    def _touch(self, engagements):
        """Note that the days on which some emails were sent are to be counted again.

        Rows that nobody else writes: neither the digest nor a sender waits here.
        """
        if engagements:
            engagements.flush_model(["template_id", "company_id", "date"])
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO email_engagement_template_touch
                           (template_id, company_id, date)
                    SELECT DISTINCT template_id, company_id, date::date
                      FROM email_engagement
                     WHERE id = ANY(%s::int[]) AND template_id IS NOT NULL
                       AND date IS NOT NULL
                 RETURNING id
                    """,
                    arrays.numbers(engagements.ids),
                )
            )

    @api.model
    def _run(self):
        """Count again what was touched since the last time (cron)."""
        rows = self.env.execute_query(
            SQL(
                """
                DELETE FROM email_engagement_template_touch
             RETURNING template_id, company_id, date
                """
            )
        )
        days = {row for row in rows if row[0]}
        Day = self.env["email.engagement.template.day"]
        has_changed = Day._count(list(days), self._since())
        if len(days) < len(set(rows)):  # the daily one
            self._add_up()
        elif has_changed:
            self._added_up()

    @api.model
    def _run_daily(self):
        """Have the days added up again (cron): one of them is too old by now. By the
        other cron: two of them would be in each other's way.
        """
        self._touch_all()
        cron = self.env.ref("email_engagement.ir_cron_template_results", False)
        if cron:
            cron._trigger()

    @api.model
    def _touch_all(self):
        """Note that the days are to be added up again, next time."""
        self.env.execute_query(
            SQL(
                """
                INSERT INTO email_engagement_template_touch (template_id)
                VALUES (NULL) RETURNING id
                """
            )
        )

    # ------------------------------------------------------------
    # What
    # ------------------------------------------------------------

    @api.model
    def _refresh(self) -> int:
        """Count all copies there are anew: two statements, whatever their number.

        Nothing asks for it but people: what changes is counted as it changes.

        :return: number of days and sums that were written or deleted
        """
        days = self.env["email.engagement.template.day"]._count_all()
        return days + self._add_up()

    @api.model
    def _add_up(self) -> int:
        """Make the sums of the days that count anew; no copy is read.

        :return: number of sums that were written or deleted
        """
        fresh = SQL(
            """
            SELECT template_id, company_id, %s FROM email_engagement_template_day
             WHERE date >= %s GROUP BY template_id, company_id
            """,
            SUMS,
            self._since(),
        )
        keys = ("template_id", "company_id")
        rows = self.env.execute_query(
            replace_where_different(self._table, keys, COUNTS, fresh)
        )
        self._added_up()
        return rows[0][0]

    @api.model
    def _since(self):
        """The first date that counts. Today is one of the days."""
        days = number(self.env, "template_days")
        return fields.Date.subtract(fields.Date.today(), days=days - 1)

    @api.model
    def _added_up(self):
        self.env["email.engagement.template.pool"]._refresh()
        # They were written past the ORM.
        self.invalidate_model()
        self.env["email.engagement.template.day"].invalidate_model()
        self.env["mail.template"].invalidate_model()


class EmailEngagementTemplateTouch(models.Model):
    """A day of a template whose copies are to be counted again; without a template:
    the days are to be added up.

    Plain columns, no foreign key, emptied by the cron.
    """

    _name = "email.engagement.template.touch"
    _description = "Email Template With New Results"
    _log_access = False

    template_id = fields.Integer()
    company_id = fields.Integer()
    date = fields.Date()
