"""People told from machines.

:func:`classify_trace` looks at the waiting hits of one trace (one recipient's copy of
one mail) and at what happened to it just before, and says of each hit who did it and
why. It drops nothing. What is known stands in ``rules.py``; how it is applied, here:

1. what the request itself says: a logged-in user, an own network, a prefetch header,
   HEAD, the user agent, the network of a mail security service (links only: Outlook on
   the web loads its readers' pictures from there);
2. the neighbourhood: bursts over several links, and what came with them
   (``neighbours.py``);
3. the time since sending;
4. what is left is a person, with the reason saying how sure that is.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from . import networks
from .neighbours import Act, drawn_in
from .rules import (
    BROWSER,
    COUNTING,
    HUMAN,
    MAIL_CLIENT,
    PREFETCH,
    PREVIEW,
    PROBABLE,
    PROXY,
    REASONS,
    SCANNER,
    SELF,
    STRONG,
    TARGET,
    WEAK,
    machine_row,
)

__all__ = [
    "REASONS",
    "Hit",
    "Outcome",
    "Past",
    "Rules",
    "Verdict",
    "classify_trace",
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
    language: bool | None = None  # it had an Accept-Language; None: not recorded


@dataclass(frozen=True, slots=True)
class Past:
    """What must be known of an event already digested, for ``Rules.lookback`` seconds.

    ``source`` is that of :class:`Outcome`: a keyed hash of address and user agent, from
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
    """Thresholds in seconds, and networks. Immutable; made once per digest.

    A grace of 0 switches its rule off, so does ``burst_links`` of 0. ``proxy_grace`` is
    off by default: an image proxy loads for a reader, however soon; some senders saw
    Gmail's load within a second of sending, and can set it.

    Raises :class:`ValueError` for what makes no sense.
    """

    open_grace: float = 60.0  # an open so soon after sending is no person's
    click_grace: float = 30.0  # a click, or an attachment
    proxy_grace: float = 0.0
    burst_links: int = 3  # so many different links ...
    burst_seconds: float = 3.0  # ... in so short a time
    scanner_networks: networks.Networks = networks.MAIL_SCANNERS
    own_networks: networks.Networks = networks.NONE
    source_key: bytes = field(default=b"", repr=False)  # secret, at most 64 bytes

    def __post_init__(self):
        graces = self.open_grace, self.click_grace, self.proxy_grace
        if min(*graces, self.burst_seconds) < 0:
            raise ValueError("a number of seconds is not negative")
        if self.burst_links < 0 or self.burst_links == 1:
            raise ValueError("a burst is of at least two links, or 0: no such rule")
        if len(self.source_key) > hashlib.blake2b.MAX_KEY_SIZE:
            raise ValueError("a key has at most 64 bytes")

    @property
    def lookback(self) -> float:
        """Seconds for which events must be kept at hand as ``earlier``."""
        # one window back to a link of the same burst, one more to what that draws in
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
    """``verdicts`` and ``sources`` of the hits in their order; ``revised`` verdicts by
    id of ``Past``.
    """

    verdicts: list[Verdict]
    revised: dict[int, Verdict]
    sources: list[str]


def classify_trace(
    hits: Sequence[Hit],
    *,
    sent: float | None,
    earlier: Sequence[Past] = (),
    rules: Rules,
) -> Outcome:
    """Verdicts for ``hits``, the waiting hits of one trace, in order of time.

    ``sent``: when this copy was sent (epoch seconds), None when not known.
    ``earlier``: the trace's events from ``rules.lookback`` seconds before the first hit
    onwards. With them, hits cut into several calls get what one call would give them:
    what turns out only now to have been part of a burst is in ``revised``.
    """
    verdicts = [_by_request(hit, rules) for hit in hits]
    sources = [_source(hit, rules.source_key) for hit in hits]
    drawn = {}
    if len(hits) + len(earlier) > 1:
        drawn = _by_neighbours(hits, verdicts, sources, earlier, rules)
    final = []
    for place, hit in enumerate(hits):
        verdict = drawn.get(place)
        final.append(verdict or _by_clock(hit, verdicts[place], sent, rules))
    revised = {}
    for place, past in enumerate(earlier):
        verdict = drawn.get(~place)
        if verdict is not None and verdict.reason != past.reason:
            revised[past.id] = verdict
    return Outcome(final, revised, sources)


