"""The formulas behind rates, recommendations and comparisons. Pure.

Counts are of traces (one recipient's copy each). Rates are percent for people and
proportions (0..1) inside; every function says which. Without a sample there is no rate:
None, never 0 %.

Lists of templates are sorted and filtered by the same formulas in SQL
(``models/template_results.py``). :func:`pooled`, :func:`recommended` and
:func:`clearly_worse` are what these are tested against.

Sources
    [W]  E. B. Wilson, "Probable inference, the law of succession, and statistical
         inference", J. Am. Stat. Assoc. 22 (1927) 209-212: the score interval.
    [N1] R. G. Newcombe, "Two-sided confidence intervals for the single proportion:
         comparison of seven methods", Stat. Med. 17 (1998) 857-872: it is method 3.
    [N2] R. G. Newcombe, "Interval estimation for the difference between independent
         proportions: comparison of eleven methods", Stat. Med. 17 (1998) 873-890:
         method 10, the hybrid score interval.
    [F]  J. L. Fleiss, B. Levin, M. C. Paik, "Statistical Methods for Rates and
         Proportions", 3rd ed. (2003), 4.2: size of two samples, no continuity
         correction.
"""

import math
from collections.abc import Iterable
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE = 0.95
POWER = 0.80  # chance to see the difference if it is there: the usual convention
WORTHWHILE = 0.05  # a difference of rates below five points changes nobody's template
MIN_SAMPLE = 20  # traces sent before anything is said of a template: the design


class Interval(NamedTuple):
    """Bounds, both included, in the unit of the function that returns it."""

    low: float
    high: float


class Rate(NamedTuple):
    """A rate as it is shown: percent, with what it rests on."""

    percent: float | None
    sample: int
    low: float | None
    high: float | None


class Comparison(NamedTuple):
    """Variant A against variant B.

    ``difference`` is A's rate less B's in percentage points, ``low`` and ``high`` its
    interval, None without a sample on both sides. ``verdict`` is ``'a'`` or ``'b'``
    (that one is really better), ``'none'`` (enough mails, no difference worth the name)
    or ``'more'`` (not enough mails yet). ``more`` is about how many mails, of both
    variants together, are missing to tell.
    """

    difference: float | None
    low: float | None
    high: float | None
    verdict: str
    more: int


