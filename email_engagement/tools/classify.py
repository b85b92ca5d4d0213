"""People told from machines.

:func:`classify_trace` looks at the waiting hits of one trace (one recipient's copy of one
mail), and at what happened to it just before, and says of each hit who did it and why.
It never drops a hit. See ``rules.py`` for what is known, this file for how it is applied:

1. what the request itself says: a logged-in user, an own network, a prefetch header, HEAD,
   the user agent, the network of a mail security service (links only);
2. the neighbourhood: ``burst_links`` or more different links within ``burst_seconds`` are
   a scanner's, and so is what the same source did that near to a scanner's links;
3. the time since sending;
4. what is left is a person, with the reason saying how sure that is.

A *source* is a network (/16, or /32 for IPv6) or a user agent. Scanners change one of the
two between links, hardly both; and one trace is one person, who has no second address in
the same seconds. So links of one network, or of one user agent, make a burst together. What
merely happened near a burst must share both to be drawn in.
"""

import hashlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from . import networks
from .rules import (
    BROWSER,
    COUNTING,
    HUMAN,
    MAIL_CLIENT,
    PIXEL,
    PREFETCH,
    PREVIEW,
    PROBABLE,
    REASONS,
    SCANNER,
    SELF,
    STRONG,
    STRONG_REASONS,
    TARGET,
    WEAK,
    machine_row,
)

__all__ = [
    "REASONS", "Hit", "Outcome", "Past", "Rules", "Verdict", "classify_trace", "past_of",
]

USER_AGENT_LENGTH = 512  # what is longer is cut: no client needs more


@dataclass(frozen=True, slots=True)
class Hit:
    """One raw request of one trace."""

    id: int
    kind: str  # 'open' | 'image' (a picture of the body) | 'click' | 'attachment'
    link_id: int | None
    date: float  # epoch seconds, UTC
    head: bool = False
    user_agent: str = ""
    address: str = ""  # '' when not known
    purpose: str = ""  # Sec-Purpose, Purpose, X-Moz, X-Purpose, joined
    is_internal: bool = False  # a logged-in internal user of this Odoo


@dataclass(frozen=True, slots=True)
class Past:
    """What must be known of an event already digested, for ``Rules.lookback`` seconds.

    ``source`` is what :func:`past_of` made of address and user agent: a keyed hash, from
    which neither can be read.
    """

    id: int
    kind: str
    link_id: int | None
    date: float
    source: str
    actor: str
    reason: str


