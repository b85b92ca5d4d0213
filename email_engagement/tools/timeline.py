"""The timeline of one trace while it is digested: hits become events, or repeats.

Pure: no database. A :class:`Draft` is an event to be written, new or changed; the
caller hands in those already there (as rows) and writes what comes out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from . import devices, fold, networks
from .classify import Hit, Past, Verdict

IMPLIED = "implied"
FLOOD = "flood"
ERROR = "error"
FLOOD_WINDOW = timedelta(hours=1)
_1970 = datetime(1970, 1, 1)  # noqa: DTZ001 - naive, as Odoo stores moments


@dataclass(slots=True)
class Draft:
    """One event to be written. ``id`` is None for a new one.

    ``date``, ``last_date``: the first and the last request folded into it (naive
    UTC). ``repeats``: requests that are new to an event already there.
    """

    engagement_id: int
    trace_id: int
    type: str
    link_id: int | None
    date: datetime
    last_date: datetime
    actor: str
    reason: str
    counted: bool
    source: str = ""
    hit_count: int = 1
    device: str = "unknown"
    client: str | None = None
    os: str | None = None
    country_id: int | None = None
    address: str | None = None
    user_agent: str | None = None
    id: int | None = None
    repeats: int = 0
    dirty: bool = False
    dropped: bool = False

    #: columns of a new event, with their types in PostgreSQL
    COLUMNS: ClassVar[dict[str, str]] = {
        "engagement_id": "int",
        "trace_id": "int",
        "type": "varchar",
        "link_id": "int",
        "date": "timestamp",
        "last_date": "timestamp",
        "actor": "varchar",
        "reason": "varchar",
        "counted": "bool",
        "source": "varchar",
        "hit_count": "int",
        "device": "varchar",
        "client": "varchar",
        "os": "varchar",
        "country_id": "int",
        "address": "varchar",
        "user_agent": "varchar",
    }


class Timeline:
    """Events of one trace, into which hits are taken in order of time.

    :param earlier: rows of events already there, near enough to be repeated or
        revised
    :param first_open: of the first counted open already there
    :param room: how many more events may be made, None for any number; beyond it
        hits are only counted
    :param imply_opens: whether opens of this trace may be known at all
    :param anonymous: the trace is everybody's: events say nothing about clients
    """

    def __init__(
        self,
        trace_id: int,
        engagement_id: int,
        earlier: Sequence[Mapping] = (),
        first_open: datetime | None = None,
        room: int | None = None,
        imply_opens: bool = True,
        anonymous: bool = False,
    ):
        self._imply_opens = imply_opens
        self._anonymous = anonymous
        self._room = room
        self._first_open = first_open and epoch(first_open)
        self.trace_id = trace_id
        self.engagement_id = engagement_id
        self.drafts = [
            Draft(
                engagement_id=engagement_id,
                trace_id=trace_id,
                type=row["type"],
                link_id=row["link_id"],
                date=row["date"],
                last_date=row["last_date"] or row["date"],
                actor=row["actor"],
                reason=row["reason"],
                counted=row["counted"],
                source=row["source"] or "",
                id=row["id"],
            )
            for row in earlier
        ]
        self._latest = {}
        self._last_seen = {}
        for draft in self.drafts:
            self._remember(draft)

    def past(self) -> list[Past]:
        """The events already there, as the classification wants to see them."""
        return [
            Past(
                id=draft.id,
                kind=draft.type,
                link_id=draft.link_id,
                date=epoch(draft.last_date),
                source=draft.source,
                actor=draft.actor,
                reason=draft.reason,
            )
            for draft in self.drafts
            if draft.id is not None and draft.reason != IMPLIED and draft.source
        ]

    def revise(self, verdicts: Mapping[int, Verdict]):
        """Change verdicts on events already there, by their id. An open that was
        implied by such an event goes with it.
        """
        gone = set()
        for draft in self.drafts:
            verdict = verdicts.get(draft.id)
            if verdict is None:
                continue
            draft.actor = verdict.actor
            draft.reason = verdict.reason
            draft.counted = draft.counted and verdict.counts
            draft.dirty = True
            if not draft.counted:
                gone.add(draft.date)
        for draft in self.drafts:
            if draft.reason == IMPLIED and draft.date in gone:
                draft.dropped = True
                if self._first_open == epoch(draft.date):
                    self._first_open = self._next_open()
        if verdicts:
            self._latest.clear()
            self._last_seen.clear()
            for draft in self.drafts:
                if not draft.dropped:
                    self._remember(draft)

    def _next_open(self) -> float | None:
        # What is revised is seconds old, so what came after it is all here.
        opens = (
            epoch(draft.date)
            for draft in self.drafts
            if draft.type == "open" and draft.counted and not draft.dropped
        )
        return min(opens, default=None)

    def add(
        self,
        hit: Hit,
        verdict: Verdict,
        *,
        source: str = "",
        country_id: int | None = None,
        keep_raw: bool = False,
    ):
        """Take in one hit: a new event, or one more repeat of the latest alike."""
        kind = "open" if hit.kind == "image" else hit.kind
        key = self._key(kind, hit.link_id, verdict.counts, verdict.reason)
        moment = moment_of(hit.date)
        is_new = fold.fold([(key, hit.date)], self._last_seen)[0]
        latest = self._latest.get(key)  # none, if what it repeats was only counted
        if not is_new and latest:
            self._repeat(latest, moment)
            return
        if not is_new or (self._room is not None and self._room <= 0):
            self.count_only(moment)
            return
        device = devices.describe(hit.user_agent)
        draft = Draft(
            engagement_id=self.engagement_id,
            trace_id=self.trace_id,
            type=kind,
            link_id=hit.link_id,
            date=moment,
            last_date=moment,
            actor=verdict.actor,
            reason=verdict.reason,
            counted=verdict.counts,
            source=source,
            device="unknown" if verdict.actor == "proxy" else device.device,
            client=device.client or None,
            os=None if verdict.actor == "proxy" else device.os or None,
            country_id=country_id,
            # Without what names one connection, even where it is kept.
            address=networks.truncate(hit.address) if keep_raw else None,
            user_agent=hit.user_agent if keep_raw else None,
        )
        if self._anonymous:
            _forget_client(draft)
        if draft.counted:
            self._imply_open(draft, hit.date)
        self._append(draft)
        self._latest[key] = draft

    def count_only(self, moment: datetime, count: int = 1, reason: str = FLOOD):
        """Take in ``count`` hits without looking at them, since they are too many or
        cannot be judged: one event an hour holds their number.
        """
        for draft in self.drafts:
            if draft.reason == reason and moment - draft.date < FLOOD_WINDOW:
                self._repeat(draft, moment, count)
                return
        self._append(
            Draft(
                engagement_id=self.engagement_id,
                trace_id=self.trace_id,
                type="open",
                link_id=None,
                date=moment,
                last_date=moment,
                actor="scanner",
                reason=reason,
                counted=False,
                hit_count=count,
            )
        )

    def _append(self, draft: Draft):
        self.drafts.append(draft)
        if self._room is not None:
            self._room -= 1

    def _imply_open(self, draft: Draft, date: float):
        """Who clicks has opened the mail, pictures or not."""
        if draft.type == "open":
            self._opened(date)
        if not self._imply_opens:
            return
        if not fold.implies_open(draft.type, date, self._first_open):
            return
        self._opened(date)
        implied = Draft(
            engagement_id=draft.engagement_id,
            trace_id=draft.trace_id,
            type="open",
            link_id=None,
            date=draft.date,
            last_date=draft.date,
            actor=draft.actor,
            reason=IMPLIED,
            counted=True,
            hit_count=0,  # no request of its own
            device=draft.device,
            client=draft.client,
            os=draft.os,
            country_id=draft.country_id,
        )
        self._append(implied)
        self._remember(implied)

    def _opened(self, date: float):
        """A counted open; one that was implied by something later is none any more."""
        if self._first_open is not None and date >= self._first_open:
            return
        self._first_open = date
        for draft in self.drafts:
            if draft.reason == IMPLIED:
                draft.dropped = True

    def _repeat(self, draft: Draft, moment: datetime, count: int = 1):
        draft.last_date = max(draft.last_date, moment)
        draft.dirty = True
        if draft.id is None:
            draft.hit_count += count
        else:
            draft.repeats += count

    def _remember(self, draft: Draft):
        if draft.type not in fold.WINDOWS or draft.reason in (FLOOD, ERROR):
            return
        key = self._key(draft.type, draft.link_id, draft.counted, draft.reason)
        self._latest[key] = draft
        self._last_seen[key] = max(
            epoch(draft.last_date), self._last_seen.get(key, float("-inf"))
        )

    def _key(self, kind, link_id, counted, reason):
        # What people did folds together; what machines did, by the rule that said
        # so: it must not hide the person who comes after.
        group = "person" if counted else reason
        return fold.key((self.trace_id, group), kind, link_id)


def _forget_client(draft: Draft):
    draft.source = ""
    draft.device = "unknown"
    draft.client = draft.os = draft.country_id = None
    draft.address = draft.user_agent = None


def epoch(moment: datetime) -> float:
    """Seconds since 1970 of a naive UTC datetime."""
    return (moment - _1970).total_seconds()


def moment_of(seconds: float) -> datetime:
    """The naive UTC datetime of some seconds since 1970."""
    return _1970 + timedelta(seconds=seconds)
