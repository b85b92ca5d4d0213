from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: From so many readable records on, they are looked up one by one.
MANY = 20_000


class EmailEngagementReadable(models.AbstractModel):
    """Records that may be read by whoever may read the followed message.

    ``_engagement_access_domain`` says who that is, nobody by default. It is added to
    every search, so that counts, groups, exports and searches on related fields see
    the same records as a plain read; ``_check_access`` asks the same domain. It is one
    SQL condition: nothing is filtered after a limit was applied.
    """

    _name = "email.engagement.readable"
    _description = "Readable with the followed message"

    @api.model
    def _engagement_access_domain(self) -> Domain:
        """Domain of the records whose followed message the user may read."""
        return Domain.FALSE

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        bypass_access=False,
        **kwargs,
    ):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._engagement_access_domain()
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self or self.env.su or (result and result[0] == self):
            return result
        allowed_ids = set(self._search([("id", "in", self.ids)]))
        forbidden = self.browse(id_ for id_ in self.ids if id_ not in allowed_ids)
        if not forbidden:
            return result
        if result:
            return (result[0] | forbidden, result[1])
        return (
            forbidden,
            lambda: self.env["ir.rule"]._make_access_error(operation, forbidden),
        )


class EmailEngagementPart(models.AbstractModel):
    """What belongs to one followed email, and is readable with it."""

    _name = "email.engagement.part"
    _inherit = ["email.engagement.readable"]
    _description = "Part of a Followed Email"

    engagement_id = fields.Many2one(
        "email.engagement",
        "Followed Email",
        required=True,
        ondelete="cascade",
        index=True,
    )

    @api.model
    def _engagement_access_domain(self) -> Domain:
        engagements = self.env["email.engagement"]._search([])
        return Domain("engagement_id", "in", engagements)


