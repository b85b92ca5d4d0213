from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.policy import GRANTED, REFUSED, UNKNOWN
from .email_engagement_consent import STATE
from .email_engagement_permission import followed_text

# Not a value that a client can put into a context.
MERGING = object()


def _consent(kind: str, string: str, help_: str) -> fields.Selection:
    """The state of one kind. Not stored on the contact: it is also that of the
    address, which other contacts may share, and differs by company.
    """
    return fields.Selection(
        STATE,
        string,
        compute="_compute_engagement_consents",
        inverse=f"_inverse_engagement_consent_{kind}",
        search=lambda self, operator, value: self._search_engagement_consent(
            kind, operator, value
        ),
        groups="base.group_user",
        help=help_,
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    engagement_consent = _consent(
        "opens",
        "Following Opens",
        "What this contact has decided about being followed: whether and when emails "
        "are opened.",
    )
    engagement_consent_clicks = _consent(
        "clicks",
        "Following Clicks",
        "What this contact has decided about being followed: which links and files "
        "are opened.",
    )

    @api.depends("email_normalized")
    @api.depends_context("company")
    def _compute_engagement_consents(self):
        subjects = [
            (partner._origin.id, list(filter(None, [partner.email_normalized])))
            for partner in self
        ]
        states = self.env["email.engagement.policy"]._states(subjects, self.env.company)
        for partner, state in zip(self, states, strict=True):
            partner.engagement_consent = state["opens"]
            partner.engagement_consent_clicks = state["clicks"]

    def _inverse_engagement_consent_opens(self):
        self._inverse_engagement_consent("opens", "engagement_consent")

    def _inverse_engagement_consent_clicks(self):
        self._inverse_engagement_consent("clicks", "engagement_consent_clicks")

    def _inverse_engagement_consent(self, kind, name):
        by_state = self.grouped(lambda partner: partner[name] or UNKNOWN)
        how = "import" if self.env.context.get("import_file") else "user"
        for state, partners in by_state.items():
            partners._engagement_decide({kind: state}, how)

    def _engagement_decide(self, kinds: dict[str, str], how="user", reason=""):
        """Write down what contacts have decided, for the current company.

        :raise AccessError: the user may not change the contact
        """
        self.check_access("write")
        # sudo: users have no access to the log; who may write a contact may enter
        # what it has decided, and is written down as who did.
        self.env["email.engagement.consent"].sudo()._decide(
            kinds, how, partners=self, company=self.env.company, reason=reason
        )

    def _search_engagement_consent(self, kind, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain.FALSE
        forgotten = self._engagement_forgotten()
        decided = {
            state: self._engagement_decided_domain(kind, state, forgotten)
            for state in (GRANTED, REFUSED)
        }
        if REFUSED in value:
            domain |= decided[REFUSED]
        if GRANTED in value:
            domain |= decided[GRANTED] & ~decided[REFUSED]
        if UNKNOWN in value:
            domain |= ~decided[GRANTED] & ~decided[REFUSED]
        return domain

    @api.model
    def _engagement_decided_domain(self, kind, state, forgotten) -> Domain:
        """Contacts with a choice of this state, of their own or of their address.

        :param forgotten: see ``_engagement_forgotten``
        """
        chosen = SQL(
            """
            SELECT * FROM (
                SELECT DISTINCT ON (partner_id, email_key)
                       partner_id, email_key, email, state
                  FROM email_engagement_preference
                 WHERE kind = %s AND (company_id IS NULL OR company_id = %s)
                 ORDER BY partner_id, email_key, company_id NULLS LAST
            ) choice WHERE state = %s
            """,
            kind,
            self.env.company.id,
            state,
        )
        return Domain(
            "id",
            "in",
            SQL(
                """
                WITH choice AS (%s)
                SELECT partner_id FROM choice WHERE partner_id IS NOT NULL
                 UNION
                SELECT partner.id FROM choice
                  LEFT JOIN unnest(%s::varchar[], %s::varchar[])
                            AS forgotten (email_key, email) USING (email_key)
                  JOIN res_partner partner
                    ON partner.email_normalized
                       = COALESCE(choice.email, forgotten.email)
                """,
                chosen,
                list(forgotten),
                list(forgotten.values()),
            ),
        )

    @api.model
    def _engagement_forgotten(self) -> dict[str, str]:
        """The addresses of contacts whose choices were left without an address when
        somebody asked for deletion, by their keyed hash. All contacts' addresses have
        to be hashed to know, by the server: the key is not for PostgreSQL's log.
        """
        # sudo: choices are readable by administrators only, and nobody learns of them
        # but whose they are.
        preferences_sudo = self.env["email.engagement.preference"].sudo()
        left = preferences_sudo.search(
            [("email_key", "!=", False), ("email", "=", False)]
        )
        if not left:
            return {}
        self.env["res.partner"].flush_model(["email_normalized"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT email_normalized FROM res_partner
                 WHERE email_normalized IS NOT NULL
                """
            )
        )
        keys = self.env["email.engagement.policy"]._email_keys(
            email for (email,) in rows
        )
        wanted = set(left.mapped("email_key"))
        return {key: email for email, key in keys.items() if key in wanted}

    @api.readonly
    def engagement_preferences(self) -> list[dict]:
        """Who of these recipients would be followed, for the composers.

        :return: one dict per recipient outside of the company: id, name, followed
            (``all``, ``opens``, ``clicks``, ``none``), reason (text, or False)
        """
        self.check_access("read")
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only users may see this."))
        outside = self.filtered("partner_share")
        engagement = self.env["email.engagement"].new(
            {"company_id": self.env.company.id}
        )
        copies = [
            (partner, list(filter(None, [partner.email_normalized])))
            for partner in outside
        ]
        trace = self.env["email.engagement.trace"]
        reasons = dict(
            trace._fields["not_followed_reason"]._description_selection(self.env)
        )
        return [
            {
                "id": partner.id,
                "name": partner.display_name,
                "followed": values["followed"],
                "reason": reasons.get(values["not_followed_reason"], False),
            }
            for partner, _emails, values in engagement._permitted_copies(copies)
        ]

    @api.readonly
    def engagement_followed_for(self) -> dict | bool:
        """For how many of these recipients an email would be followed, for the
        composers: ``followed`` (wholly), ``total`` and a ``text``; False where it is
        for all.
        """
        # Whom the writer may not read, he learns nothing about here.
        preferences = self._filtered_access("read").engagement_preferences()
        apart = [row["followed"] for row in preferences if row["reason"]]
        total = len(preferences)
        return bool(apart) and {
            "followed": total - len(apart),
            "total": total,
            "text": followed_text(self.env, total=total, apart=apart),
        }

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_engagement_consent(self):
        """Enter what a contact has decided."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Email Privacy of %s", self.display_name),
            "res_model": "email.engagement.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id},
        }

    def action_engagement_history(self):
        """What a contact has decided, and when (administrators)."""
        self.ensure_one()
        key_of = self.env["email.engagement.policy"]._email_key
        keys = [key_of(email) for email in filter(None, [self.email_normalized])]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decisions of %s", self.display_name),
            "res_model": "email.engagement.consent",
            "view_mode": "list,form",
            "domain": ["|", ("partner_id", "=", self.id), ("email_key", "in", keys)],
        }

    def action_engagement_export(self):
        """All that the current company knows about a contact, as a file
        (administrators).
        """
        self.ensure_one()
        self._check_engagement_administrator("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/email_engagement/data/{self.env.company.id}/{self.id}.json",
            "target": "download",
        }

    def action_engagement_erase(self):
        """Forget all that is known about contacts, and do not follow them again
        (administrators).
        """
        self._check_engagement_administrator("write")
        # sudo: nobody else can change what is recorded.
        privacy_sudo = self.env["email.engagement.privacy"].sudo()
        privacy_sudo._erase(self, privacy_sudo._addresses_of(self))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "What was known about their emails is deleted. Totals stay, and "
                    "they are not followed again."
                ),
            },
        }

    def _check_engagement_administrator(self, operation):
        self.check_access(operation)
        self.env["email.engagement"]._check_administrator()

    def unlink(self):
        """A contact that goes takes along what is known about it; totals stay."""
        self._engagement_forget()
        return super().unlink()

    def _engagement_forget(self):
        # Who is merged into another contact is that one from now on.
        if not self.ids or self.env.context.get("engagement_merging") is MERGING:
            return
        self.check_access("unlink")
        emails = set(filter(None, self.mapped("email_normalized")))
        # sudo: another contact may be closed to the user, and has the address anyway.
        others_sudo = self.sudo().with_context(active_test=False)
        others_sudo = others_sudo.search(
            [("email_normalized", "in", list(emails)), ("id", "not in", self.ids)]
        )
        emails -= set(others_sudo.mapped("email_normalized"))
        # sudo: nobody can change what is recorded.
        privacy_sudo = self.env["email.engagement.privacy"].sudo()
        # Anybody's address can be entered on a contact: it is this one's where emails
        # to it went there.
        traces_sudo = privacy_sudo._traces_of(self, ())
        emails &= set(privacy_sudo._own_addresses(traces_sudo))
        privacy_sudo._erase(self, emails, refuse=False)
