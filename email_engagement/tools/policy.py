"""Who may be followed: policies, consents, and the level that comes of them.

Pure: no database. A copy of a followed email carries one *level* for opens and one for
clicks. Each policy asks for a level, and what the recipient does is recorded only while
the copy's level is at least the one that the company's policy asks for now. So a
changed policy holds for mails that are already sent, and a company that is switched on
again finds everything as it was, without one row being rewritten.
"""

from collections.abc import Iterable
from dataclasses import dataclass

OFF = "off"
ANONYMOUS = "anonymous"
CONSENT = "consent"
UNLESS_REFUSED = "unless_refused"

UNKNOWN = "unknown"
GRANTED = "granted"
REFUSED = "refused"

KINDS = ("opens", "clicks")

#: Levels of a copy. ``EXEMPT``: it names nobody, or an exception for the recipient's
#: country allows it whatever the company's own policy becomes, unless that is "off".
LEVEL_NONE = 0
LEVEL_NOT_REFUSED = 1
LEVEL_GRANTED = 2
LEVEL_EXEMPT = 3

#: The level that each policy asks for.
REQUIRED = {
    UNLESS_REFUSED: LEVEL_NOT_REFUSED,
    CONSENT: LEVEL_GRANTED,
    ANONYMOUS: LEVEL_EXEMPT,
    OFF: LEVEL_EXEMPT + 1,
}


@dataclass(frozen=True)
class Permission:
    """What of one copy may be recorded.

    ``reason``: why not, of what is not: ``off``, ``country``, ``refused`` or
    ``no_consent``; '' where all that the company wants may be.
    """

    opens: int = LEVEL_NONE
    clicks: int = LEVEL_NONE
    anonymous: bool = False
    reason: str = ""


def combine(states: Iterable[str]) -> str:
    """The state of a person known by several names (contact, address): one refusal is
    a refusal.

    >>> combine(["granted", "unknown"]), combine(["granted", "refused"]), combine([])
    ('granted', 'refused', 'unknown')
    """
    states = set(states)
    for state in (REFUSED, GRANTED):
        if state in states:
            return state
    return UNKNOWN


def combine_shared(states: Iterable[str]) -> str:
    """The state of a copy that several people share: all of them must have agreed.

    >>> combine_shared(["granted", "unknown"]), combine_shared(["granted", "granted"])
    ('unknown', 'granted')
    """
    states = set(states)
    if REFUSED in states:
        return REFUSED
    return GRANTED if states == {GRANTED} else UNKNOWN


def permit(
    company_policy: str,
    country_policy: str | None,
    consents: dict[str, str],
    switches: dict[str, bool],
) -> Permission:
    """What may be recorded of a copy that is sent now.

    :param country_policy: of an exception for the recipient's country, if any
    :param consents: the recipient's state by kind (``opens``, ``clicks``)
    :param switches: whether the company wants each kind at all

    >>> both = {"opens": True, "clicks": True}
    >>> permit("consent", None, {"opens": "granted"}, both)
    Permission(opens=2, clicks=0, anonymous=False, reason='no_consent')
    >>> permit("consent", "unless_refused", {}, both)
    Permission(opens=3, clicks=3, anonymous=False, reason='')
    """
    policy = country_policy or company_policy
    if OFF in (company_policy, policy):
        return Permission(reason="off" if company_policy == OFF else "country")
    levels, reasons = {}, []
    for kind in KINDS:
        state = consents.get(kind, UNKNOWN)
        levels[kind] = LEVEL_NONE
        if not switches.get(kind, True):
            reasons.append("off")
        elif state == REFUSED:
            reasons.append("refused")
        elif policy == CONSENT and state != GRANTED:
            reasons.append("no_consent")
        elif policy == ANONYMOUS or (
            country_policy and REQUIRED[country_policy] < REQUIRED[company_policy]
        ):
            levels[kind] = LEVEL_EXEMPT
        else:
            granted = state == GRANTED
            levels[kind] = LEVEL_GRANTED if granted else LEVEL_NOT_REFUSED
    # What the recipient has said is more to the point than what the company has set.
    reason = next((r for r in ("refused", "no_consent") if r in reasons), "")
    if not reason and not any(levels.values()):
        reason = "off"
    return Permission(
        levels["opens"],
        levels["clicks"],
        anonymous=policy == ANONYMOUS and any(levels.values()),
        reason=reason,
    )


def level_of_sent(old: int, state: str, country_policy: str | None = None) -> int:
    """The level of a copy that was sent at the level ``old``, now that its
    recipient's state is ``state``.

    The company's own policy plays no part: it is asked when something comes in.

    >>> level_of_sent(LEVEL_NOT_REFUSED, "refused"), level_of_sent(0, "granted")
    (0, 2)
    """
    if state == REFUSED or (country_policy == CONSENT and state != GRANTED):
        return LEVEL_NONE
    if old == LEVEL_EXEMPT:
        return old
    return LEVEL_GRANTED if state == GRANTED else LEVEL_NOT_REFUSED