@dataclass(frozen=True)
class Rules:
    """Thresholds in seconds, and networks. Immutable; one for each company and digest.

    A grace of 0 switches its rule off, so does ``burst_links`` of 0. Raises
    :class:`ValueError` for what makes no sense.
    """

    open_grace: float = 60.0  # peers.md: an open within 60 s of sending
    click_grace: float = 30.0  # peers.md: a click within 30 s of sending
    burst_links: int = 3  # peers.md: three or more different links ...
    burst_seconds: float = 3.0  # ... within 3 s
    scanner_networks: networks.Networks = networks.MAIL_SCANNERS
    own_networks: networks.Networks = networks.NONE
    source_key: bytes = field(default=b"", repr=False)  # secret for Past.source, <= 64

    def __post_init__(self):
        if min(self.open_grace, self.click_grace, self.burst_seconds) < 0:
            raise ValueError("a number of seconds is not negative")
        if self.burst_links < 0 or self.burst_links == 1:
            raise ValueError("a burst is of at least two links, or 0: no such rule")

    @property
    def lookback(self) -> float:
        """Seconds for which events must be kept at hand as ``earlier``."""
        return 2 * self.burst_seconds


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who did it.

    ``counts``: an act of a person (repeats are folded later, see ``fold.py``).
    ``address_is_person``: the country may be derived from the address.
    ``confidence``: 'strong', 'probable' or 'weak'.
    """

    actor: str
    reason: str
    counts: bool
    address_is_person: bool
    confidence: str


class Outcome(NamedTuple):
    """``verdicts`` of the hits in their order; ``revised`` verdicts by id of ``Past``."""

    verdicts: list[Verdict]
    revised: dict[int, Verdict]


@lru_cache(maxsize=256)
def _verdict(actor, reason, confidence, address_is_person=False) -> Verdict:
    return Verdict(actor, reason, actor in COUNTING, address_is_person, confidence)


@lru_cache(maxsize=16384)
def _by_user_agent(user_agent: str, targeted: bool) -> Verdict:
    """What the user agent alone tells. Never None: a person, if nothing else."""
    agent = user_agent.lower()
    if not agent:
        return _verdict(SCANNER, "ua_empty", STRONG)
    row = machine_row(agent, "click" if targeted else "open")
    if row:
        return _verdict(row.actor, row.code, row.strength)
    if MAIL_CLIENT.search(agent):
        return _verdict(HUMAN, "mail_client", PROBABLE, True)
    if BROWSER.search(agent):
        return _verdict(HUMAN, "browser", PROBABLE, True)
    return _verdict(HUMAN, "no_rule", WEAK, True)


def _by_request(hit: Hit, rules: Rules) -> Verdict:
    """What the request tells without its neighbours and without the clock."""
    if hit.is_internal:
        return _verdict(SELF, "internal_user", STRONG)
    address = hit.address
    if address and address in rules.own_networks:
        return _verdict(SELF, "own_network", STRONG)
    if hit.purpose:
        purpose = hit.purpose.lower()
        if "prefetch" in purpose or "prerender" in purpose:
            return _verdict(PREFETCH, "purpose_prefetch", STRONG)
        if "preview" in purpose:
            return _verdict(PREVIEW, "purpose_preview", STRONG)
    if hit.head:
        return _verdict(SCANNER, "head_request", STRONG)
    targeted = hit.kind in TARGET
    agent = hit.user_agent.strip()[:USER_AGENT_LENGTH]
    verdict = _by_user_agent(agent, targeted)
    if verdict.confidence == STRONG or not address:
        return verdict
    if address in rules.scanner_networks:
        if targeted:
            return _verdict(SCANNER, "network_target", STRONG)
        # Outlook on the web loads a reader's pictures from there: a person, elsewhere
        return _verdict(verdict.actor, verdict.reason, verdict.confidence)
    return verdict


def _by_clock(hit: Hit, verdict: Verdict, sent: float | None, rules: Rules) -> Verdict:
    """Too soon after sending for a person, unless a known proxy says otherwise."""
    if sent is None or verdict.actor != HUMAN:
        return verdict
    if hit.kind in TARGET:
        grace, reason = rules.click_grace, "early_click"
    else:
        grace, reason = rules.open_grace, "early_open"
    if grace and hit.date - sent <= grace:
        return _verdict(SCANNER, reason, PROBABLE)
    return verdict


@lru_cache(maxsize=16384)
def _source(address: str, user_agent: str, key: bytes) -> str:
    """'network.agent', each a keyed hash of 64 bits; '' for an unknown network."""

    def digest(text: str) -> str:
        return hashlib.blake2b(text.encode(errors="replace"), digest_size=8, key=key).hexdigest()

    near = networks.neighbourhood(address)
    return f"{near and digest(near)}.{digest(user_agent[:USER_AGENT_LENGTH])}"


def past_of(hit: Hit, event_id: int, verdict: Verdict, rules: Rules) -> Past:
    """What to keep of ``hit`` for ``rules.lookback`` seconds once it is an event."""
    return Past(
        id=event_id,
        kind=hit.kind,
        link_id=hit.link_id,
        date=hit.date,
        source=_source(hit.address, hit.user_agent, rules.source_key),
        actor=verdict.actor,
        reason=verdict.reason,
    )


class _Act(NamedTuple):
    """A hit or an earlier event, as the neighbourhood sees it."""

    date: float
    kind: str
    link_id: int | None
    source: str
    actor: str
    reason: str
    place: int  # >= 0: position among the hits; < 0: ~position among the earlier


def classify_trace(
    hits: Sequence[Hit],
    *,
    sent: float | None,
    earlier: Sequence[Past] = (),
    rules: Rules,
) -> Outcome:
    """Verdicts for ``hits``, the waiting hits of one trace, in order of time.

    ``sent``: when this copy was sent (epoch seconds), None when not known.
    ``earlier``: the trace's events of the last ``rules.lookback`` seconds before the first
    hit. With them, cutting hits into several calls gives what one call gives: what turns
    out to be part of a burst only now is in ``revised``.
    """
    first = [_by_request(hit, rules) for hit in hits]
    revised = {}
    drawn_in = {}
    if len(hits) + len(earlier) > 1:
        drawn_in = _by_neighbours(hits, first, earlier, rules)
    verdicts = []
    for place, (hit, verdict) in enumerate(zip(hits, first)):
        if place in drawn_in:
            verdict = drawn_in[place]
        elif verdict.confidence != STRONG:
            verdict = _by_clock(hit, verdict, sent, rules)
        verdicts.append(verdict)
    for place, past in enumerate(earlier):
        verdict = drawn_in.get(~place)
        if verdict is not None and verdict.reason != past.reason:
            revised[past.id] = verdict
    return Outcome(verdicts, revised)


def _by_neighbours(hits, verdicts, earlier, rules: Rules) -> dict[int, Verdict]:
    """Verdicts by place (``~place`` for earlier ones) of what belongs to a scanner."""
    acts = [
        _Act(past.date, past.kind, past.link_id, past.source, past.actor, past.reason, ~n)
        for n, past in enumerate(earlier)
    ]
    acts += [
        _Act(hit.date, hit.kind, hit.link_id,
             _source(hit.address, hit.user_agent, rules.source_key),
             verdict.actor, verdict.reason, n)
        for n, (hit, verdict) in enumerate(zip(hits, verdicts))
    ]
    # what a browser fetches in advance, and our own people, are no scanner's
    acts = [act for act in acts if act.actor not in (SELF, PREFETCH)]
    acts.sort(key=lambda act: act.date)
    core = _bursts([act for act in acts if act.kind in TARGET], rules)

    seeds = defaultdict(list)  # source -> dates of what a scanner did to the links
    for act in acts:
        if act.kind in TARGET and (
            act.place in core or act.reason in ("network_target", "burst", "head_request")
        ):
            seeds[act.source].append(act.date)
    result = {}
    for act in acts:
        if act.reason in STRONG_REASONS:
            continue
        if act.place in core:
            result[act.place] = _verdict(SCANNER, "burst", STRONG)
        elif _near(act.date, seeds.get(act.source), rules.burst_seconds):
            result[act.place] = _verdict(SCANNER, "same_source", PROBABLE)
    return result


def _near(date: float, dates: list[float] | None, seconds: float) -> bool:
    if not dates:
        return False
    place = bisect_left(dates, date - seconds)
    return place < len(dates) and dates[place] <= date + seconds


def _bursts(acts: list[_Act], rules: Rules) -> set[int]:
    """Places of what lies in a window with enough different links of one source."""
    if not rules.burst_links or len(acts) < rules.burst_links:
        return set()
    groups = defaultdict(list)
    for act in acts:
        if act.link_id is None:
            continue
        near, _dot, agent = act.source.partition(".")
        groups["agent", agent].append(act)
        if near:
            groups["network", near].append(act)
    found = set()
    for group in groups.values():
        if len(group) >= rules.burst_links:
            found.update(_burst_of(group, rules))
    return found


def _burst_of(group: list[_Act], rules: Rules) -> set[int]:
    """The same for one source: a window slid once over its acts, in order of time."""
    found = set()
    links = defaultdict(int)
    start = marked = 0
    for end, act in enumerate(group):
        links[act.link_id] += 1
        while act.date - group[start].date > rules.burst_seconds:
            left = group[start].link_id
            links[left] -= 1
            if not links[left]:
                del links[left]
            start += 1
        if len(links) >= rules.burst_links:
            for place in range(max(start, marked), end + 1):
                found.add(group[place].place)
            marked = end + 1
    return found
