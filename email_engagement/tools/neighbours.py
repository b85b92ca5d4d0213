"""Hits judged by their neighbours: a scanner's bursts, and what comes with them.

``burst_links`` or more different links within ``burst_seconds`` are a scanner's, and so
is what the same source did that near to a scanner's links, before and after.

A *source* is a network (/16, or /32 for IPv6) and a user agent. Scanners come from
several addresses, and some change the user agent from link to link; but hardly both,
and the one person of a trace has no second client in the same seconds. So links
followed from one network, *or* with one user agent, make a burst together. What merely
happened near to a scanner's links is drawn in only when it shares both.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from .rules import STRONG_REASONS, TARGET


class Act(NamedTuple):
    """A hit or an earlier event, as its neighbours see it."""

    date: float  # epoch seconds
    kind: str
    link_id: int | None
    source: str  # 'network.agent', the network may be ''
    reason: str  # of the verdict so far
    place: int  # whatever the caller knows it by


def drawn_in(
    acts: Iterable[Act], burst_links: int, burst_seconds: float
) -> dict[int, str]:
    """Reason ('burst' or 'same_source') by place of what is a scanner's.

    Linear in the number of acts but for the sorting.
    """
    acts = sorted(acts, key=lambda act: act.date)
    targeted = [act for act in acts if act.kind in TARGET]
    burst = _bursts(targeted, burst_links, burst_seconds)
    checks = defaultdict(list)  # source -> dates of a scanner's visits to links
    heads = defaultdict(list)
    for act in targeted:
        if act.place in burst or act.reason in ("burst", "network_target"):
            checks[act.source].append(act.date)
        elif act.reason == "head_request":
            heads[act.source].append(act.date)
    if not checks and not heads:
        return {}
    result = {}
    for act in acts:
        if act.reason in STRONG_REASONS:
            continue
        if act.place in burst:
            result[act.place] = "burst"
        elif _near(act.date, checks.get(act.source), burst_seconds) or (
            # Office asks for the headers of a link that a person clicked, and download
            # managers for those of a file: HEAD accuses clicks of its own client only
            act.kind == "click"
            and _near(act.date, heads.get(act.source), burst_seconds)
        ):
            result[act.place] = "same_source"
    return result


def _near(date: float, dates: list[float] | None, seconds: float) -> bool:
    if not dates:
        return False
    place = bisect_left(dates, date - seconds)
    return place < len(dates) and dates[place] <= date + seconds


def _bursts(targeted: list[Act], burst_links: int, burst_seconds: float) -> set[int]:
    """Places of what lies in a window with enough different links of one source."""
    if not burst_links or len(targeted) < burst_links:
        return set()
    groups = defaultdict(list)
    for act in targeted:
        if act.link_id is not None:
            near, _dot, agent = act.source.partition(".")
            groups["agent", agent].append(act)
            if near:
                groups["network", near].append(act)
    found = set()
    for group in groups.values():
        if len(group) >= burst_links:
            found.update(_crowded(group, burst_links, burst_seconds))
    return found


def _crowded(group: list[Act], burst_links: int, burst_seconds: float) -> Iterable[int]:
    """The same for one source: a window slid over its acts, each marked once."""
    links = defaultdict(int)
    start = marked = 0
    for end, act in enumerate(group):
        links[act.link_id] += 1
        while act.date - group[start].date > burst_seconds:
            left = group[start].link_id
            links[left] -= 1
            if not links[left]:
                del links[left]
            start += 1
        if len(links) >= burst_links:
            for place in range(max(start, marked), end + 1):
                yield group[place].place
            marked = end + 1
