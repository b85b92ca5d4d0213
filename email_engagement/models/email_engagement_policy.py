import hmac
import secrets
from collections import defaultdict

from odoo import api, fields, models, tools
from odoo.tools import SQL

from ..tools import policy as rules

ADDRESS_KEY_PARAMETER = "email_engagement.address_key"
POLICY = [
    ("off", "Off: nothing is followed"),
    ("anonymous", "Anonymous: totals only, without persons"),
    ("consent", "Only with consent"),
    ("unless_refused", "Unless refused"),
]
NOT_FOLLOWED = [
    ("refused", "Refused by the recipient"),
    ("no_consent", "No consent was given"),
    ("country", "Not followed in the recipient's country"),
    ("off", "Switched off by the company"),
]
# Levels of a copy, by what the client asks for.
LEVELS = {
    "open": "opens_level",
    "image": "opens_level",
    "click": "clicks_level",
    "attachment": "clicks_level",
}


class EmailEngagementPolicyCountry(models.Model):
    """Another policy for recipients in one country."""

    _name = "email.engagement.policy.country"
    _description = "Policy for Recipients in a Country"
    _order = "company_id, country_id"
    _rec_name = "country_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    country_id = fields.Many2one("res.country", required=True, ondelete="cascade")
    policy = fields.Selection(POLICY, required=True, default="consent")
    advice = fields.Char("What We Know", compute="_compute_advice")

    _country_unique = models.Constraint(
        "UNIQUE (company_id, country_id)", "There is already a policy for this country."
    )

    @api.depends_context("lang")
    @api.depends("country_id")
    def _compute_advice(self):
        for exception in self:
            exception.advice = exception.country_id.engagement_advice


