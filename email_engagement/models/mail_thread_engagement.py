from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .email_engagement import STATUS

COMPARE = {sign: SQL(sign) for sign in ("<", "<=", ">", ">=")}

#: What is known of a record's followed emails, each from ``_engagement_rows``.
AGGREGATES = {
    "engagement_count": SQL("count(*)"),
    "engagement_last_sent": SQL("max(date)"),
    "engagement_last_open": SQL("max(last_open)"),
    "engagement_last_event": SQL("max(last_event)"),
    "engagement_status": SQL("(array_agg(status ORDER BY date DESC, id DESC))[1]"),
}
SORTABLE = frozenset(AGGREGATES) - {"engagement_status"}
#: Those that are the latest date of any email, with its column.
LATEST = {
    "engagement_last_sent": SQL.identifier("date"),
    "engagement_last_open": SQL.identifier("last_open"),
    "engagement_last_event": SQL.identifier("last_event"),
}


def _figure(kind, name: str, string: str, **kwargs):
    return kind(
        string=string,
        compute="_compute_engagement_figures",
        search=lambda self, operator, value: self._search_engagement_figure(
            name, operator, value
        ),
        groups="base.group_user",
        **kwargs,
    )


class MailThread(models.AbstractModel):
    """What became of a record's followed emails, on every record with a chatter.

    Nothing of it is stored and nothing is read unless somebody asks for it: then one
    statement serves all records of a list. Only what the user may read counts.
    """

    _inherit = "mail.thread"

    engagement_count = _figure(
        fields.Integer,
        "engagement_count",
        "Followed Emails",
        help="Emails of this record of which you see what became.",
    )
    engagement_last_sent = _figure(
        fields.Datetime, "engagement_last_sent", "Last Followed Email"
    )
    engagement_last_open = _figure(
        fields.Datetime,
        "engagement_last_open",
        "Email Last Opened",
        help="An open is seen only when pictures are loaded: no date does not mean "
        "that nobody read the emails.",
    )
    engagement_last_event = _figure(
        fields.Datetime,
        "engagement_last_event",
        "Last Interaction",
        help="When somebody last opened a followed email, followed a link, looked at "
        "a file or answered. What programs did is left out.",
    )
    engagement_status = _figure(
        fields.Selection,
        "engagement_status",
        "Email Engagement",
        selection=STATUS,
        help="What became of the last followed email. Not yet opened means that no "
        "open was seen: mail programs that block pictures do not tell.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_engagement_figures(self):
        figures = {row["record_id"]: row for row in self._engagement_read(self.ids)}
        nothing = dict.fromkeys(AGGREGATES, False)
        for record in self:
            row = figures.get(record._origin.id, nothing)
            for name in AGGREGATES:
                record[name] = row[name]

    @api.model
    def _engagement_read(self, ids) -> list[dict]:
        """``record_id`` and ``AGGREGATES`` of the records with followed emails."""
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT record_id, %s
                  FROM (%s) email
                 WHERE record_id = ANY(%s)
                 GROUP BY record_id
                """,
                SQL(", ").join(
                    SQL("%s AS %s", aggregate, SQL.identifier(name))
                    for name, aggregate in AGGREGATES.items()
                ),
                self._engagement_rows(),
                list(ids),
            )
        )

    @api.model
    def _engagement_rows(self, record_id: SQL | None = None) -> SQL:
        """SELECT of the followed emails of all records of this model that the user may
        read: ``record_id``, ``id`` and ``date``, ``status``, ``last_open``,
        ``last_event`` of each.

        :param record_id: only those of this record
        """
        engagements = self.env["email.engagement"]
        engagements.flush_model()
        query = engagements._search(
            [("model", "=", self._name), ("res_id", "!=", False)],
        )
        table = engagements._table
        if record_id:
            query.add_where(SQL("%s = %s", SQL.identifier(table, "res_id"), record_id))
        return query.select(
            SQL("%s AS record_id", SQL.identifier(table, "res_id")),
            *(
                SQL.identifier(table, name)
                for name in ("id", "date", "status", "last_open", "last_event")
            ),
        )

    def _search_engagement_figure(self, name, operator, value):
        aggregate = AGGREGATES[name]
        if operator == "in":
            wanted = [item for item in value if item not in (False, 0)]
            domain = Domain.FALSE
            if wanted:
                domain = self._engagement_meets(SQL("%s = ANY(%s)", aggregate, wanted))
            if len(wanted) < len(value):  # nothing among them
                column = LATEST.get(name, SQL.identifier("id"))
                domain |= ~self._engagement_has(SQL("%s IS NOT NULL", column))
            return domain
        if operator not in COMPARE:
            return NotImplemented
        sign = COMPARE[operator]
        if name in LATEST and operator in (">", ">="):
            return self._engagement_has(SQL("%s %s %s", LATEST[name], sign, value))
        return self._engagement_meets(SQL("%s %s %s", aggregate, sign, value))

    @api.model
    def _engagement_has(self, condition: SQL) -> Domain:
        """Records with any followed email that meets a condition: as quick as such
        emails are found.
        """
        return Domain(
            "id",
            "in",
            SQL(
                "(SELECT record_id FROM (%s) email WHERE %s)",
                self._engagement_rows(),
                condition,
            ),
        )

    @api.model
    def _engagement_meets(self, condition: SQL) -> Domain:
        """Records whose followed emails together meet a condition on ``AGGREGATES``.
        Asked of one record after the other: a list shows few, and all emails are many.
        """
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "COALESCE((SELECT %s FROM (%s) email), FALSE)",
                condition,
                self._engagement_rows(SQL.identifier(alias, "id")),
            )
        )

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name in SORTABLE and not nulls.code:
            # Records without a followed email are last, whichever way it is sorted.
            nulls = SQL("NULLS LAST")
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Makes figures sortable although they are not stored: storing them would have
        the digest write, and lock, the records that people work on.
        """
        if field_expr not in SORTABLE or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        joined = query.make_alias(alias, field_expr)
        value = AGGREGATES[field_expr]
        if field_expr == "engagement_count":
            value = SQL("NULLIF(%s, 0)", value)
        table = SQL(
            "LATERAL (SELECT %s AS value FROM (%s) email)",
            value,
            self._engagement_rows(SQL.identifier(alias, "id")),
        )
        query.add_join("LEFT JOIN", joined, table, SQL("TRUE"))
        return SQL.identifier(joined, "value")

    # ------------------------------------------------------------
    # The followed emails of a record
    # ------------------------------------------------------------

    def _engagement_emails_domain(self) -> Domain:
        """Domain of the followed emails behind the smart button."""
        return Domain("model", "=", self._name) & Domain("res_id", "in", self.ids)

    def action_open_engagements(self):
        """Open the followed emails of these records."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "email_engagement.action_all_followed_emails"
        )
        action["domain"] = list(self._engagement_emails_domain())
        action["display_name"] = self.env._("Followed Emails")
        action.pop("path", None)
        if len(self) == 1:
            action["display_name"] = self.env._(
                "Followed Emails: %s", self.display_name
            )
        return action
