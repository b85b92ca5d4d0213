"""Which repeats are one: the folding of hits that people made.

The rule, exactly
    A hit is a *repeat* when another hit with the same key came at most
    ``WINDOWS[kind]`` seconds before it, be that one counted or itself a repeat. What is
    not a repeat counts. The key is the trace and, for clicks and attachments, the link;
    the pixel and the pictures of one body are one key.

So it is the *gap* that decides, not the time since the last counted one: a file whose
reader scrolls for ten minutes, fetching a range every half minute, was viewed once.
The reason for the choice is that the rule is local. Whether a hit counts depends on its
predecessor alone, hence not on how hits were cut into batches, and the counters can be
rebuilt from the events in one statement::

    date - lag(date) OVER (PARTITION BY trace_id, type, link_id ORDER BY date, id)
        > window            -- or there is no predecessor

Only hits of people go in: the caller leaves out what a machine did, so that a scanner
cannot hide the person who came after it. Dates are epoch seconds.
"""

from collections.abc import Hashable, Iterable, MutableMapping
from typing import NamedTuple

# seconds: the design's KPI section
WINDOWS = {"open": 10.0, "click": 10.0, "attachment": 60.0}
# what proves that the mail was opened, images or not
IMPLY_OPEN = frozenset(("click", "attachment", "reply"))


class Key(NamedTuple):
    """What repeats are repeats of. ``kind`` is an event's: ``image`` is an ``open``."""

    trace: Hashable
    kind: str
    link: int | None


def key(trace: Hashable, kind: str, link_id: int | None = None) -> Key:
    """The key of one hit; pixel and pictures share one, whatever their link.

    >>> key(7, 'image', 3) == key(7, 'open')
    True
    """
    if kind in ("open", "image"):
        return Key(trace, "open", None)
    return Key(trace, kind, link_id)


def fold(
    hits: Iterable[tuple[Key, float]], last_seen: MutableMapping[Key, float]
) -> list[bool]:
    """Whether each of ``hits`` (key, date), in order of time, counts.

    ``last_seen`` holds the date of the latest earlier hit by a person per key, counted
    or not; it is brought up to date in place, so that folding in parts gives what
    folding at once does. A hit that arrives late, dated before ``last_seen``, is a
    repeat when it is within the window on that side too.

    >>> open_ = key(1, 'open')
    >>> fold([(open_, 0.0), (open_, 8.0), (open_, 16.0), (open_, 26.5)], {})
    [True, False, False, True]
    """
    counts = []
    for hit_key, date in hits:
        seen = last_seen.get(hit_key)
        if seen is None:
            counts.append(True)
            last_seen[hit_key] = date
            continue
        counts.append(abs(date - seen) > WINDOWS[hit_key.kind])
        if date > seen:
            last_seen[hit_key] = date
    return counts


def implies_open(kind: str, date: float, first_open: float | None) -> bool:
    """Whether a counted event proves an open that no picture told of.

    True for a click, an attachment view or a reply dated before the first counted open
    (``first_open``, None when there is none).

    >>> implies_open('click', 50.0, None), implies_open('click', 50.0, 40.0)
    (True, False)
    """
    return kind in IMPLY_OPEN and (first_open is None or date < first_open)


def implied_open(events: Iterable[tuple[str, float]]) -> float | None:
    """The date of the implied open of one trace, None when nothing implies one.

    ``events`` are (type, date) of the counted ones, in any order. It is the date of the
    first click, attachment view or reply, unless a counted open came no later.

    >>> implied_open([('reply', 90.0), ('click', 50.0), ('open', 70.0)])
    50.0
    >>> implied_open([('open', 50.0), ('click', 50.0)]) is None
    True
    """
    first_open = proof = None
    for kind, date in events:
        if kind == "open" and (first_open is None or date < first_open):
            first_open = date
        elif kind in IMPLY_OPEN and (proof is None or date < proof):
            proof = date
    if proof is not None and (first_open is None or proof < first_open):
        return proof
    return None
