import ipaddress
from datetime import datetime, timezone

from odoo import api, fields, models, tools
from odoo.fields import Domain
from odoo.tools import SQL

from .email_engagement_link import SERVED

# Longest wait for a lock on the tables of a hit. A reader who clicks must not wait
# for a backup or an ALTER TABLE: the hit goes to the spool and the reader on.
LOCK_TIMEOUT = SQL("SET LOCAL lock_timeout = '1500ms'")
# PostgreSQL brings the commit to the disk within three times its ``wal_writer_delay``,
# 0.6 seconds; only a crash of PostgreSQL or its machine loses what came in since.
NO_WAIT = SQL("SET LOCAL synchronous_commit = off")
# What a column of ids can hold.
ID_MAX = 2**31 - 1


class Slot(str):
    """Stands in a prepared statement for a value that a hit brings along."""

    __slots__ = ()


TRACE_ID = Slot("trace_id")
LINK_ID = Slot("link_id")
REQUEST_COLUMNS = (
    "date",
    "head",
    "user_agent",
    "purpose",
    "language",
    "address",
    "user_id",
    "repeats",
)


class EmailEngagementHit(models.Model):
    """The inbox of the digest: one row per request of a recipient's client.

    Plain columns, no foreign keys, no constraint but the primary key: an INSERT
    here waits for nobody and nobody waits for it. Rows are written by the public
    routes and deleted by the digest.
    """

    _name = "email.engagement.hit"
    _inherit = ["email.engagement.readable"]
    _description = "Raw Request of a Followed Email"
    _log_access = False
    _order = "id"

    kind = fields.Char(help="open, click, attachment or image")
    trace_id = fields.Integer()
    link_id = fields.Integer()
    date = fields.Datetime()
    head = fields.Boolean()
    user_agent = fields.Char()
    purpose = fields.Char(help="Sec-Purpose and its predecessors")
    language = fields.Boolean(help="A language was asked for, as browsers do")
    address = fields.Char("IP Address")
    user_id = fields.Integer("Logged-in User")
    repeats = fields.Integer(
        help="Further requests for the same email that were only counted, because "
        "there were too many of them within a minute."
    )

    @api.model
    def _engagement_access_domain(self) -> Domain:
        """Those of the user's companies. Not by a rule, which finds no other model
        through a plain number.
        """
        # sudo: who reads hits (administrators) reads those of all emails.
        traces_sudo = self.env["email.engagement.trace"].sudo()
        companies = [*self.env.companies.ids, False]
        query = traces_sudo._search([("engagement_id.company_id", "in", companies)])
        return Domain.custom(
            to_sql=lambda model, alias, _query: SQL(
                "%s IN %s", model._field_to_sql(alias, "trace_id"), query.subselect()
            )
        )

    @api.model
    def _record(
        self, kind: str, ids: tuple[int, ...], request: dict, wait: bool = True
    ) -> tuple[str | None, str | None]:
        """Write one hit and look its target up: one statement, one round trip. What
        is not stored (see ``_recorded_sql``) takes a second one.

        No ORM: the public route must neither read nor update anything else. The
        row is only written when trace and link exist and belong together, and when
        the recipient and the company let it be written.

        :param kind: ``open`` with (trace,), otherwise with (trace, link)
        :param request: values of ``request_columns``; with ``opt_out`` the client
            asks not to be followed
        :param wait: have the commit wait for the disk; otherwise a crash of PostgreSQL
            may lose what this transaction has written
        :return: the address to redirect to, '' for what is not a click, and the id
            of the transaction, None when nothing was stored; (None, None) when what the
            token names is gone
        :raise psycopg2.Error: it could not be written
        """
        if max(ids) > ID_MAX:
            return None, None
        values = {"repeats": 0, **request, **_ids(ids)}
        statement = self._record_sql(kind, request.get("opt_out", False), wait)
        # Unlike ``execute_query``, without an error in the log: the caller goes on
        # without the database where it must.
        self.env.cr.execute(*_filled(statement, values), log_exceptions=False)
        return self.env.cr.fetchone() or (self._target(kind, ids), None)

    @api.model
    @tools.ormcache("kind", "opt_out", "wait")
    def _record_sql(self, kind: str, opt_out: bool, wait: bool) -> SQL:
        """The statement of ``_record``, put together once: that takes as long as the
        rest of what Python has to do for a hit.
        """
        # A join or a common table expression would take PostgreSQL half as long again
        # to plan.
        return SQL(
            """
            %(settings)s;
            INSERT INTO email_engagement_hit
                   (kind, trace_id, link_id, date, head, user_agent, purpose,
                    language, address, user_id, repeats)
            SELECT %(kind)s, trace.id, %(link_id)s, %(date)s, %(head)s,
                   %(user_agent)s, %(purpose)s, %(language)s, %(address)s,
                   %(user_id)s, %(repeats)s
              FROM email_engagement_trace trace
             WHERE %(known)s AND %(recorded)s
         RETURNING %(target)s, pg_current_xact_id()::text
            """,
            settings=LOCK_TIMEOUT if wait else SQL("%s; %s", LOCK_TIMEOUT, NO_WAIT),
            known=self._known_sql(kind),
            recorded=self._recorded_sql(kind, opt_out),
            target=self._target_sql(kind),
            kind=kind,
            # Pixel and pictures are one key: which of them it was does not matter.
            link_id=LINK_ID if kind in ("click", "attachment") else None,
            **{name: Slot(name) for name in REQUEST_COLUMNS},
        )

    @api.model
    def _record_surplus(self, kind: str, trace_id: int, count: int):
        """Write one row for requests of a copy that were only counted: an open to
        the digest, which tells them by their ``repeats``, and stored where what they
        really were may be.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO email_engagement_hit
                       (kind, trace_id, date, head, language, repeats)
                SELECT 'open', trace.id, %s, FALSE, TRUE, %s
                  FROM email_engagement_trace trace
                 WHERE trace.id = %s AND %s
                """,
                fields.Datetime.now(),
                count - 1,
                trace_id,
                self._recorded_sql(kind),
            ),
            log_exceptions=False,
        )

    @api.model
    def _target(self, kind: str, ids: tuple[int, ...]) -> str | None:
        """The address of ``_record``, without recording anything."""
        statement = _filled(self._find_sql(kind), _ids(ids))
        self.env.cr.execute(*statement, log_exceptions=False)
        row = self.env.cr.fetchone()
        return row and row[0]

    @api.model
    def _find_sql(self, kind: str) -> SQL:
        return SQL(
            "%s; SELECT %s FROM email_engagement_trace trace WHERE %s",
            LOCK_TIMEOUT,
            self._target_sql(kind),
            self._known_sql(kind),
        )

    # The three parts of the statement; ``trace`` is the recipient's copy in it. What
    # differs from hit to hit is a slot.

    @api.model
    def _known_sql(self, kind: str) -> SQL:
        """Condition under which what the token names is (still) there."""
        if kind == "open":
            return SQL("trace.id = %s", TRACE_ID)
        conditions = {
            "click": SQL("link.url IS NOT NULL"),
            "attachment": SERVED,  # else it was not viewed either
            "image": SQL("link.kind = 'image'"),
        }
        return SQL(
            """
            trace.id = %s AND trace.engagement_id = (
                SELECT link.engagement_id FROM email_engagement_link link
                 WHERE link.id = %s AND %s)
            """,
            TRACE_ID,
            LINK_ID,
            conditions[kind],
        )

    @api.model
    def _recorded_sql(self, kind: str, opt_out: bool = False) -> SQL:
        """Condition under which a hit is stored. Where it does not hold the reader
        is sent on as ever, and nothing is left of it. Made for others to narrow.

        :param opt_out: the client asks not to be followed
        """
        return self.env["email.engagement.policy"]._recorded_sql(kind, opt_out)

    @api.model
    def _target_sql(self, kind: str) -> SQL:
        """What the route answers with, as text: an address, '' for all but links."""
        if kind != "click":
            return SQL("''")
        return SQL("(SELECT url FROM email_engagement_link WHERE id = %s)", LINK_ID)


