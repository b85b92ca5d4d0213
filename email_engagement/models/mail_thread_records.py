from operator import ge, gt, le, lt

from odoo import api, models
from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools import SQL

from .email_engagement_record import APART
from .mail_thread_engagement import COMPARE, SORTABLE

#: So many records are read apart; where there are more, all are.
MANY = 1000
HOLDS = {"<": lt, "<=": le, ">": gt, ">=": ge}

#: Where each figure stands in ``email.engagement.record``, and its type.
COLUMNS = {
    "engagement_count": ("email_count", SQL("int")),
    "engagement_last_sent": ("last_sent", SQL("timestamp")),
    "engagement_last_open": ("last_open", SQL("timestamp")),
    "engagement_last_event": ("last_event", SQL("timestamp")),
    "engagement_status": ("status", SQL("varchar")),
}


class MailThread(models.AbstractModel):
    """Filtering and sorting records by their emails as these were added up.

    A row of ``email.engagement.record`` is about all emails of a record. It says what
    the user may know if he may read the record and, with it, all its emails. For all
    other records, and those that were touched since, the emails are read: before, if
    they are few; else one record after the other, without the rows that were added up.
    """

    _inherit = "mail.thread"

    def _search_engagement_figure(self, name, operator, value):
        if not self._engagement_is_added_up():
            return super()._search_engagement_figure(name, operator, value)
        tests = []
        if operator == "in":
            wanted = [item for item in value if item not in (False, 0)]
            if wanted:
                tests.append(lambda column: SQL("%s = ANY(%s)", column, wanted))
            has_none = len(wanted) < len(value)
        elif operator in COMPARE:
            sign = COMPARE[operator]
            tests.append(lambda column: SQL("%s %s %s", column, sign, value))
            # Nothing is no date, but it is a number.
            has_none = name == "engagement_count" and HOLDS[operator](0, value)
        else:
            return NotImplemented
        if has_none:
            tests.append(lambda column: SQL("%s IS NULL", column))
        return Domain.custom(
            to_sql=lambda _model, alias, query: SQL(
                "(%s)",
                SQL(" OR ").join(
                    test(self._engagement_column(alias, name, query)) for test in tests
                ),
            )
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        if (
            field_expr not in SORTABLE
            or query is None
            or not self._engagement_is_added_up()
        ):
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        return self._engagement_column(alias, field_expr, query)

    @api.model
    def _engagement_is_added_up(self) -> bool:
        """Whether who may read a record of this model may know what was added up, but
        for a few records.
        """
        if not self._engagement_on_record() or (
            # What is readable besides what the rules say, the model itself knows.
            type(self)._search is not BaseModel._search
        ):
            return False
        if not self.env.su:
            engagements = self.env["email.engagement"]
            rule = self.env["ir.rule"]._compute_domain(engagements._name, "read")
            companies = Domain("company_id", "in", [*self.env.companies.ids, False])
            if rule != companies.optimize(engagements):
                return False
            if engagements._has_message_rules(self._name):
                return False
        return len(self._engagement_apart()) <= MANY

    @api.model
    def _engagement_on_record(self) -> bool:
        """Whether the figures are about the emails written on a record."""
        return True

    @api.model
    def _engagement_apart(self) -> list[int]:
        """Ids of the records whose emails have to be read, more than ``MANY`` not all.
        Asked once in a transaction, unless something changes in it.
        """
        known = self.env.cr.cache.setdefault(APART, {})
        key = (self._name, self.env.su)
        if key not in known:
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT res_id FROM email_engagement_record_touch WHERE model = %s
                     UNION
                    SELECT res_id FROM email_engagement_record
                     WHERE is_mixed AND model = %s AND %s
                     LIMIT %s
                    """,
                    self._name,
                    self._name,
                    not self.env.su,  # who reads all
                    MANY + 1,
                )
            )
            known[key] = sorted(id_ for (id_,) in rows)
        return known[key]

    @api.model
    def _engagement_column(self, alias, name, query) -> SQL:
        """What was added up, joined to a query of records: no more than one row for
        each, none if the user knows of no email.

        A condition that it meets lets PostgreSQL begin with it, in the order of an
        index: the first page of many records, and no more, is read.
        """
        joined = query.make_alias(alias, "engagement_added_up")
        if joined not in query._joins:
            condition = SQL(
                "%s = %s AND %s = %s AND %s",
                *(SQL.identifier(joined, "model"), self._name),
                *(SQL.identifier(joined, "res_id"), SQL.identifier(alias, "id")),
                self._engagement_may_know(alias, joined, query),
            )
            table = self._engagement_records()
            query.add_join("LEFT JOIN", joined, table, condition)
        return SQL.identifier(joined, COLUMNS[name][0])

    @api.model
    def _engagement_records(self) -> SQL:
        """What was added up, and what had to be read."""
        apart = self._engagement_apart()
        if not apart:
            return SQL.identifier("email_engagement_record")
        rows = self._engagement_read(apart)
        names = [SQL.identifier(name) for name, _type in COLUMNS.values()]
        return SQL(
            """
            (SELECT model, res_id, %(names)s, company_id, FALSE AS is_read
               FROM email_engagement_record
              UNION ALL
             SELECT %(model)s::varchar, res_id, %(names)s, NULL, TRUE
               FROM unnest(%(ids)s::int[], %(arrays)s) email (res_id, %(names)s))
            """,
            model=self._name,
            names=SQL(", ").join(names),
            ids=[row["record_id"] for row in rows],
            arrays=SQL(", ").join(
                SQL("%s::%s[]", [row[name] for row in rows], type_)
                for name, (_column, type_) in COLUMNS.items()
            ),
        )

    @api.model
    def _engagement_may_know(self, alias, joined, query) -> SQL:
        """The condition for what was added up: the user may read the record, as a
        query that bypasses access does not ask, and emails of this company.
        """
        if self.env.su:
            may_read, may_know = SQL("TRUE"), SQL("TRUE")
        else:
            # sudo: as Odoo itself applies rules, which may ask for what is hidden.
            self_sudo = self.sudo().with_context(active_test=False)
            rules = self.env["ir.rule"]._compute_domain(self._name, "read")
            rules = rules.optimize_full(self_sudo)
            may_read = SQL("TRUE")
            if not rules.is_true():
                may_read = rules._to_sql(self_sudo, alias, query)
            company = SQL.identifier(joined, "company_id")
            companies = self.env.companies.ids
            may_know = SQL("(%s IS NULL OR %s = ANY(%s))", company, company, companies)
        if apart := self._engagement_apart():
            return SQL(
                "(%s OR (%s AND %s AND %s <> ALL(%s)))",
                SQL.identifier(joined, "is_read"),
                may_read,
                may_know,
                SQL.identifier(joined, "res_id"),
                apart,
            )
        return SQL("%s AND %s", may_read, may_know)
