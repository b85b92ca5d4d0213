import logging
from collections import defaultdict

import psycopg2.errors

from odoo import api, fields, models
from odoo.http import GeoIP
from odoo.tools import SQL

from ..tools import classify, fold
from ..tools.timeline import Draft, Timeline, epoch

_logger = logging.getLogger(__name__)

BATCH_SIZE = 1000
# Any constant that nothing else takes: the lock of the one running digest.
LOCK = 0x656E6761676500


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
        waiting = self.env["ir.cron.trigger"].search_count(
            [("cron_id", "=", cron.id), ("call_at", "<=", fields.Datetime.now())],
            limit=1,
        )
        if waiting:
            cron._notifydb()
        else:
            cron._trigger()

    @api.model
    def _run(self, batch_size: int = BATCH_SIZE) -> int:
        """Digest what is waiting, batch by batch, as long as the cron's time lasts.

        :return: number of hits digested
        """
        total = 0
        while True:
            try:
                done, more = self._digest_batch(batch_size)
            except (
                psycopg2.errors.SerializationFailure,
                psycopg2.errors.DeadlockDetected,
            ):
                # Somebody else (a sender, another digest) wrote the same rows in
                # between. Nothing is lost; the batch is taken again.
                self.env.cr.rollback()
                self.env.invalidate_all()
                continue
            total += done
            remaining_time = self.env["ir.cron"]._commit_progress(
                done, remaining=self._count_waiting() if more else 0
            )
            if not more or not remaining_time:
                return total

    @api.model
    def _count_waiting(self) -> int:
        # Bounded: progress needs to know that there is more, not how much.
        rows = self.env.execute_query(
            SQL("SELECT count(*) FROM (SELECT FROM email_engagement_hit LIMIT 100000) h")
        )
        return rows[0][0]

    @api.model
    def _digest_batch(self, batch_size: int) -> tuple[int, bool]:
        """One batch, in the current transaction.

        :return: hits digested, and whether there may be more
        """
        locked = self.env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s)", LOCK))
        if not locked[0][0]:
            return 0, False  # another digest is at it
        rows = self._take_hits(batch_size)
        if not rows:
            return 0, False
        by_trace = defaultdict(list)
        for row in rows:
            if row["engagement_id"]:  # else deleted since the hit came in
                by_trace[row["trace_id"]].append(row)
        events = self._classify(by_trace)
        self._write_events(events)
        self.env.execute_query(
            SQL(
                "DELETE FROM email_engagement_hit WHERE id = ANY(%s) RETURNING id",
                [row["id"] for row in rows],
            )
        )
        engagement_ids = {
            row["engagement_id"] for hits in by_trace.values() for row in hits
        }
        self.env["email.engagement"].browse(engagement_ids)._refresh()
        return len(rows), len(rows) == batch_size

    @api.model
    def _take_hits(self, limit: int) -> list[dict]:
        """The oldest hits with what is needed to judge them, locked."""
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT hit.id, hit.kind, hit.trace_id, hit.link_id, hit.date,
                       hit.head, hit.user_agent, hit.purpose, hit.address,
                       trace.engagement_id, trace.first_open,
                       COALESCE(trace.sent_date, trace.create_date) AS sent_date,
                       EXISTS (SELECT FROM res_users
                                WHERE id = hit.user_id AND NOT share) AS is_internal
                  FROM email_engagement_hit hit
                  LEFT JOIN email_engagement_trace trace ON trace.id = hit.trace_id
                 ORDER BY hit.id
                 LIMIT %s
                   FOR UPDATE OF hit SKIP LOCKED
                """,
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
        rules = self._get_rules()
        earlier = self._earlier_events(by_trace, rules)
        countries = _Countries(self.env)
        drafts = []
        for trace_id, rows in by_trace.items():
            timeline = Timeline(
                trace_id,
                rows[0]["engagement_id"],
                earlier[trace_id],
                first_open=rows[0]["first_open"],
            )
            rows.sort(key=lambda row: (row["date"], row["id"]))
            hits = [_as_hit(row) for row in rows]
            sent = rows[0]["sent_date"]
            outcome = classify.classify_trace(
                hits,
                sent=sent and epoch(sent),
                earlier=timeline.past(),
                rules=rules,
            )
            timeline.revise(outcome.revised)
            for row, hit, verdict in zip(rows, hits, outcome.verdicts, strict=True):
                country = None
                if verdict.address_is_person:
                    country = countries.of(row["address"])
                timeline.add(
                    hit,
                    verdict,
                    source=classify.past_of(hit, 0, verdict, rules).source,
                    country_id=country,
                )
            drafts += timeline.drafts
        return drafts

    @api.model
    def _get_rules(self) -> classify.Rules:
        """Thresholds and networks by which this database tells machines."""
        secret = self.env["email.engagement.token"]._get_secret()
        return classify.Rules(source_key=secret.encode()[:64])

    @api.model
    def _earlier_events(self, by_trace, rules) -> dict[int, list[dict]]:
        """Events of the traces so shortly before the hits that they matter: as what
        a hit repeats, or as part of the same burst.
        """
        result = defaultdict(list)
        if not by_trace:
            return result
        window = max(rules.lookback, *fold.WINDOWS.values())
        first = min(row["date"] for rows in by_trace.values() for row in rows)
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT id, trace_id, type, link_id, date, last_date, actor, reason,
                       counted, source
                  FROM email_engagement_event
                 WHERE trace_id = ANY(%(traces)s)
                   AND last_date >= %(first)s - %(window)s * interval '1 s'
                 ORDER BY date, id
                """,
                traces=list(by_trace),
                first=first,
                window=window,
            )
        )
        for row in rows:
            result[row["trace_id"]].append(row)
        return result

    @api.model
    def _write_events(self, drafts: list[Draft]):
        """Two statements for any number of events: the ORM takes ten times as long,
        and the figures are derived in SQL as well.
        """
        new = [draft for draft in drafts if draft.id is None]
        changed = [draft for draft in drafts if draft.id is not None and draft.dirty]
        if new:
            names = Draft.COLUMNS
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO email_engagement_event (%s)
                    SELECT * FROM unnest(%s) RETURNING id
                    """,
                    SQL(", ").join(map(SQL.identifier, names)),
                    SQL(", ").join(
                        SQL("%s::%s[]", [getattr(d, name) for d in new], SQL(type_))
                        for name, type_ in names.items()
                    ),
                )
            )
        if changed:
            self.env.execute_query(
                SQL(
                    """
                    UPDATE email_engagement_event event
                       SET last_date = GREATEST(event.last_date, new.last_date),
                           hit_count = event.hit_count + new.repeats,
                           actor = COALESCE(new.actor, event.actor),
                           reason = COALESCE(new.reason, event.reason),
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
    )


class _Countries:
    """Countries of addresses, by Odoo's GeoIP where it is set up."""

    def __init__(self, env):
        self.env = env
        self._ids = None
        self._known = {}

    def of(self, address: str) -> int | None:
        if not address:
            return None
        if address not in self._known:
            self._known[address] = self._id(GeoIP(address).country_code)
        return self._known[address]

    def _id(self, code: str | None) -> int | None:
        if not code:
            return None
        if self._ids is None:
            countries = self.env["res.country"].search_fetch([], ["code"])
            self._ids = {country.code: country.id for country in countries}
        return self._ids.get(code)