@lru_cache(maxsize=64)
def quantile(confidence: float) -> float:
    """The two-sided normal quantile: 1.959964 for 0.95."""
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence between 0 and 1 is needed, not {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _check(count: int, sample: int) -> None:
    if not 0 <= count <= sample:
        raise ValueError(f"{count} out of {sample} is not a share")


def wilson(count: int, sample: int, confidence: float = CONFIDENCE) -> Interval:
    """The Wilson score interval [W] of a proportion, as proportions.

    Raises :class:`ValueError` for an empty sample or a count outside of it.

    >>> tuple(round(bound, 4) for bound in wilson(81, 263))
    (0.2553, 0.3662)
    """
    _check(count, sample)
    if not sample:
        raise ValueError("an empty sample has no interval")
    z = quantile(confidence)
    share = count / sample
    middle = share + z * z / (2 * sample)
    reach = z * math.sqrt(share * (1 - share) / sample + z * z / (4 * sample * sample))
    scale = 1 + z * z / sample
    # exact at the ends, where rounding would leave 0 or 1 by an ulp
    low = 0.0 if count == 0 else (middle - reach) / scale
    high = 1.0 if count == sample else (middle + reach) / scale
    return Interval(low, high)


def rate(count: int, sample: int, confidence: float = CONFIDENCE) -> Rate:
    """``count`` of ``sample`` in percent with its interval; all None for no sample.

    >>> rate(0, 0)
    Rate(percent=None, sample=0, low=None, high=None)
    """
    _check(count, sample)
    if not sample:
        return Rate(None, 0, None, None)
    low, high = wilson(count, sample, confidence)
    return Rate(100 * count / sample, sample, 100 * low, 100 * high)


def pooled(groups: Iterable[tuple[int, int]]) -> float | None:
    """The proportion over all (count, sample) together: weighted by size.

    >>> pooled([(1, 10), (30, 90)])
    0.31
    """
    count = sample = 0
    for group_count, group_sample in groups:
        _check(group_count, group_sample)
        count += group_count
        sample += group_sample
    return count / sample if sample else None


def better(
    count: int,
    sample: int,
    pooled_rate: float | None,
    min_sample: int = MIN_SAMPLE,
    confidence: float = CONFIDENCE,
) -> bool:
    """Whether the lower bound is above ``pooled_rate`` (a proportion)."""
    if not _comparable(sample, pooled_rate, min_sample):
        return False
    return wilson(count, sample, confidence).low > pooled_rate


def clearly_worse(
    count: int,
    sample: int,
    pooled_rate: float | None,
    min_sample: int = MIN_SAMPLE,
    confidence: float = CONFIDENCE,
) -> bool:
    """Whether the upper bound is below ``pooled_rate`` (a proportion)."""
    if not _comparable(sample, pooled_rate, min_sample):
        return False
    return wilson(count, sample, confidence).high < pooled_rate


def _comparable(sample: int, pooled_rate: float | None, min_sample: int) -> bool:
    return pooled_rate is not None and sample >= max(min_sample, 1)


def recommended(
    sent: int,
    opened: int,
    replied: int,
    pooled_open: float | None,
    pooled_reply: float | None,
    *,
    min_sample: int = MIN_SAMPLE,
    confidence: float = CONFIDENCE,
) -> bool:
    """Whether a template earns its star.

    At least ``min_sample`` traces sent, and the lower bound of the open rate or of the
    reply rate above the pooled rate (a proportion; None: nothing to compare with) of
    the templates of the same model.
    """
    return better(opened, sent, pooled_open, min_sample, confidence) or better(
        replied, sent, pooled_reply, min_sample, confidence
    )


def difference(
    count_a: int,
    sample_a: int,
    count_b: int,
    sample_b: int,
    confidence: float = CONFIDENCE,
) -> Interval:
    """The interval of A's proportion less B's: hybrid score, [N2] method 10.

    >>> tuple(round(bound, 4) for bound in difference(56, 70, 48, 80))
    (0.0524, 0.3339)
    """
    low_a, high_a = wilson(count_a, sample_a, confidence)
    low_b, high_b = wilson(count_b, sample_b, confidence)
    share_a, share_b = count_a / sample_a, count_b / sample_b
    apart = share_a - share_b
    return Interval(
        apart - math.hypot(share_a - low_a, high_b - share_b),
        apart + math.hypot(high_a - share_a, share_b - low_b),
    )


def sample_size(
    share_a: float,
    share_b: float,
    confidence: float = CONFIDENCE,
    power: float = POWER,
) -> int | None:
    """Mails needed *per variant* to tell two proportions apart [F]; None if equal.

    >>> sample_size(0.5, 0.75, power=0.9)
    77
    """
    if share_a == share_b:
        return None
    z_error = quantile(confidence)
    z_power = NormalDist().inv_cdf(power)
    mean = (share_a + share_b) / 2
    spread = z_error * math.sqrt(2 * mean * (1 - mean)) + z_power * math.sqrt(
        share_a * (1 - share_a) + share_b * (1 - share_b)
    )
    return math.ceil((spread / (share_a - share_b)) ** 2)


def compare(
    count_a: int,
    sample_a: int,
    count_b: int,
    sample_b: int,
    *,
    min_sample: int = MIN_SAMPLE,
    worthwhile: float = WORTHWHILE,
    confidence: float = CONFIDENCE,
    power: float = POWER,
) -> Comparison:
    """Whether variant A or B is really better, or what is missing to say so.

    The difference is real when its interval (:func:`difference`) leaves out zero and
    both variants have ``min_sample`` mails. If not, ``more`` is what
    :func:`sample_size` asks for beyond what was sent, to see the present difference or
    ``worthwhile`` (a proportion), whichever is larger. The verdict is ``'none'`` when
    nothing is missing, or when the whole interval is nearer to zero than
    ``worthwhile``.

    Looking again after every mail and stopping at the first "real" makes errors more
    frequent than 1 - ``confidence``: the screen should say from how many mails.
    """
    _check(count_a, sample_a)
    _check(count_b, sample_b)
    floor = max(0, min_sample - sample_a) + max(0, min_sample - sample_b)
    if not sample_a or not sample_b:
        return Comparison(None, None, None, "more", max(floor, 1))
    share_a, share_b = count_a / sample_a, count_b / sample_b
    low, high = difference(count_a, sample_a, count_b, sample_b, confidence)
    shown = (100 * (share_a - share_b), 100 * low, 100 * high)
    if floor:
        return Comparison(*shown, "more", floor)
    if low > 0 or high < 0:
        return Comparison(*shown, "a" if low > 0 else "b", 0)
    if -worthwhile < low and high < worthwhile:
        return Comparison(*shown, "none", 0)
    if abs(share_a - share_b) < worthwhile:
        share_a, share_b = _apart((share_a + share_b) / 2, worthwhile)
    needed = sample_size(share_a, share_b, confidence, power)
    missing = max(0, needed - sample_a) + max(0, needed - sample_b)
    return Comparison(*shown, "more" if missing else "none", missing)


def _apart(middle: float, distance: float) -> tuple[float, float]:
    """Two proportions ``distance`` apart around ``middle``, both within 0..1."""
    middle = min(max(middle, distance / 2), 1 - distance / 2)
    return middle - distance / 2, middle + distance / 2
