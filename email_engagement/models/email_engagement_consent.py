import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.mail import email_normalize

from ..tools.policy import GRANTED, KINDS, REFUSED, UNKNOWN

KIND = [("opens", "Opens"), ("clicks", "Clicks and files")]
STATE = [(UNKNOWN, "Not asked"), (GRANTED, "Granted"), (REFUSED, "Refused")]
HOW = [
    ("page", "By the recipient, on the page linked in an email"),
    ("portal", "By the recipient, in the portal"),
    ("user", "Entered by a user"),
    ("import", "Imported"),
    ("erasure", "Data deleted"),
]


def _name_of(row) -> str:
    return row.partner_id.display_name or row.email or row.env._("Deleted address")


class EmailEngagementPreference(models.Model):
    """What a contact, or an address, has decided: the state that holds now.

    A row is about one kind (opens, clicks) and either a contact or an address, and
    holds for one company, or without one for all of them; the company's own row goes
    before. Written by ``email.engagement.consent`` and by nothing else.

    An address is found by its keyed hash (``email_key``). After "delete my data" the
    address is gone and the hash stays, so that a refusal outlives the deletion.
    """

    _name = "email.engagement.preference"
    _description = "Current Choice About Following Emails"
    _order = "date desc, id desc"
    _rec_name = "email"

    partner_id = fields.Many2one(
        "res.partner", "Contact", ondelete="cascade", readonly=True, index=False
    )
    email = fields.Char("Address", readonly=True)
    email_key = fields.Char(
        readonly=True, groups="email_engagement.group_administrator"
    )
    company_id = fields.Many2one(
        "res.company", ondelete="cascade", readonly=True, help="Empty: all companies."
    )
    kind = fields.Selection(KIND, required=True, readonly=True)
    state = fields.Selection(STATE, required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)

    _email_unique = models.UniqueIndex(
        "(email_key, kind, (COALESCE(company_id, 0))) WHERE email_key IS NOT NULL"
    )
    _partner_unique = models.UniqueIndex(
        "(partner_id, kind, (COALESCE(company_id, 0))) WHERE partner_id IS NOT NULL"
    )
    _subject_check = models.Constraint(
        "CHECK (num_nonnulls(partner_id, email_key) = 1)",
        "A choice is about a contact or about an address.",
    )

    @api.depends_context("lang")
    @api.depends("partner_id", "email")
    def _compute_display_name(self):
        for preference in self:
            preference.display_name = _name_of(preference)

    @api.model
    def _upsert(self, subjects, kinds: dict, company, date):
        """Set the state of some subjects: one statement.

        :param subjects: (partner id or None, address or None, key or None) each
        :param kinds: {kind: state}
        :param company: empty for all companies; then choices that were made for
            one company only are dropped

        Not by the ORM: two requests may do it at once.
        """
        if not subjects or not kinds:
            return
        partner_ids = [partner_id for partner_id, _email, _key in subjects]
        keys = [key for _partner_id, _email, key in subjects]
        if not company:
            self.search(
                [
                    ("kind", "in", list(kinds)),
                    ("company_id", "!=", False),
                    "|",
                    ("partner_id", "in", [id_ for id_ in partner_ids if id_]),
                    ("email_key", "in", [key for key in keys if key]),
                ]
            ).unlink()
        values = SQL(
            """
            SELECT subject.*, %s::int, kind.*, %s::timestamp, %s::int,
                   now() AT TIME ZONE 'UTC'
              FROM unnest(%s::int[], %s::varchar[], %s::varchar[])
                   AS subject (partner_id, email, email_key)
             CROSS JOIN unnest(%s::varchar[], %s::varchar[]) AS kind (kind, state)
            """,
            company.id or None,
            date,
            self.env.uid,
            partner_ids,
            [email for _partner_id, email, _key in subjects],
            keys,
            list(kinds),
            list(kinds.values()),
        )
        for column in ("partner_id", "email_key"):
            column = SQL.identifier(column)
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO email_engagement_preference AS old
                           (partner_id, email, email_key, company_id, kind, state,
                            date, create_uid, create_date)
                    SELECT * FROM (%(values)s) AS new (
                            partner_id, email, email_key, company_id, kind, state,
                            date, create_uid, create_date)
                     WHERE new.%(column)s IS NOT NULL
                        ON CONFLICT (%(column)s, kind, COALESCE(company_id, 0))
                     WHERE %(column)s IS NOT NULL
                        DO UPDATE SET state = EXCLUDED.state, date = EXCLUDED.date,
                           email = COALESCE(EXCLUDED.email, old.email)
                 RETURNING id
                    """,
                    values=values,
                    column=column,
                )
            )
        self.invalidate_model()


class EmailEngagementWording(models.Model):
    """A text that somebody has agreed to, or refused: kept as it was shown."""

    _name = "email.engagement.wording"
    _description = "Wording of a Question About Following Emails"
    _order = "id desc"
    _rec_name = "version"

    version = fields.Char(required=True, readonly=True)
    lang = fields.Char("Language", readonly=True)
    text = fields.Text(required=True, readonly=True)

    _version_unique = models.UniqueIndex("(version)")

    @api.model
    def _version_of(self, text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @api.model
    def _get(self, text: str, lang: str):
        """The record of a text, made when somebody first decides about it."""
        version = self._version_of(text)
        wording = self.search([("version", "=", version)], limit=1)
        return wording or self.create({"version": version, "lang": lang, "text": text})


class EmailEngagementConsent(models.Model):
    """The log of what was decided: append-only, one row per kind and decision."""

    _name = "email.engagement.consent"
    _description = "Decision About Following Emails"
    _order = "date desc, id desc"
    _rec_name = "email"

    date = fields.Datetime(required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        ondelete="set null",
        readonly=True,
        index="btree_not_null",
    )
    email = fields.Char("Address", readonly=True)
    email_key = fields.Char(readonly=True, index="btree_not_null")
    # Cascade: without its company a decision would read as one for all.
    company_id = fields.Many2one(
        "res.company", ondelete="cascade", readonly=True, help="Empty: all companies."
    )
    kind = fields.Selection(KIND, required=True, readonly=True)
    state = fields.Selection(STATE, required=True, readonly=True)
    how = fields.Selection(HOW, required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Entered By", ondelete="set null", readonly=True
    )
    reason = fields.Char(readonly=True)
    wording_id = fields.Many2one(
        "email.engagement.wording", ondelete="restrict", readonly=True
    )
    wording_text = fields.Text(related="wording_id.text")
    engagement_id = fields.Many2one(
        "email.engagement",
        "In the Email",
        ondelete="set null",
        readonly=True,
        index="btree_not_null",
        help="The email in which the recipient followed the link to the page.",
    )

    def write(self, vals):
        if vals:
            raise UserError(self.env._("What was decided is never changed afterwards."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was decided is never deleted afterwards."))

    @api.depends_context("lang")
    @api.depends("partner_id", "email")
    def _compute_display_name(self):
        for consent in self:
            consent.display_name = _name_of(consent)

    # ------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------

    @api.model
    def _decide(
        self,
        kinds: dict[str, str],
        how: str,
        *,
        partners=None,
        emails=(),
        only_emails: bool = False,
        company=None,
        reason: str = "",
        wording=None,
        engagement=None,
    ):
        """Write a decision down and have it hold, also for emails already sent.

        Each contact is meant together with its address: the decision outlives a
        second contact with the same address and a change of the address.

        :param kinds: {"opens" or "clicks": state}
        :param how: see ``HOW``
        :param only_emails: the contacts' own addresses are not meant, only ``emails``:
            a contact with a login can enter somebody else's
        :param company: the company it is about, empty for all
        :return: the rows of the log
        """
        partners = partners if partners is not None else self.env["res.partner"]
        company = company or self.env["res.company"]
        kinds = {kind: kinds[kind] for kind in KINDS if kind in kinds}
        now = fields.Datetime.now()
        key_of = self.env["email.engagement.policy"]._email_key
        addresses = dict.fromkeys(filter(None, map(email_normalize, emails)))
        rows = []
        for partner in partners:
            email = (
                next(iter(addresses), None) if only_emails else partner.email_normalized
            ) or None
            rows.append((partner.id, email, email and key_of(email)))
            addresses.pop(email, None)
        rows += [(None, email, key_of(email)) for email in addresses]
        subjects = [(partner_id, None, None) for partner_id, _e, _k in rows]
        subjects += [(None, email, key) for _id, email, key in rows]
        subjects = [row for row in dict.fromkeys(subjects) if row[0] or row[2]]
        self.env["email.engagement.preference"]._upsert(subjects, kinds, company, now)
        log = self.create(
            [
                {
                    "date": now,
                    "partner_id": partner_id,
                    "email": email,
                    "email_key": key,
                    "company_id": company.id,
                    "kind": kind,
                    "state": state,
                    "how": how,
                    "user_id": self.env.uid if how in ("user", "import") else False,
                    "reason": reason,
                    "wording_id": wording.id if wording else False,
                    "engagement_id": engagement.id if engagement else False,
                }
                for partner_id, email, key in rows
                for kind, state in kinds.items()
            ]
        )
        self.env["email.engagement.policy"]._apply_to_sent(
            partners.ids, [email for _id, email, _key in rows if email]
        )
        partners.invalidate_recordset(
            ["engagement_consent", "engagement_consent_clicks"], flush=False
        )
        return log