# ------------------------------------------------------------
# One request by itself
# ------------------------------------------------------------


def _agent(hit: Hit) -> str:
    return hit.user_agent.strip()[:USER_AGENT_LENGTH]


@lru_cache(maxsize=256)
def _verdict(
    actor: str, reason: str, confidence: str, address_is_person: bool = False
) -> Verdict:
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
    if MAIL_CLIENT.found_in(agent):
        return _verdict(HUMAN, "mail_client", PROBABLE, True)
    if BROWSER.found_in(agent):
        return _verdict(HUMAN, "browser", PROBABLE, True)
    if targeted:  # a picture may well be loaded by a mail client nobody has heard of
        return _verdict(SCANNER, "ua_not_browser", PROBABLE)
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
    verdict = _by_user_agent(_agent(hit), targeted)
    if verdict.confidence == STRONG:
        return verdict
    if address and address in rules.scanner_networks:
        if targeted:
            return _verdict(SCANNER, "network_target", STRONG)
        # a reader of Outlook on the web, perhaps: who is elsewhere
        return _verdict(verdict.actor, verdict.reason, verdict.confidence)
    if targeted and hit.language is False and verdict.reason == "browser":
        return _verdict(SCANNER, "no_language", PROBABLE)
    return verdict


def _by_clock(hit: Hit, verdict: Verdict, sent: float | None, rules: Rules) -> Verdict:
    """Too soon after sending for a person? Before it ended is too soon, too."""
    if sent is None or verdict.actor not in COUNTING:
        return verdict
    elapsed = hit.date - sent
    if verdict.actor == PROXY:
        if rules.proxy_grace and elapsed <= rules.proxy_grace:
            return _verdict(PREFETCH, "early_proxy", PROBABLE)
    elif hit.kind in TARGET:
        if rules.click_grace and elapsed <= rules.click_grace:
            return _verdict(SCANNER, "early_click", PROBABLE)
    elif rules.open_grace and elapsed <= rules.open_grace:
        return _verdict(SCANNER, "early_open", PROBABLE)
    return verdict


# ------------------------------------------------------------
# The neighbourhood
# ------------------------------------------------------------


def _by_neighbours(
    hits: Sequence[Hit],
    verdicts: Sequence[Verdict],
    sources: Sequence[str],
    earlier: Sequence[Past],
    rules: Rules,
) -> dict[int, Verdict]:
    """Verdicts by place (``~place`` among ``earlier``) of what a scanner draws in.

    What a browser fetched in advance, and what our own people did, are nobody's
    neighbours.
    """
    acts = []
    for place, past in enumerate(earlier):
        if past.actor not in (SELF, PREFETCH):
            what = past.date, past.kind, past.link_id, past.source, past.reason
            acts.append(Act(*what, ~place))
    for place, (hit, verdict, source) in enumerate(
        zip(hits, verdicts, sources, strict=True)
    ):
        if verdict.actor not in (SELF, PREFETCH):
            what = hit.date, hit.kind, hit.link_id, source, verdict.reason
            acts.append(Act(*what, place))
    found = drawn_in(acts, rules.burst_links, rules.burst_seconds)
    return {
        place: _verdict(SCANNER, reason, STRONG if reason == "burst" else PROBABLE)
        for place, reason in found.items()
    }


def _source(hit: Hit, key: bytes) -> str:
    """'network.agent', each a keyed hash; no network when not known."""
    near = networks.neighbourhood(hit.address)
    return f"{near and _hash(near, key)}.{_hash(_agent(hit), key)}"


@lru_cache(maxsize=16384)  # of networks and agents: an address is kept nowhere
def _hash(text: str, key: bytes) -> str:
    data = text.encode(errors="replace")
    return hashlib.blake2b(data, digest_size=8, key=key).hexdigest()
