import logging
import time
from collections import defaultdict
from datetime import timedelta
from operator import attrgetter

import psycopg2.errors

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, config

from ..tools import arrays, classify, fold
from ..tools.timeline import ERROR, FLOOD, Draft, Timeline, epoch
from .countries import Countries
from .judging import Policies

_logger = logging.getLogger(__name__)

BATCH_SIZE = 1000
TIME_BOX = 3.0  # seconds
# Seconds that a threaded server pauses, and works in between.
BREATH, BREATH_EVERY = 0.0002, 0.002
# Any constant that nothing else takes: the lock of the one running digest.
LOCK = 0x656E6761676500

# Types of columns, and how many values of theirs are handed over at once.
ARRAYS = {
    "int": (SQL("int[]"), arrays.numbers),
    "varchar": (SQL("varchar[]"), arrays.words),
    "bool": (SQL("bool[]"), arrays.flags),
    "timestamp": (SQL("timestamp[]"), arrays.moments),
}


class EmailEngagementDigest(models.AbstractModel):
    """Turns hits into events, and events into figures.

    Runs as a cron, woken by the hits themselves. A batch is one transaction:
    events are written and their hits deleted together or not at all, so that a
    digest that is killed, run twice or run in two processes counts nothing twice
    and loses nothing.
    """

    _name = "email.engagement.digest"
    _description = "Digest of Hits into Interactions"

    @api.model
    def _trigger(self):
        """Have the cron run as soon as possible, with one trigger at the most."""
        cron = self.env.ref("email_engagement.ir_cron_digest", raise_if_not_found=False)
        if not cron:
            return
        if self._is_triggered(cron):
            cron._notifydb()
        else:
            cron._trigger()

    @api.model
    def _is_triggered(self, cron) -> bool:
        """Whether the cron is going to run anyway.

        Not by the trigger of the run that is under way: it has deleted that one, in a
        transaction that ends with the run, and until then everyone else can see it.
        """
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    SQL(
                        """
                        SELECT id FROM ir_cron_trigger
                         WHERE cron_id = %s AND call_at <= %s
                         LIMIT 1 FOR UPDATE SKIP LOCKED
                        """,
                        cron.id,
                        fields.Datetime.now(),
                    ),
                    log_exceptions=False,
                )
                return bool(self.env.cr.rowcount)
        except psycopg2.errors.SerializationFailure:
            return False  # that run has just ended

    @api.model
    def _run(self, batch_size: int = BATCH_SIZE) -> int:
        """Digest what is waiting, batch by batch.

        As a cron it goes to the end of the line after a few seconds: others wait for
        the same thread, and Odoo's own limit is four times as long.

        :return: number of hits digested
        """
        try:
            self.env["email.engagement.reception"]._take_in_spool()
        except Exception:
            # What waits in the database is not to wait for what lies on the disk.
            self.env.cr.rollback()
            _logger.warning("The spool cannot be taken in", exc_info=True)
        is_cron = "ir_cron_progress_id" in self.env.context
        start = time.monotonic()
        total = 0
        while True:
            try:
                done, more = self._digest_batch(batch_size)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Somebody else (a sender, another digest) wrote the same rows in
                # between. Nothing is lost; the batch is taken again.
                self.env.cr.rollback()
                self.env.invalidate_all()
                done, more = 0, True
            total += done
            is_over = is_cron and time.monotonic() - start >= TIME_BOX
            if more and is_over:
                self._trigger()
            # Nothing remains for this run: with what remains, Odoo would start it
            # again at once, before all others.
            self.env["ir.cron"]._commit_progress(done, remaining=0)
            if not more or is_over:
                return total

    @api.model
    def _digest_batch(self, batch_size: int) -> tuple[int, bool]:
        """One batch, in the current transaction.

        :return: hits digested, and whether there may be more
        """
        locked = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s)", LOCK)
        )
        if not locked[0][0]:
            return 0, False  # another digest is at it
        rows = self._take_hits(batch_size)
        if not rows:
            return 0, False
        by_trace = defaultdict(list)
        for row in rows:
            if row["engagement_id"]:  # else deleted since the hit came in
                by_trace[row["trace_id"]].append(row)
        self.env["email.engagement.trace"].browse(by_trace)._hold()
        events = self._classify(by_trace)
        self._write_events(events)
        self.env.execute_query(
            SQL(
                """
                DELETE FROM email_engagement_hit
                 WHERE id = ANY(%s::int[]) RETURNING id
                """,
                arrays.numbers(row["id"] for row in rows),
            )
        )
        engagement_ids = {hits[0]["engagement_id"] for hits in by_trace.values()}
        self.env["email.engagement"].browse(engagement_ids)._refresh(by_trace)
        return len(rows), len(rows) == batch_size

    @api.model
    def _take_hits(self, limit: int) -> list[dict]:
        """The oldest hits with what is needed to judge them, locked."""
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT hit.id, hit.kind, hit.trace_id, hit.link_id, hit.date,
                       hit.head, hit.user_agent, hit.purpose, hit.language,
                       hit.address, hit.repeats,
                       trace.engagement_id, engagement.company_id, trace.first_open,
                       trace.is_anonymous, trace.recipient_count,
                       %s AS opens_recorded,
                       COALESCE(trace.sent_date, trace.create_date) AS sent_date,
                       EXISTS (SELECT FROM res_users
                                WHERE id = hit.user_id AND NOT share) AS is_internal
                  FROM email_engagement_hit hit
                  LEFT JOIN email_engagement_trace trace ON trace.id = hit.trace_id
                  LEFT JOIN email_engagement engagement
                         ON engagement.id = trace.engagement_id
                 ORDER BY hit.id
                 LIMIT %s
                   FOR UPDATE OF hit SKIP LOCKED
                """,
                self.env["email.engagement.policy"]._recorded_sql("open"),
                limit,
            )
        )

    # ------------------------------------------------------------
    # From hits to events
    # ------------------------------------------------------------

    @api.model
    def _classify(self, by_trace: dict[int, list[dict]]) -> list[Draft]:
        """The events that the hits of some traces become: new ones, and those
        already there that they change (one more repeat, or a new verdict).
        """
        policies = Policies(self.env)
        companies = {rows[0]["company_id"] for rows in by_trace.values()}
        lookback = max(
            (policies.of(company_id).rules.lookback for company_id in companies),
            default=0,
        )
        earlier, recent = self._earlier_events(by_trace, lookback)
        countries = Countries(self.env)
        breath = _Breath()
        drafts = []
        for trace_id, rows in by_trace.items():
            breath.take()
            policy = policies.of(rows[0]["company_id"])
            about = {
                "trace_id": trace_id,
                "engagement_id": rows[0]["engagement_id"],
                "earlier": earlier[trace_id],
                "first_open": rows[0]["first_open"],
                "room": policy.room(recent[trace_id], _people(rows[0])),
                "imply_opens": rows[0]["opens_recorded"],
                "anonymous": rows[0]["is_anonymous"],
            }
            timeline = Timeline(**about)
            try:
                self._classify_trace(timeline, rows, policy, countries)
            except Exception:
                # Hits come from strangers: those of one email, whatever they are,
                # must not keep those of all others waiting.
                _logger.exception("Hits of trace %s cannot be judged", trace_id)
                timeline = Timeline(**about)
                timeline.count_only(rows[0]["date"], len(rows), reason=ERROR)
            drafts += timeline.drafts
        return drafts

    @api.model
    def _classify_trace(self, timeline, rows, policy, countries):
        for row in rows:
            if row["repeats"]:
                timeline.count_only(row["date"], row["repeats"] + 1)
        rows = [row for row in rows if not row["repeats"]]
        rows.sort(key=lambda row: (row["date"], row["id"]))
        hits = [_as_hit(row) for row in rows]
        sent = rows and rows[0]["sent_date"]
        outcome = classify.classify_trace(
            hits,
            sent=epoch(sent) if sent else None,
            earlier=timeline.past(),
            rules=policy.rules,
        )
        timeline.revise(outcome.revised)
        for row, hit, verdict, source in zip(
            rows, hits, outcome.verdicts, outcome.sources, strict=True
        ):
            country = None
            if verdict.address_is_person:
                country = countries.of(row["address"])
            timeline.add(
                hit,
                verdict,
                source=source,
                country_id=country,
                keep_raw=policy.keep_raw,
            )

    @api.model
    def _earlier_events(self, by_trace, lookback: float) -> tuple[dict, dict]:
        """Events of the traces so shortly before the hits that they matter: as what
        a hit repeats, or as part of the same burst; and the number of events of each
        trace within an hour.
        """
        earlier = defaultdict(list)
        recent = defaultdict(int)
        if not by_trace:
            return earlier, recent
        window = max(lookback, *fold.WINDOWS.values())
        first = min(row["date"] for rows in by_trace.values() for row in rows)
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT id, trace_id, type, link_id, date, last_date, actor, reason,
                       counted, source, count(*) OVER (PARTITION BY trace_id) AS recent
                  FROM email_engagement_event
                 WHERE trace_id = ANY(%s::int[])
                   AND last_date >= %s - interval '1 h'
                 ORDER BY date, id
                """,
                arrays.numbers(by_trace),
                first,
            )
        )
        start = first - timedelta(seconds=window)
        for row in rows:
            recent[row["trace_id"]] = row["recent"]
            if row["last_date"] >= start or row["reason"] in (FLOOD, ERROR):
                earlier[row["trace_id"]].append(row)
        return earlier, recent

    @api.model
    def _write_events(self, drafts: list[Draft]):
        """Two statements for any number of events: the ORM takes ten times as long,
        and the figures are derived in SQL as well.
        """
        new = [draft for draft in drafts if draft.id is None]
        dropped = [draft.id for draft in drafts if draft.dropped]
        changed = [
            draft
            for draft in drafts
            if draft.id is not None and draft.dirty and not draft.dropped
        ]
        self.env["email.engagement.event"].browse(dropped).unlink()
        if new:
            columns = []
            for name, type_ in Draft.COLUMNS.items():
                array, text = ARRAYS[type_]
                columns.append(SQL("%s::%s", text(map(attrgetter(name), new)), array))
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO email_engagement_event (%s)
                    SELECT * FROM unnest(%s) RETURNING id
                    """,
                    SQL(", ").join(map(SQL.identifier, Draft.COLUMNS)),
                    SQL(", ").join(columns),
                )
            )
        if changed:
            self.env.execute_query(
                SQL(
                    """
                    UPDATE email_engagement_event event
                       SET last_date = GREATEST(event.last_date, new.last_date),
                           hit_count = event.hit_count + new.repeats,
                           actor = new.actor,
                           reason = new.reason,
                           counted = new.counted
                      FROM unnest(%s::int[], %s::timestamp[], %s::int[], %s::varchar[],
                                  %s::varchar[], %s::bool[])
                           AS new (id, last_date, repeats, actor, reason, counted)
                     WHERE event.id = new.id
                 RETURNING event.id
                    """,
                    [draft.id for draft in changed],
                    [draft.last_date for draft in changed],
                    [draft.repeats for draft in changed],
                    [draft.actor for draft in changed],
                    [draft.reason for draft in changed],
                    [draft.counted for draft in changed],
                )
            )
        self.env["email.engagement.event"].invalidate_model()


class _Breath:
    """Lets others in who wait for this process: with threads it answers users, too,
    and Python has each of them wait 5 ms for every statement of theirs otherwise.
    """

    def __init__(self):
        self._wanted = not config["workers"]
        self._taken = time.monotonic()

    def take(self):
        if not self._wanted or time.monotonic() - self._taken < BREATH_EVERY:
            return
        time.sleep(BREATH)
        self._taken = time.monotonic()


def _as_hit(row: dict) -> classify.Hit:
    return classify.Hit(
        id=row["id"],
        kind=row["kind"],
        link_id=row["link_id"],
        date=epoch(row["date"]),
        head=row["head"],
        user_agent=row["user_agent"] or "",
        address=row["address"] or "",
        purpose=row["purpose"] or "",
        is_internal=row["is_internal"],
        language=row["language"],
    )


def _people(row: dict) -> int:
    """How many people the figures of a trace are about."""
    return max(1, row["recipient_count"] or 1) if row["is_anonymous"] else 1