class EmailEngagementReadableRoot(models.AbstractModel):
    """The condition itself, for ``email.engagement``: see ``mail.message``.

    A message is readable for its author, for those it was sent to, and for those
    who may read the record it stands on (``mail.message._check_access``).

    Managers see the emails of their companies, but for those that are nobody else's
    business (``_engagement_manager_domain``). What they see is what became of them;
    texts and files keep the rights of their messages.
    """

    _name = "email.engagement.readable.root"
    _inherit = ["email.engagement.readable"]
    _description = "Readable with its own message"

    @api.model
    def _engagement_access_domain(self) -> Domain:
        if not self._engagement_is_manager():
            return self._engagement_message_domain()
        # The shorter condition first: the other one is then seldom asked.
        return self._engagement_manager_domain() | self._engagement_message_domain()

    @api.model
    def _engagement_is_manager(self) -> bool:
        return self.env.user.has_group("email_engagement.group_manager")

    @api.model
    def _engagement_manager_domain(self) -> Domain:
        """What managers see beyond the messages that they may read: emails on no
        record, or on any record of a model that they have access to at all. Not
        emails for their recipients only, and not those of models with rules of their
        own about messages, such as private meetings, or about people.
        """
        model_names = [
            name
            for name in self._engagement_models()
            if self.env[name].has_access("read")
            and not self._has_message_rules(name)
            and not self._engagement_is_personal(name)
        ]
        return Domain("is_private", "=", False) & Domain(
            "model", "in", [*model_names, False]
        )

    @api.model
    def _engagement_is_personal(self, model_name: str) -> bool:
        """Hook: whether records of a model are each about one person. Access to the
        model says nothing then, since everybody has it for his own: all of human
        resources, such as leaves, expenses and appraisals.
        """
        return model_name.startswith("hr.")

    def _engagement_with_text(self):
        """Those of ``self``, which the user may read, whose message he may read as
        well. Asked of the database for managers only: for others it is the same.
        """
        if self.env.su or not self or not self._engagement_is_manager():
            return self
        return self.search(
            Domain("id", "in", self.ids) & self._engagement_message_domain()
        )

    @api.model
    def _engagement_message_domain(self) -> Domain:
        """Engagements of messages that the user may read."""
        partner = self.env.user.partner_id
        access = Domain("author_id", "=", partner.id) | Domain(
            "create_uid", "=", self.env.uid
        )
        for model_name in self._engagement_models():
            access |= self._engagement_document_domain(model_name)
        return access | self._engagement_notified_domain(partner)

    @api.model
    def _engagement_notified_domain(self, partner) -> Domain:
        """Engagements of messages that were sent to a partner."""
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                """
                (EXISTS (SELECT FROM mail_notification
                          WHERE mail_message_id = %(message)s
                            AND res_partner_id = %(partner)s)
                 OR EXISTS (SELECT FROM mail_message_res_partner_rel
                             WHERE mail_message_id = %(message)s
                               AND res_partner_id = %(partner)s))
                """,
                message=model._field_to_sql(alias, "message_id", query),
                partner=partner.id,
            )
        )

    @api.model
    def _engagement_models(self) -> list[str]:
        """Names of the models with followed emails, by a loose index scan: the
        few distinct values are read without reading a million rows.
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE name AS (
                    (SELECT model FROM email_engagement
                      WHERE model IS NOT NULL ORDER BY model LIMIT 1)
                    UNION ALL
                    SELECT (SELECT e.model FROM email_engagement e
                             WHERE e.model > name.model ORDER BY e.model LIMIT 1)
                      FROM name
                     WHERE name.model IS NOT NULL
                )
                SELECT model FROM name WHERE model IS NOT NULL
                """
            )
        )
        return [model_name for (model_name,) in rows if model_name in self.env]

    @api.model
    def _engagement_document_domain(self, model_name: str) -> Domain:
        """Engagements on those records of ``model_name`` that the user may read,
        as far as reading the record lets one read its messages.
        """
        records = self.env[model_name]
        if not records.has_access("read"):
            return Domain.FALSE
        if self._has_message_rules(model_name):
            return self._engagement_checked_domain(model_name)
        return self._engagement_in_domain(model_name, Domain.TRUE)

    @api.model
    def _engagement_in_domain(self, model_name: str, domain: Domain) -> Domain:
        """Engagements on the records that the user may read and that meet ``domain``.

        ``OFFSET 0`` has PostgreSQL look up the record of each email that comes into
        question. Without it, it likes to read all readable records first: right for
        who may read few of them, but not for hundreds of thousands and a page of 80.
        """
        records = self.env[model_name].with_context(active_test=False)
        readable = records._search(domain)
        if readable.is_empty():
            return Domain.FALSE
        one_by_one = SQL("OFFSET 0") if self._engagement_is_many(readable) else SQL()
        in_readable = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "EXISTS (SELECT FROM (%s) readable WHERE readable.id = %s %s)",
                readable.select(),
                model._field_to_sql(alias, "res_id", query),
                one_by_one,
            ),
        )
        return (
            Domain("model", "=", model_name)
            & Domain("is_private", "=", False)
            & in_readable
        )

    @api.model
    def _engagement_is_many(self, readable) -> bool:
        """Whether a query finds more records than are quickly read, as far as
        PostgreSQL knows without looking. Asked once in a transaction.
        """
        select = readable.select()
        known = self.env.cr.cache.setdefault("engagement_is_many", {})
        key = (select.code, *map(str, select.params))
        if key not in known:
            [[plan]] = self.env.execute_query(SQL("EXPLAIN (FORMAT JSON) %s", select))
            known[key] = plan[0]["Plan"]["Plan Rows"] > MANY
        return known[key]

    @api.model
    def _engagement_checked_domain(self, model_name: str) -> Domain:
        """The same for models with rules of their own about their messages."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT res_id FROM email_engagement WHERE model = %s",
                model_name,
            )
        )
        allowed = self.env["mail.message"]._filter_records_for_message_operation(
            model_name, [res_id for (res_id,) in rows if res_id], "read"
        )
        return (
            Domain("model", "=", model_name)
            & Domain("is_private", "=", False)
            & Domain("res_id", "in", allowed.ids)
        )
