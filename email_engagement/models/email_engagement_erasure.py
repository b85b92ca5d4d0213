import re
from urllib.parse import quote

from odoo import api, models
from odoo.tools import SQL

from ..tools.policy import KINDS, REFUSED

# What replaces an address in a text that is kept.
GONE = "…"
# Where an address begins and ends, for PostgreSQL: within joanna@x.com and
# anna@x.com.au there is no anna@x.com. In a URL it may follow an encoded character.
BEFORE = r"(?:(?<![\w.+-])|(?<=%[0-9a-fA-F][0-9a-fA-F]))"
AFTER = r"(?![\w-]|\.\w)"
# Columns of ours with text that people write, in which an address can stand.
TEXTS = (
    ("email_engagement", ("subject", "record_name", "reminder_note")),
    ("email_engagement_event", ("detail",)),
    ("email_engagement_link", ("url", "label")),
    ("email_engagement_trace", ("failure_reason",)),
    ("email_engagement_consent", ("reason",)),
)


class EmailEngagementPrivacy(models.AbstractModel):
    """Forgetting a person."""

    _inherit = "email.engagement.privacy"

    @api.model
    def _erase(
        self, partners, addresses, *, refuse: bool = True, own_only: bool = False
    ):
        """Forget a person, in all companies: what is left are totals.

        Copies lose contact and address, interactions everything but their type, the
        day and whether they count. Decisions lose whom they were about; the keyed
        hash of the address stays, so that what was refused stays refused.

        :param addresses: normalized, see ``_addresses_of``; whoever else has one of
            them is meant as well
        :param refuse: the person asked for it, and is not to be followed again
        :param own_only: the contacts' own copies only, see ``_export``
        """
        addresses = list(addresses)
        traces = self._traces_of(partners, () if own_only else addresses)
        if not refuse:
            # By address alone only what is no other contact's: the one that this one
            # was merged into may have its emails by now.
            traces = traces.filtered(
                lambda trace: not trace.partner_id or trace.partner_id in partners
            )
        shared = traces.filtered(
            lambda trace: not trace.partner_id and trace.recipient_count > 1
        )
        engagements = traces.engagement_id
        if refuse:
            self.env["email.engagement.consent"]._decide(
                dict.fromkeys(KINDS, REFUSED),
                "erasure",
                partners=partners,
                emails=addresses,
                only_emails=True,
            )
        written = {*addresses, *self._own_addresses(traces)} if own_only else addresses
        self._leave_shared(shared, addresses)
        self._anonymise(traces - shared)
        self._forget_texts(engagements, written)
        self._forget_names(partners)
        self._forget_decisions(partners, addresses, of_others=refuse and not own_only)
        self.env["email.engagement.reception"]._forget_targets()

    @api.model
    def _leave_shared(self, traces, addresses):
        """Take addresses out of copies that others share. Nobody can tell who of them
        did what, so nothing else in there is about this person.
        """
        for trace in traces:
            left = ", ".join(
                email for email in trace._addresses() if email not in addresses
            )
            trace.write(
                {
                    "email": left or False,
                    "failure_reason": False,
                    "opens_level": 0,
                    "clicks_level": 0,
                }
            )

    @api.model
    def _anonymise(self, traces):
        """Keep nothing of these copies but totals. SQL: there may be many events, and
        the ORM would want to know of each why it changes.
        """
        if not traces:
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                WITH hit AS (
                    DELETE FROM email_engagement_hit WHERE trace_id = ANY(%(ids)s)
                ), request AS (
                    DELETE FROM email_engagement_file_request
                     WHERE trace_id = ANY(%(ids)s)
                ), alert AS (
                    DELETE FROM email_engagement_alert alert
                     USING email_engagement_event event
                     WHERE event.id = alert.event_id
                       AND event.trace_id = ANY(%(ids)s)
                ), event AS (
                    UPDATE email_engagement_event
                       SET date = date_trunc('day', date),
                           last_date = date_trunc('day', last_date),
                           source = NULL, address = NULL, user_agent = NULL,
                           device = 'unknown', client = NULL, os = NULL,
                           country_id = NULL, message_id = NULL, detail = NULL
                     WHERE trace_id = ANY(%(ids)s)
                )
                UPDATE email_engagement_trace
                   SET partner_id = NULL, email = NULL, failure_reason = NULL,
                       not_followed_reason = NULL,
                       sent_date = date_trunc('day', sent_date),
                       opens_level = 0, clicks_level = 0
                 WHERE id = ANY(%(ids)s)
             RETURNING id
                """,
                ids=traces.ids,
            )
        )
        self.env.invalidate_all()
        traces.engagement_id._refresh()

    @api.model
    def _forget_texts(self, engagements, addresses):
        """Take addresses out of subjects, links and notes, however they are written."""
        if not addresses:
            return
        self.env.flush_all()
        written = {
            form
            for email in addresses
            for form in (email, quote(email, safe=""), quote(email, safe="@"))
        }
        forms = "|".join(re.escape(form) for form in sorted(written, key=len)[::-1])
        pattern = f"{BEFORE}(?:{forms}){AFTER}"
        conditions = {
            "email_engagement": SQL("id = ANY(%s)", engagements.ids),
            "email_engagement_event": SQL("engagement_id = ANY(%s)", engagements.ids),
            "email_engagement_link": SQL("engagement_id = ANY(%s)", engagements.ids),
            "email_engagement_trace": SQL("engagement_id = ANY(%s)", engagements.ids),
            "email_engagement_consent": SQL("TRUE"),
        }
        for table, columns in TEXTS:
            for column in map(SQL.identifier, columns):
                self.env.execute_query(
                    SQL(
                        """
                        UPDATE %(table)s
                           SET %(column)s =
                               regexp_replace(%(column)s, %(pattern)s, %(gone)s, 'gi')
                         WHERE %(where)s AND %(column)s ~* %(pattern)s
                     RETURNING id
                        """,
                        table=SQL.identifier(table),
                        column=column,
                        pattern=pattern,
                        gone=GONE,
                        where=conditions[table],
                    )
                )
        self.env.invalidate_all()

    @api.model
    def _forget_names(self, partners):
        """Take contacts' names off the emails that stand on the contacts themselves."""
        engagements = self.env["email.engagement"].search(
            [("model", "=", "res.partner"), ("res_id", "in", partners.ids)]
        )
        engagements.write({"record_name": False})

    @api.model
    def _forget_decisions(self, partners, addresses, *, of_others: bool = True):
        """Take the names off what was decided. SQL: the log is never written to but
        for this.

        :param of_others: also those that name another contact with the same address
        """
        key_of = self.env["email.engagement.policy"]._email_key
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                WITH preference AS (
                    UPDATE email_engagement_preference SET email = NULL
                     WHERE email_key = ANY(%(keys)s)
                )
                UPDATE email_engagement_consent
                   SET email = NULL, partner_id = NULL, engagement_id = NULL
                 WHERE partner_id = ANY(%(partner_ids)s)
                    OR email_key = ANY(%(keys)s) AND (partner_id IS NULL OR %(others)s)
             RETURNING id
                """,
                keys=[key_of(email) for email in addresses],
                partner_ids=partners.ids,
                others=of_others,
            )
        )
        self.env.invalidate_all()
