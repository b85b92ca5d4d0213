import logging
import threading
from datetime import datetime

from odoo import api, fields, models, modules
from odoo.modules.registry import Registry
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# Seconds between a hit and the digest that it wakes. Hits that come in between
# are taken along, so that a burst costs one wake-up and not one per hit.
WAKE_DELAY = 1.0

_wake_lock = threading.Lock()
_waking: set[str] = set()


class EmailEngagementHit(models.Model):
    """The inbox of the digest: one row per request of a recipient's client.

    Plain columns, no foreign keys, no constraint but the primary key: an INSERT
    here waits for nobody and nobody waits for it. Rows are written by the public
    routes and deleted by the digest.
    """

    _name = "email.engagement.hit"
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
    address = fields.Char("IP Address")
    user_id = fields.Integer("Logged-in User")

    @api.model
    def _record_open(self, trace_id: int, request: dict) -> bool:
        """Write one hit for the pixel of a trace.

        One statement, which also checks that the trace exists: no ORM, since the
        public route must neither read nor update anything else.

        :param request: values of ``_request_columns``
        :return: whether the trace exists
        """
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO email_engagement_hit
                       (kind, trace_id, date, head, user_agent, purpose, address,
                        user_id)
                SELECT 'open', id, %(date)s, %(head)s, %(user_agent)s, %(purpose)s,
                       %(address)s, %(user_id)s
                  FROM email_engagement_trace
                 WHERE id = %(trace_id)s
             RETURNING id
                """,
                trace_id=trace_id,
                **request,
            )
        )
        return self._recorded(rows)

    @api.model
    def _record_click(self, trace_id: int, link_id: int, request: dict) -> str | None:
        """Write one hit for a link and return its target, in one statement.

        :return: the address, None when the link is not one of this email or is
            gone
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH target AS (
                    SELECT trace.id AS trace_id, link.id AS link_id, link.url
                      FROM email_engagement_trace trace
                      JOIN email_engagement_link link USING (engagement_id)
                     WHERE trace.id = %(trace_id)s
                       AND link.id = %(link_id)s
                       AND link.url IS NOT NULL
                ), hit AS (
                    INSERT INTO email_engagement_hit
                           (kind, trace_id, link_id, date, head, user_agent, purpose,
                            address, user_id)
                    SELECT 'click', trace_id, link_id, %(date)s, %(head)s,
                           %(user_agent)s, %(purpose)s, %(address)s, %(user_id)s
                      FROM target
                )
                SELECT url FROM target
                """,
                trace_id=trace_id,
                link_id=link_id,
                **request,
            )
        )
        return rows[0][0] if self._recorded(rows) else None

    @api.model
    def _target(self, trace_id: int, link_id: int) -> str | None:
        """The target of a link without recording anything."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT link.url
                  FROM email_engagement_trace trace
                  JOIN email_engagement_link link USING (engagement_id)
                 WHERE trace.id = %s AND link.id = %s
                """,
                trace_id,
                link_id,
            )
        )
        return rows[0][0] if rows else None

    def _recorded(self, rows) -> bool:
        if rows:
            self.env.cr.postcommit.add(self._wake_digest)
        return bool(rows)

    @api.model
    def _request_columns(
        self,
        *,
        head: bool = False,
        user_agent: str = "",
        purpose: str = "",
        address: str = "",
        user_id: int | None = None,
    ) -> dict:
        """The columns of a hit that come from the request, cut to what a column
        should hold: clients may send anything.
        """
        return {
            "date": datetime.utcnow(),
            "head": head,
            "user_agent": _clean(user_agent, 512),
            "purpose": _clean(purpose, 64),
            "address": _clean(address, 45),
            "user_id": user_id or None,
        }

    # ------------------------------------------------------------
    # Waking the digest
    # ------------------------------------------------------------

    def _wake_digest(self):
        """Have the digest run about a second from now, once for all hits that
        this process takes in until then. Runs after the commit of a hit.
        """
        if modules.module.current_test:
            return
        dbname = self.env.cr.dbname
        with _wake_lock:
            if dbname in _waking:
                return
            _waking.add(dbname)
        timer = threading.Timer(WAKE_DELAY, _wake, args=(dbname,))
        timer.daemon = True
        timer.start()


def _wake(dbname: str):
    # Before the trigger is written: a hit that comes in now wakes again.
    with _wake_lock:
        _waking.discard(dbname)
    try:
        with Registry(dbname).cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["email.engagement.digest"]._trigger()
    except Exception:
        # The digest runs at its regular interval all the same.
        _logger.warning("The digest of %s could not be woken", dbname, exc_info=True)


def _clean(text: str, size: int) -> str:
    # Surrogates and NUL cannot be stored by PostgreSQL.
    text = (text or "").replace("\x00", "")[:size]
    return text.encode("utf-8", "replace").decode("utf-8")
