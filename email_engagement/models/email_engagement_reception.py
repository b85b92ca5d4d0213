"""Taking hits in, whatever state the database is in."""

import functools
import logging
import threading
import time
from collections import OrderedDict
from contextlib import closing, suppress
from datetime import datetime, timezone
from pathlib import Path

import psycopg2

from odoo import api, models, modules
from odoo.modules.registry import Registry
from odoo.tools import SQL, config

from ..tools.known_targets import Known, KnownTargets
from ..tools.later import Later
from ..tools.limiter import Limiter
from ..tools.spool import Spool
from .email_engagement_hit import request_columns
from .numbers import DEFAULTS, number

_logger = logging.getLogger(__name__)

# Seconds between a hit and the digest that it wakes. Hits that come in between are
# taken along, so that a burst costs one wake-up and not one per hit.
WAKE_DELAY = 1.0
# Seconds between two tries to take the spool in, and between two warnings about it.
SPOOL_RETRY = 5.0
WARN_INTERVAL = 60.0
# What is wrong with a row of the spool itself, not with the database.
UNREADABLE = (LookupError, TypeError, ValueError, psycopg2.DataError)


class EmailEngagementReception(models.AbstractModel):
    """What the public routes call. Never raises for a database that refuses.

    A hit is committed before it is answered. What the database does not take goes
    to a spool on the disk and is taken in later; the reader is sent on in any case
    in which the target can be known.
    """

    _name = "email.engagement.reception"
    _description = "Reception of Hits"

    @api.model
    def _receive(
        self, kind: str, ids: tuple[int, ...], request: dict, token: str = ""
    ) -> str | None:
        """Record one hit and return its target, as ``email.engagement.hit._record``.

        May close the current cursor, when its connection is broken.
        """
        cr = self.env.cr
        hits = self.env["email.engagement.hit"]
        if not self._is_within_limit(ids[0]):
            # Who asks not to be followed is not counted either: only the statement
            # that records knows whether the company honours it.
            if not request.get("opt_out"):
                _limiter(cr.dbname).count((kind, ids[0]))
                _later(cr.dbname, WAKE_DELAY)
            return self._target_of_surplus(kind, ids, token)
        if is_refusing(cr.dbname):
            # Do not have the next reader wait for what the last one waited for.
            _spool_hit(cr.dbname, kind, ids, request)
            return self._target_in_need(kind, ids, token)
        transaction = None
        try:
            # Nobody waits for a disk because an email was opened; nor do users whose
            # own commits would have to queue behind.
            target, transaction = hits._record(kind, ids, request, wait=False)
            # An answered hit is a committed hit; and what fails in a commit can still
            # be spooled here, but no longer when the dispatcher commits.
            cr.commit()
        except psycopg2.Error:
            _refused_at[cr.dbname] = time.monotonic()
            _spool_hit(cr.dbname, kind, ids, request, transaction)
            return self._target_after_error(kind, ids, token)
        if target and transaction:
            # Of whom nothing is recorded, nothing is written down here either.
            _recent.remember(token, Known(cr.dbname, ids, target))
        if transaction:
            _later(cr.dbname, WAKE_DELAY)
        return target

    @api.model
    def _is_within_limit(self, trace_id: int) -> bool:
        limit = number(self.env, "hits_per_minute")
        _limits[self.env.cr.dbname] = limit
        return _limiter(self.env.cr.dbname).allow(trace_id, limit, time.time())

    @api.model
    def _target_of_surplus(self, kind, ids, token) -> str | None:
        """The target of a hit that is only counted. What is remembered of it is for
        need: a link may lead elsewhere by now.
        """
        if kind != "click":
            return ""
        if is_refusing(self.env.cr.dbname):
            return self._target_in_need(kind, ids, token)
        try:
            return self.env["email.engagement.hit"]._target(kind, ids)
        except psycopg2.Error:
            return self._target_after_error(kind, ids, token)

    @api.model
    def _target_after_error(self, kind, ids, token) -> str | None:
        cr = self.env.cr
        with suppress(psycopg2.Error):
            cr.rollback()
        target = self._target_in_need(kind, ids, token)
        if cr._cnx.closed:
            cr.close()  # or the dispatcher would try to commit it
        return target

    @api.model
    def _target_in_need(self, kind, ids, token) -> str | None:
        """The target, from a database that has just refused to record."""
        if kind != "click":
            return ""
        known = _recall(token)
        if known and known.dbname == self.env.cr.dbname:
            return known.url
        try:
            # A replica may answer where the primary does not.
            with closing(self.env.registry.cursor(readonly=True)) as cr:
                hits = self.env(cr=cr)["email.engagement.hit"]
                return hits._target(kind, ids)
        except psycopg2.Error:
            return None

    @api.model
    def _forget_targets(self):
        """Forget which links were followed lately, of all databases of this machine:
        it is a cache. What another process has not yet written down, it will.
        """
        _recent.forget()
        _file().forget()

    # ------------------------------------------------------------
    # What was put aside
    # ------------------------------------------------------------

    @api.model
    def _take_in(self):
        """Take in what was spooled and what was only counted, in this process.

        Commits. A spool file's name is written down in the transaction that stores
        its rows, so that a crash after the commit does not store them again.
        """
        dbname = self.env.cr.dbname
        hits = self.env["email.engagement.hit"]
        surplus = _limiter(dbname).drain()
        try:
            for (kind, trace_id), count in surplus.items():
                hits._record_surplus(kind, trace_id, count)
            self.env.cr.commit()
        except psycopg2.Error:
            _limiter(dbname).put_back(surplus)
            raise
        spool = _spool(dbname)
        for name, rows in spool.take():
            if self._is_new_spool(name):
                for row in rows:
                    try:
                        with self.env.cr.savepoint():
                            self._store_spooled(row)
                    except UNREADABLE:  # noqa: PERF203
                        # One row that nobody understands must not keep the others.
                        # A database that refuses is another matter: the file stays.
                        _logger.warning("A spooled hit is left out", exc_info=True)
                self.env.cr.commit()
            spool.forget(name)

    @api.model
    def _take_in_spool(self):
        """Take in what an earlier process of this machine has left behind."""
        _file().shrink(time.time())
        if _spool(self.env.cr.dbname):
            self._take_in()

    @api.model
    def _is_new_spool(self, name: str) -> bool:
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO email_engagement_spool (name, date)
                VALUES (%s, now() AT TIME ZONE 'UTC')
                ON CONFLICT (name) DO NOTHING
                RETURNING id
                """,
                name,
            )
        )
        return bool(rows)

    @api.model
    def _store_spooled(self, row: dict):
        kind, ids = row["kind"], tuple(int(id_) for id_ in row["ids"])
        date = datetime.fromisoformat(row["request"]["date"])
        request = {**request_columns(), **row["request"], "date": date}
        if not self._was_committed(row.get("transaction")):
            self.env["email.engagement.hit"]._record(kind, ids, request)

    @api.model
    def _was_committed(self, transaction: str | None) -> bool:
        """Whether a transaction was committed whose commit was not answered: the
        server can go down between the one and the other.
        """
        if not transaction:
            return False
        rows = self.env.execute_query(
            SQL("SELECT pg_xact_status(%s::xid8)", str(transaction))
        )
        return rows[0][0] in ("committed", "in progress")


# ----------------------------------------------------------------
# Beside the database: this process
# ----------------------------------------------------------------


class _Recent:
    """The targets that this process has looked up lately, by their tokens."""

    def __init__(self, size: int = 4096):
        self._size = size
        self._known = OrderedDict()
        self._new = {}
        self._lock = threading.Lock()

    def remember(self, token: str, known: Known):
        with self._lock:
            if self._known.get(token) != known and len(self._new) < self._size:
                self._new[token] = known
            self._known[token] = known
            self._known.move_to_end(token)
            while len(self._known) > self._size:
                self._known.popitem(last=False)

    def recall(self, token: str) -> Known | None:
        with self._lock:
            return self._known.get(token)

    def forget(self):
        with self._lock:
            self._known.clear()
            self._new.clear()

    def take_new(self) -> dict[str, Known]:
        """What was not known at the last call."""
        with self._lock:
            new, self._new = self._new, {}
        return new


_recent = _Recent()


def spool_folder(dbname: str = "") -> Path:
    """Where hits of a database wait on this machine; without one, the folder of all."""
    return Path(config["data_dir"]) / "email_engagement" / dbname


@functools.cache
def _file() -> KnownTargets:
    """What the processes of this machine tell each other."""
    return KnownTargets(spool_folder() / "targets.sqlite")


def _recall(token: str) -> Known | None:
    return _recent.recall(token) or _file().find(token)


def _tell_others():
    new = _recent.take_new()
    if new and not _file().add(new.items(), time.time()):
        _warn("Targets of links cannot be written down for other processes")


def receive_without_database(token: str, request: dict) -> str | None:
    """The target of a link while no database can be reached, and the hit spooled;
    None when no process of this machine has looked it up lately.
    """
    known = _recall(token)
    if not known:
        return None
    limit = _limits.get(known.dbname, DEFAULTS["hits_per_minute"])
    limiter = _limiter(known.dbname)
    if limiter.allow(known.ids[0], limit, time.time()):
        _spool_hit(known.dbname, "click", known.ids, request)
    elif not request.get("opt_out"):
        limiter.count(("click", known.ids[0]))
        _later(known.dbname, SPOOL_RETRY)
    return known.url


#: Hits per copy and minute by database, as it last said itself.
_limits: dict[str, int] = {}


@functools.cache
def _limiter(dbname: str) -> Limiter:
    return Limiter()


@functools.cache
def _spool(dbname: str) -> Spool:
    return Spool(spool_folder(dbname))


def spooled_since(dbname: str) -> datetime | None:
    """Since when hits wait on the disk of this machine; None when there are none."""
    with suppress(OSError):
        times = [path.stat().st_mtime for path in _spool(dbname).folder.iterdir()]
        if times:
            return datetime.fromtimestamp(min(times), timezone.utc).replace(tzinfo=None)
    return None


def _spool_hit(dbname: str, kind: str, ids, request: dict, transaction=None):
    if request.get("opt_out"):
        return  # whether the company honours it cannot be asked now
    row = {
        # of the commit that failed: it may have been done all the same
        "transaction": transaction,
        "kind": kind,
        "ids": list(ids),
        "request": {**request, "date": request["date"].isoformat()},
    }
    try:
        stored = _spool(dbname).append(row)
    except OSError as error:
        stored = False
        _warn("A hit is lost: it can neither be stored nor spooled (%s)", error)
    if stored:
        _warn("The database %s takes no hits; they are spooled", dbname)
        _later(dbname, SPOOL_RETRY)


# Seconds for which hits go to the spool at once after the database refused one.
REFUSAL = 2.0
_refused_at: dict[str, float] = {}


def is_refusing(dbname: str) -> bool:
    """Whether the database has refused a hit within the last moments."""
    return time.monotonic() - _refused_at.get(dbname, -REFUSAL) < REFUSAL


_warned = {}


def _warn(message: str, *args):
    """Log a warning, once a minute: an outage must not fill the log."""
    now = time.monotonic()
    if now - _warned.get(message, -WARN_INTERVAL) >= WARN_INTERVAL:
        _warned[message] = now
        _logger.warning(message, *args)


def _wake(dbname: str):
    _tell_others()
    try:
        with Registry(dbname).cursor() as cr:
            # Superuser, as the digest's cron, whose work this is.
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["email.engagement.reception"]._take_in()
            env["email.engagement.digest"]._trigger()
    except Exception as error:  # noqa: BLE001 - a thread has no one to tell
        # The hits are safe; the digest runs at its regular interval all the same.
        _warn("The digest of %s cannot be woken (%s)", dbname, error)
        if _spool(dbname) or _limiter(dbname):
            _later(dbname, SPOOL_RETRY)


_digest_later = Later(_wake)


def _later(dbname: str, delay: float):
    """Have the digest run some time from now, once for all hits until then."""
    if not modules.module.current_test:
        _digest_later.ask(dbname, delay)
