"""Which pictures of an email are this Odoo's own, and how it would serve them."""

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

#: Odoo makes no picture larger than this on request.
SIZE_MAX = 4000

_PATH = re.compile(
    r"/web/image/(?P<id>[0-9]{1,9})(?P<unique>-[^/]*)?"
    r"(?:/(?P<width>[0-9]{1,5})x(?P<height>[0-9]{1,5}))?(?:/[^/]*)?"
)


class Picture(NamedTuple):
    """One attachment as the address asks for it; a size of 0 is the picture's own."""

    attachment_id: int
    access_token: str
    width: int
    height: int
    crop: bool
    immutable: bool  # the address names the content: it may be kept for ever


def parse(url: str, bases: Iterable[str] | None = None) -> Picture | None:
    """Return the attachment that an address shows, None for all others.

    :param bases: addresses of this Odoo, without a path; None for any

    >>> parse('https://o.example/web/image/7-ab/10x0/a.png', ['https://o.example'])
    Picture(attachment_id=7, access_token='', width=10, height=0, crop=False, \
immutable=True)
    >>> parse('https://else.example/web/image/7', ['https://o.example']) is None
    True
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if bases is not None:
        origin = f"{parts.scheme}://{parts.netloc}".lower()
        if origin not in {base.rstrip("/").lower() for base in bases}:
            return None
    match = _PATH.fullmatch(parts.path)
    if not match:
        return None
    query = parse_qs(parts.query[:2048], max_num_fields=20)

    def number(name: str) -> int:
        value = match[name] or query.get(name, [""])[-1]
        return min(int(value), SIZE_MAX) if re.fullmatch("[0-9]{1,5}", value) else 0

    return Picture(
        attachment_id=int(match["id"]),
        access_token=query.get("access_token", [""])[-1],
        width=number("width"),
        height=number("height"),
        crop=query.get("crop", [""])[-1].lower() in ("1", "true"),
        immutable=bool(match["unique"] or query.get("unique")),
    )
