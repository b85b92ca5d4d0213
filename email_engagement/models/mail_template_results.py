from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, Query

from . import template_results
from .numbers import number

#: Fields of a template and the columns of ``template_results`` behind them.
RESULTS = {
    "engagement_sent_count": "sent",
    "engagement_open_rate": "open_rate",
    "engagement_reply_rate": "reply_rate",
    "engagement_recommended": "recommended",
    "engagement_worse": "worse",
}
#: What they are without followed emails: rates are nothing at all.
EMPTY = {"sent": 0, "recommended": False, "worse": False}
#: What is added up where rates are averaged: a rate is never averaged unweighted.
COUNTED = {"engagement_open_rate": "opened", "engagement_reply_rate": "replied"}


class Rate(fields.Float):
    """Percent, or nothing at all: without a sample there is no rate, not 0 %."""

    def convert_to_cache(self, value, record, validate=True):
        if value is None or value is False:
            return None
        return super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_export(self, value, record):
        return "" if value is False else value


class MailTemplate(models.Model):
    """How well a template works, as far as the user's companies know.

    The fields are not stored, because they depend on who looks. Lists can be sorted,
    filtered and grouped by them nevertheless: ``_field_to_sql`` joins the results.
    """

    _inherit = "mail.template"

    engagement_sent_count = fields.Integer(
        "Copies",
        compute="_compute_engagement_results",
        search="_search_engagement_sent_count",
        help="Followed copies that were sent and did not come back, one for each "
        "recipient. The rates are about them.",
    )
    engagement_open_rate = Rate(
        "Open Rate",
        digits=(5, 1),
        aggregator="avg",
        compute="_compute_engagement_results",
        search="_search_engagement_open_rate",
        help="Percentage of the sent copies that a person has opened. An open is seen "
        "only when pictures are loaded, so the true rate may be higher.",
    )
    engagement_reply_rate = Rate(
        "Reply Rate",
        digits=(5, 1),
        aggregator="avg",
        compute="_compute_engagement_results",
        search="_search_engagement_reply_rate",
        help="Percentage of the sent copies that were answered. Automatic answers are "
        "left out.",
    )
    engagement_recommended = fields.Boolean(
        "Recommended",
        compute="_compute_engagement_results",
        search="_search_engagement_recommended",
        help="It is opened or answered more often than the other templates for the "
        "same kind of record, and that is no coincidence.",
    )
    engagement_worse = fields.Boolean(
        "Clearly Worse",
        compute="_compute_engagement_results",
        search="_search_engagement_worse",
        help="It is opened or answered less often than the other templates for the "
        "same kind of record, and that is no coincidence.",
    )
    engagement_results = fields.Json(
        "Results",
        compute="_compute_engagement_results",
        help="All figures with their sample and their intervals, in percent.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "model_id" in vals:
            self.env["email.engagement.template.stats"]._touch_all()
        return result

    def unlink(self):
        # The others of its model are compared without it from now on.
        self.env["email.engagement.template.stats"]._touch_all()
        return super().unlink()

    @api.model
    def _engagement_results_sql(self, template_ids=None) -> SQL:
        return template_results.results(
            self.env.companies.ids,
            number(self.env, "template_min_sample"),
            template_ids,
        )

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_engagement_results(self):
        """One statement for any number of templates."""
        by_id = self._engagement_results_of(self._origin.ids)
        for template in self:
            row = by_id.get(template._origin.id, {})
            for name, column in RESULTS.items():
                template[name] = row.get(column)
            template.engagement_results = row

    @api.model
    def _engagement_results_of(self, template_ids) -> dict[int, dict]:
        """The row of ``template_results`` of each template that has one."""
        if not template_ids:
            return {}
        rows = self.env.execute_query_dict(self._engagement_results_sql(template_ids))
        return {row["template_id"]: row for row in rows}

    @api.model
    @api.readonly
    def engagement_picker(self, model, limit):
        """The composer's templates for a model: those that work best come first, then
        one's own, then by name.

        Stars that are stored, of each company, choose what is within the limit: so no
        more templates are rated than are shown.
        """
        query = self._search(
            [("model", "=", model), ("user_id", "in", [self.env.uid, False])],
            order="user_id.id, name, id",
            limit=limit,
        )
        query.order = SQL(
            """
            EXISTS (SELECT FROM email_engagement_template_stats
                     WHERE template_id = %s AND is_recommended
                       AND (company_id IS NULL OR company_id = ANY(%s))) DESC, %s
            """,
            SQL.identifier(self._table, "id"),
            self.env.companies.ids,
            query.order,
        )
        names = ["display_name", "engagement_alternate"]
        fetched = self._determine_fields_to_fetch(names)
        rows = self._fetch_query(query, fetched).read(names)
        results = self._engagement_results_of([row["id"] for row in rows])
        for row in rows:
            row["engagement_results"] = results.get(row["id"], False)
        # What is shown as a star is first, whatever the companies one looks at.
        return sorted(
            rows,
            key=lambda row: not (row["engagement_results"] or {}).get("recommended"),
        )

    # ------------------------------------------------------------
    # Searching, sorting and grouping
    # ------------------------------------------------------------

    def _search_engagement_sent_count(self, operator, value):
        return self._search_engagement_result("sent", operator, value)

    def _search_engagement_open_rate(self, operator, value):
        return self._search_engagement_result("open_rate", operator, value)

    def _search_engagement_reply_rate(self, operator, value):
        return self._search_engagement_result("reply_rate", operator, value)

    def _search_engagement_recommended(self, operator, value):
        return self._search_engagement_result("recommended", operator, value)

    def _search_engagement_worse(self, operator, value):
        return self._search_engagement_result("worse", operator, value)

    @api.model
    def _search_engagement_result(self, column, operator, value):
        """Of a template without followed emails the flags are not set and the count is
        0, as they are shown; but it has no rates: these meet "is not set" only.
        """
        empty = EMPTY.get(column)
        shown = SQL("COALESCE(%s, %s)", SQL.identifier("results", column), empty)
        if operator in ("<", "<=", ">", ">="):
            condition = SQL("%s %s %s", shown, SQL(operator), value)
        elif operator == "in":
            values = [empty if item is False else item for item in value]
            condition = SQL("%s = ANY(%s)", shown, values)
            if None in values:
                condition = SQL("(%s OR %s IS NULL)", condition, shown)
        else:
            return NotImplemented
        return Domain(
            "id",
            "in",
            SQL(
                """(
                    SELECT template.id FROM mail_template template
                      LEFT JOIN (%s) results ON results.template_id = template.id
                     WHERE %s
                )""",
                self._engagement_results_sql(),
                condition,
            ),
        )

    def _field_to_sql(self, alias, field_expr, query: Query | None = None) -> SQL:
        if field_expr in RESULTS and query is not None:
            self._check_field_access(self._fields[field_expr], "read")
            return self._engagement_column(alias, RESULTS[field_expr], query)
        return super()._field_to_sql(alias, field_expr, query)

    def _engagement_column(self, alias: str, column: str, query: Query) -> SQL:
        """A column of the results, joined once for each query."""
        joined = query.make_alias(alias, "engagement_results")
        query.add_join(
            "LEFT JOIN",
            joined,
            SQL("(%s)", self._engagement_results_sql()),
            SQL(
                "%s = %s",
                SQL.identifier(joined, "template_id"),
                SQL.identifier(alias, "id"),
            ),
        )
        return SQL.identifier(joined, column)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name in RESULTS and not nulls.code:
            # Templates without a rate come last, whichever way the others are sorted.
            nulls = SQL("NULLS LAST")
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    def _read_group_select(self, aggregate_spec, query):
        name, _, function = aggregate_spec.partition(":")
        if name in COUNTED and function == "avg":
            return SQL(
                "100 * SUM(%s)::float8 / NULLIF(SUM(%s), 0)",
                self._engagement_column(self._table, COUNTED[name], query),
                self._engagement_column(self._table, "sent", query),
            )
        return super()._read_group_select(aggregate_spec, query)

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec in COUNTED:
            # Groups of equal rates, which nobody means.
            raise ValueError(f"Templates cannot be grouped by {groupby_spec!r}")
        return super()._read_group_groupby(alias, groupby_spec, query)
