"""Reading the addresses that stand in followed emails: ``…/ee/<purpose>/<token>``."""

import re

from .tokens import TOKEN_MAX, Purpose

_PATH = re.compile(
    rf"https?://[^/?#\s]{{1,255}}/ee/([a-z])/([\w-]{{1,{TOKEN_MAX}}})"
    r"(?:\.gif|(/[^/?#\s]{0,2000}))?(?=[?#]|$)",  # the name of a file may follow
    re.ASCII | re.IGNORECASE,
)
_PURPOSES = {purpose.path: purpose for purpose in Purpose}


def read_address(url: str) -> tuple[Purpose, str] | None:
    """Return purpose and token of an address that may be one of ours.

    Whether it is only the token tells: bases change, and are not looked at.

    >>> read_address("https://old.example.com/ee/c/AbC-_1?x=1#top")
    (<Purpose.CLICK: 'click'>, 'AbC-_1')
    >>> read_address("https://example.com/ee/o/AbC.gif")
    (<Purpose.OPEN: 'open'>, 'AbC')
    >>> read_address("https://example.com/ee/a/AbC/Offer%207.pdf")
    (<Purpose.FILE: 'file'>, 'AbC')
    >>> read_address("https://example.com/shop/ee/c/AbC")
    """
    match = _PATH.match(url)
    purpose = match and _PURPOSES.get(match[1].lower())
    if purpose and (purpose is Purpose.FILE or not match[3]):
        return purpose, match[2]
    return None
