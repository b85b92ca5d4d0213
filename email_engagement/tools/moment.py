"""The right moment to send: business hours, habits, and both in several time zones.

Pure: the clock is an argument. Moments are aware datetimes in UTC; what is local is
said so. Steps are made in UTC and looked at in local time, so that a day with a change
of the clocks needs no rule of its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

#: Business hours: weekday (0 is Monday) -> (from, to) each, in hours of local time.
Hours = Mapping[int, Sequence[tuple[float, float]]]
#: As Dynamics 365 advises, and most offices would agree.
MON_FRI: Hours = dict.fromkeys(range(5), ((8.0, 17.0),))

MIN_OPENS = 5  # with fewer, a habit is a coincidence
MIN_PER_HOUR = 2  # what happened once is none either
# All time zones differ by whole quarters of an hour.
STEP = timedelta(minutes=15)
AHEAD = timedelta(days=8)  # a weekend and a holiday at both ends
HOUR = timedelta(hours=1)

Week = list[list[int]]


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone)


def is_business(moment: datetime, zone: ZoneInfo, hours: Hours) -> bool:
    """Whether somebody in ``zone`` is at work."""
    there = local(moment, zone)
    hour = there.hour + there.minute / 60
    return any(start <= hour < end for start, end in hours.get(there.weekday(), ()))


def _steps(now: datetime, ahead: timedelta = AHEAD) -> Iterator[datetime]:
    """The quarters of an hour from ``now`` on, beginning with the next one."""
    seconds = STEP.total_seconds()
    number = -(-now.timestamp() // seconds)
    moment = datetime.fromtimestamp(number * seconds, timezone.utc)
    while moment <= now + ahead:
        yield moment
        moment += STEP


def next_business(now: datetime, zone: ZoneInfo, hours: Hours) -> datetime | None:
    """``now`` within business hours, else when the next ones begin. None if nobody
    works within eight days.
    """
    if is_business(now, zone, hours):
        return now
    return next(
        (moment for moment in _steps(now) if is_business(moment, zone, hours)), None
    )


# ------------------------------------------------------------
# Habits
# ------------------------------------------------------------


def week_of(moments: Iterable[datetime], zone: ZoneInfo) -> Week:
    """How often something happened, by weekday (0 is Monday) and hour, local time."""
    week = [[0] * 24 for _weekday in range(7)]
    for moment in moments:
        there = local(moment, zone)
        week[there.weekday()][there.hour] += 1
    return week


def total(week: Week) -> int:
    return sum(map(sum, week))


def usual_hours(week: Week) -> list[int]:
    """The hours of the day in which at least half of it happened: as few as possible,
    the busiest first taken and all that are as busy as the last of them, returned in
    order. Empty with less than ``MIN_OPENS``, or if it is scattered: an hour in which
    it happened once is not usual.

    >>> week = [[0] * 24 for _ in range(7)]
    >>> week[0][9], week[2][9], week[3][14] = 3, 2, 2
    >>> usual_hours(week)
    [9]
    """
    happened = total(week)
    if happened < MIN_OPENS:
        return []
    by_hour = [sum(day[hour] for day in week) for hour in range(24)]
    chosen, share, least = [], 0, MIN_PER_HOUR
    for hour in sorted(range(24), key=lambda hour: -by_hour[hour]):
        if by_hour[hour] < least:
            break
        chosen.append(hour)
        share += by_hour[hour]
        if share * 2 >= happened:
            least = by_hour[hour]
    return sorted(chosen) if share * 2 >= happened else []


def ranges(hours: Sequence[int]) -> list[tuple[int, int]]:
    """Hours in order as (from, to) each.

    >>> ranges([8, 9, 14])
    [(8, 10), (14, 15)]
    """
    result = []
    for hour in hours:
        if result and result[-1][1] == hour:
            result[-1] = (result[-1][0], hour + 1)
        else:
            result.append((hour, hour + 1))
    return result


def next_usual(
    now: datetime, zone: ZoneInfo, week: Week, hours: Hours
) -> datetime | None:
    """The next usual hour, on a weekday on which it has happened: ``now`` if it is one,
    and None if there are none. One within business hours is preferred: who reads
    emails at work and at midnight is not to be written to at midnight.
    """
    usual = usual_hours(week)

    def is_usual(moment):
        there = local(moment, zone)
        return there.hour in usual and any(week[there.weekday()])

    moments = [moment for moment in (now, *_steps(now)) if is_usual(moment)]
    at_work = (moment for moment in moments if is_business(moment, zone, hours))
    return next(at_work, moments[0] if moments else None)


# ------------------------------------------------------------
# Several recipients
# ------------------------------------------------------------


@dataclass(frozen=True)
class Recipient:
    """``week``: what is known of habits, by ``week_of``."""

    zone: ZoneInfo
    week: Week | None = None


@dataclass(frozen=True)
class Common:
    """A moment, and how many of the recipients are at work for an hour from then."""

    moment: datetime
    at_work: int


def best_common(
    now: datetime, recipients: Sequence[Recipient], hours: Hours
) -> Common | None:
    """The hour that suits most of ``recipients``: in their business hours, then in
    their usual ones, then the earliest. None if it suits none of them.
    """
    usual = [set(usual_hours(recipient.week or [])) for recipient in recipients]
    best, best_score = None, (0, 0)
    for moment in _steps(now):
        at_work = habit = 0
        for recipient, known in zip(recipients, usual, strict=True):
            works = is_business(moment, recipient.zone, hours) and is_business(
                moment + HOUR - STEP, recipient.zone, hours
            )
            at_work += works
            habit += works and local(moment, recipient.zone).hour in known
        if (at_work, habit) > best_score:
            best, best_score = Common(moment, at_work), (at_work, habit)
            if best_score == (len(recipients), sum(map(bool, usual))):
                break  # nothing later is better
    return best
