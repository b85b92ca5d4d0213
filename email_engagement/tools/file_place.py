"""Where in an email its followed files are listed: at the end of the author's text.

A *mark* is put there once per email. It is a comment that names the attachments in the
way in which Odoo recognizes that a body links to them, so that it does not attach them.
Whoever fills the body in for a recipient replaces the mark.
"""

import re
from collections.abc import Iterable

from .html_scan import Kind, Token, tokens

_MARK = re.compile(r"<!--engagement-files(?: /web/content/[0-9]+)+-->")

#: What comes after an author's text: quotes of earlier emails, and signatures.
_AFTER = re.compile(
    r"(?:^|\s)(?:o-signature-container|o_signature|gmail_quote|gmail_signature"
    r"|moz-cite-prefix|o_mail_reply_content)(?:\s|$)"
)
_ATTRIBUTES = ("class", "data-o-mail-quote", "data-o-mail-quote-container")
_BLOCKS = frozenset("blockquote div section table".split())


def mark(ids: Iterable[int]) -> str:
    """The mark of some attachments, '' for none.

    >>> mark([3, 5])
    '<!--engagement-files /web/content/3 /web/content/5-->'
    """
    names = "".join(f" /web/content/{id_:d}" for id_ in ids)
    return f"<!--engagement-files{names}-->" if names else ""


def has_mark(html: str) -> bool:
    return _MARK.search(html) is not None


def replace_mark(html: str, block: str) -> str:
    """Return the email with ``block`` in the place of the mark."""
    return _MARK.sub(lambda _match: block, html, count=1)


def put_mark(html: str, text: str, ids: Iterable[int]) -> str:
    """Return the email with the mark of ``ids``.

    :param html: the whole email
    :param text: the author's text, as it stands in there; where it does not (a layout
        may have changed it) the mark goes to the end of the email
    """
    place = _end_of_text(html, text)
    return f"{html[:place]}{mark(ids)}{html[place:]}"


def _end_of_text(html: str, text: str) -> int:
    start = html.find(text) if text.strip() else -1
    if start >= 0:
        return _before_what_follows(html, start, start + len(text))
    return _before_what_follows(html, 0, _end_of_body(html))


def _end_of_body(html: str) -> int:
    places = {
        token.name: token.start for token in tokens(html) if token.kind is Kind.END
    }
    return places.get("body", places.get("html", len(html)))


def _before_what_follows(html: str, start: int, end: int) -> int:
    """Where, from ``start`` on, nothing but quotes and a signature are left.

    A quote that the author's text goes on after belongs to that text.
    """
    place = None
    name, depth = "", 0  # of the quote or signature that this is in
    for token in tokens(html, _ATTRIBUTES, start, end):
        if depth:
            if token.name == name:
                depth += {Kind.START: 1, Kind.END: -1}.get(token.kind, 0)
        elif token.kind is Kind.START and _is_after(html, token):
            name, depth = token.name, 1
            place = token.start if place is None else place
        elif _is_shown(html, token):
            place = None
    return end if place is None else place


def _is_after(html: str, token: Token) -> bool:
    if token.name not in _BLOCKS:
        return False
    if token.name == "blockquote" or "data-o-mail-quote" in token.attributes:
        return True
    if "data-o-mail-quote-container" in token.attributes:
        return True
    value = token.attributes.get("class")
    return bool(value and _AFTER.search(html[value.start : value.end]))


def _is_shown(html: str, token: Token) -> bool:
    if token.kind is Kind.TEXT:
        text = html[token.start : token.end]
        return bool(text.replace("&nbsp;", "").replace("\xa0", "").strip())
    return token.kind is Kind.START and token.name == "img"