def _ids(ids: tuple[int, ...]) -> dict[str, int]:
    return dict(zip((TRACE_ID, LINK_ID), ids, strict=False))


def _filled(statement: SQL, values: dict) -> tuple[str, list]:
    """What to execute: the statement with these values in its slots."""
    return statement.code, [
        values[param] if isinstance(param, Slot) else param
        for param in statement.params
    ]


def request_columns(
    *,
    head: bool = False,
    user_agent: str = "",
    purpose: str = "",
    language: bool = True,
    address: str = "",
    user_id: int | None = None,
    opt_out: bool = False,
) -> dict:
    """The columns of a hit that come from the request, cut to what a column should
    hold: clients may send anything. ``opt_out`` is none, but decides about the row.
    """
    return {
        "date": datetime.now(timezone.utc).replace(tzinfo=None),
        "head": head,
        "user_agent": _clean(user_agent, 512),
        "purpose": _clean(purpose, 64),
        "language": language,
        "address": _address(address),
        "user_id": user_id or None,
        "opt_out": opt_out,
    }


def _address(text: str) -> str:
    """An IP address, '' for anything else: some proxies append a port."""
    for candidate in (text, text.rpartition(":")[0].strip("[]")):
        try:
            return str(ipaddress.ip_address(candidate))
        except ValueError:  # noqa: PERF203
            continue
    return ""


def _clean(text: str, size: int) -> str:
    # Surrogates and NUL cannot be stored by PostgreSQL.
    text = (text or "").replace("\x00", "")[:size]
    return text.encode("utf-8", "replace").decode("utf-8")
