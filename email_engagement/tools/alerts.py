"""When somebody is told what happened to his emails, and when he is not.

Pure: no database, no clock. Moments are naive UTC datetimes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

#: How far each act goes. What goes further than what was told is news at once.
RANK = {"open": 1, "attachment": 2, "click": 3, "reply": 4}


@dataclass(frozen=True)
class Choice:
    """What a user wants to be told."""

    opens: str = "off"  # 'off' | 'first' | 'each'
    clicks: bool = False
    attachments: bool = False
    replies: bool = False
    hot: bool = False

    def wants(self, kind: str, is_first: bool = False) -> bool:
        """Whether an act of ``kind`` is to be told. ``is_first``: the first open by
        this recipient.

        >>> Choice(opens='first').wants('open', is_first=True)
        True
        >>> Choice(opens='first').wants('open'), Choice(opens='each').wants('open')
        (False, True)
        """
        if kind == "open":
            return self.opens == "each" or (self.opens == "first" and is_first)
        return {
            "click": self.clicks,
            "attachment": self.attachments,
            "reply": self.replies,
        }.get(kind, False)


class Told(NamedTuple):
    """One act that was told: of which recipient, how far it went, when."""

    recipient: int | None
    rank: int
    date: datetime


def tell_at(
    recipient: int | None,
    rank: int,
    now: datetime,
    told: Iterable[Told],
    window: timedelta,
    at_once: int = 3,
) -> datetime:
    """When an act is to be told: ``now``, or at the end of a window.

    A recipient's act waits when one that went as far was told within ``window``: a
    mail that is forwarded to a crowd gives one alert, and what follows becomes one
    summary. The same when ``at_once`` recipients of the email were told of already.

    :param told: what was told about the same email
    """
    recent = [act for act in told if act.date > now - window]
    same = [
        act.date for act in recent if act.recipient == recipient and act.rank >= rank
    ]
    if same:
        return min(same) + window
    tellings = {(act.recipient, act.date) for act in recent}
    if len(tellings) >= at_once:
        return min(date for _recipient, date in tellings) + window
    return now


def is_said(
    recipient: int | None, rank: int, date: datetime, told: Iterable[Told]
) -> bool:
    """Whether an act of ``date`` is said already by what was told after it: who is told
    of an answer need not be told that the email was opened before.

    Only of opens: a file that was viewed is something of its own.
    """
    return rank <= RANK["open"] and any(
        act.recipient == recipient and act.rank > rank and act.date >= date
        for act in told
    )


@dataclass(frozen=True)
class Hot:
    """Somebody came back: ``count`` acts within ``hours`` after ``silence`` hours
    without any. A count of 0 switches it off.
    """

    count: int = 3
    hours: float = 2.0
    silence: float = 72.0

    def since(self, acts: Sequence[datetime], act: datetime) -> timedelta | None:
        """How long the silence was that ``act`` ended, None if it is no such act.

        True of one act at most after each silence, the one that makes the number
        full: it is told once.

        :param acts: what people did with one recipient's copy, in order of time;
            ``act`` is one of them
        """
        if self.count <= 0:
            return None
        start = act - timedelta(hours=self.hours)
        before = [date for date in acts if date < start]
        within = [date for date in acts if start <= date <= act]
        if not before or len(within) != self.count:
            return None
        silence = within[0] - before[-1]
        return silence if silence >= timedelta(hours=self.silence) else None