class EmailEngagementPolicy(models.AbstractModel):
    """Decides of whom what may be recorded: when an email is sent, and again
    whenever something comes in.
    """

    _name = "email.engagement.policy"
    _description = "Who May Be Followed"

    # ------------------------------------------------------------
    # People
    # ------------------------------------------------------------

    @api.model
    def _email_key(self, email: str) -> str:
        return self._email_keys([email])[email]

    @api.model
    def _email_keys(self, emails) -> dict[str, str]:
        """Keyed hashes of normalized addresses."""
        key = self._address_key().encode()
        return {
            email: hmac.digest(key, email.lower().encode(), "sha256").hex()
            for email in emails
        }

    @api.model
    def _address_key(self) -> str:
        """Not the tokens' secret, which may be rotated: what was refused must be
        found for ever.
        """
        # sudo: readable by administrators only; it does not leave the server.
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        key = parameters_sudo.get_param(ADDRESS_KEY_PARAMETER)
        if not key:
            key = secrets.token_urlsafe(32)
            parameters_sudo.set_param(ADDRESS_KEY_PARAMETER, key)
        return key

    @api.model
    def _states(self, subjects, company) -> list[dict[str, str]]:
        """The states of some people, by kind: one statement for any number.

        :param subjects: (partner id or None, normalized addresses) each; several
            addresses without a partner are several people with one copy
        """
        keys = self._email_keys(
            {email for _partner_id, emails in subjects for email in emails}
        )
        # sudo: what was decided is readable by administrators only.
        preferences_sudo = self.env["email.engagement.preference"].sudo()
        rows = preferences_sudo.search_fetch(
            [
                ("company_id", "in", [company.id, False]),
                "|",
                ("partner_id", "in", [id_ for id_, _emails in subjects if id_]),
                ("email_key", "in", list(keys.values())),
            ],
            ["partner_id", "email_key", "company_id", "kind", "state"],
        )
        known = {}
        # A company's own row goes before that of all companies.
        for row in rows.sorted(lambda row: bool(row.company_id)):
            known[row.partner_id.id or row.email_key, row.kind] = row.state
        result = []
        for partner_id, emails in subjects:
            of_kind = {}
            for kind in rules.KINDS:
                states = [
                    known.get((keys[email], kind), rules.UNKNOWN) for email in emails
                ]
                if partner_id:
                    own = known.get((partner_id, kind), rules.UNKNOWN)
                    of_kind[kind] = rules.combine([own, *states])
                else:
                    of_kind[kind] = rules.combine_shared(states)
            result.append(of_kind)
        return result

    @api.model
    def _permissions(self, copies, company) -> list[rules.Permission]:
        """What may be recorded of each of some copies, if they were sent now.

        :param copies: (partner, normalized addresses) each, see
            ``mail.mail._engagement_copies``
        """
        # sudo: the sender need not be able to read settings or other companies'
        # contacts; only the outcome is used.
        company_sudo = company.sudo()
        subjects = [(partner.id or None, emails) for partner, emails in copies]
        countries = self._country_policies(company_sudo, subjects)
        states = self._states(subjects, company_sudo)
        switches = {
            "opens": company_sudo.engagement_policy_opens,
            "clicks": company_sudo.engagement_policy_clicks,
        }
        return [
            rules.permit(
                company_sudo.engagement_policy or rules.UNLESS_REFUSED,
                countries.get(partner_id),
                consents,
                switches,
            )
            for (partner_id, _emails), consents in zip(subjects, states, strict=True)
        ]

    @api.model
    def _country_policies(self, company, subjects) -> dict[int, str]:
        """The policies by partner, of those in a country that has its own."""
        # sudo: as above.
        policies = {
            row.country_id: row.policy for row in company.sudo().engagement_country_ids
        }
        if not policies:
            return {}
        partners_sudo = self.env["res.partner"].sudo()
        partners_sudo = partners_sudo.browse([id_ for id_, _emails in subjects if id_])
        return {
            partner.id: policies[partner.country_id]
            for partner in partners_sudo
            if partner.country_id in policies
        }

    # ------------------------------------------------------------
    # Emails that are already sent
    # ------------------------------------------------------------

    @api.model
    def _apply_to_sent(self, partner_ids, emails):
        """Bring the levels of the copies that some people got up to date."""
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT trace.id, trace.partner_id, trace.email, trace.opens_level,
                       trace.clicks_level, engagement.company_id
                  FROM email_engagement_trace trace
                  JOIN email_engagement engagement
                    ON engagement.id = trace.engagement_id
                 WHERE NOT trace.is_anonymous IS TRUE
                   AND NOT %s
                   AND NOT engagement.is_closed IS TRUE
                   AND (trace.partner_id = ANY(%s) OR %s)
                """,
                self._left_sql(),
                list(partner_ids),
                self._addressed_sql(emails),
            )
        )
        self._set_levels(rows)

    @api.model
    def _left_sql(self) -> SQL:
        """Condition on ``trace``: somebody was taken out of it, see
        ``email.engagement.trace._was_left``. What it had is kept: those who are still
        in it cannot agree for the one who left.
        """
        return SQL(
            """(
                trace.partner_id IS NULL
                AND trace.recipient_count
                    > cardinality(string_to_array(COALESCE(trace.email, ''), ', '))
            )"""
        )

    @api.model
    def _addressed_sql(self, emails) -> SQL:
        """Condition on ``trace``: one of these addresses is among its own."""
        return SQL("string_to_array(trace.email, ', ') && %s::text[]", list(emails))

    @api.model
    def _set_levels(self, rows: list[dict]):
        """Set the levels of traces anew: one statement to write them.

        :param rows: id, partner_id, email, levels and company_id of each trace
        """
        by_company = defaultdict(list)
        for row in rows:
            by_company[row["company_id"]].append(row)
        ids, levels = [], {kind: [] for kind in rules.KINDS}
        for company_id, traces in by_company.items():
            company = self.env["res.company"].browse(company_id or ())
            subjects = [
                (
                    trace["partner_id"],
                    list(filter(None, (trace["email"] or "").split(", "))),
                )
                for trace in traces
            ]
            countries = self._country_policies(company, subjects)
            for trace, states in zip(
                traces, self._states(subjects, company), strict=True
            ):
                ids.append(trace["id"])
                country_policy = countries.get(trace["partner_id"])
                for kind in rules.KINDS:
                    levels[kind].append(
                        rules.level_of_sent(
                            trace[f"{kind}_level"], states[kind], country_policy
                        )
                    )
        if not ids:
            return
        self.env.execute_query(
            SQL(
                """
                UPDATE email_engagement_trace trace
                   SET opens_level = new.opens, clicks_level = new.clicks
                  FROM unnest(%s::int[], %s::int[], %s::int[])
                       AS new (id, opens, clicks)
                 WHERE trace.id = new.id
                   AND (trace.opens_level, trace.clicks_level)
                       IS DISTINCT FROM (new.opens, new.clicks)
             RETURNING trace.id
                """,
                ids,
                levels["opens"],
                levels["clicks"],
            )
        )
        self.env["email.engagement.trace"].invalidate_model(
            ["opens_level", "clicks_level"]
        )

    # ------------------------------------------------------------
    # What comes in
    # ------------------------------------------------------------

    @api.model
    def _recorded_sql(self, kind: str, opt_out: bool = False) -> SQL:
        """Condition on ``trace``: what its recipient does may be written down now.

        :param opt_out: the client sends ``DNT`` or ``Sec-GPC``

        Without exceptions among the companies it looks at the trace alone.
        """
        column = LEVELS[kind]
        level = SQL.identifier("trace", column)
        company = SQL(
            "(SELECT company_id FROM email_engagement WHERE id = trace.engagement_id)"
        )
        condition = SQL("COALESCE(%s, 1) >= %s", level, rules.LEVEL_NOT_REFUSED)
        stricter = self._stricter(column)
        if stricter:
            cases = SQL(" ").join(
                SQL("WHEN %s THEN %s", company_id, required)
                for company_id, required in stricter
            )
            condition = SQL(
                "%s AND COALESCE(%s, 1) >= CASE %s %s ELSE 1 END",
                condition,
                level,
                company,
                cases,
            )
        if opt_out and (companies := self._honouring()):
            condition = SQL(
                "%s AND (%s = ANY(%s)) IS NOT TRUE", condition, company, list(companies)
            )
        return condition

    @api.model
    @tools.ormcache("column")
    def _stricter(self, column: str) -> tuple[tuple[int, int], ...]:
        """The companies whose policy asks for more than the usual level, and which."""
        switch = column.replace("_level", "")
        # sudo: asked by the public routes, whoever comes.
        companies_sudo = self.env["res.company"].sudo()
        companies_sudo = companies_sudo.with_context(active_test=False)
        companies_sudo = companies_sudo.search(
            [
                "|",
                ("engagement_policy", "!=", rules.UNLESS_REFUSED),
                (f"engagement_policy_{switch}", "=", False),
            ]
        )
        required = (
            (
                company.id,
                rules.REQUIRED[company.engagement_policy or rules.UNLESS_REFUSED]
                if company[f"engagement_policy_{switch}"]
                else rules.REQUIRED[rules.OFF],
            )
            for company in companies_sudo
        )
        return tuple(
            (id_, level) for id_, level in required if level > rules.LEVEL_NOT_REFUSED
        )

    @api.model
    @tools.ormcache()
    def _honouring(self) -> tuple[int, ...]:
        """The companies that honour ``DNT`` and ``Sec-GPC``."""
        # sudo: as above.
        companies_sudo = self.env["res.company"].sudo()
        companies_sudo = companies_sudo.with_context(active_test=False)
        domain = [("engagement_honour_opt_out", "=", True)]
        return tuple(companies_sudo.search(domain).ids)
