"""Taking our own traces out of mail that comes back.

An answer quotes the mail that it answers, with its pixel and its followed links. If
they stayed, a colleague who reads the answer would be counted as the recipient.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import parse_qs, unquote, urlsplit

from .html_scan import Kind, Token, Value, tokens
from .urls import escape_attribute, unescape_attribute

#: Attributes in which clients keep the address of a link or an image. The last two are
#: Outlook's and Gmail's copies of the first, made where a gateway rewrites links.
_ATTRIBUTES = ("href", "src", "originalsrc", "data-saferedirecturl")
_IMAGES = frozenset(("img", "v:imagedata", "v:fill"))

# An address in text, as HTML writes it.
_IN_TEXT = re.compile(r"https?://(?:[^\s<>\"'&]|&amp;)+", re.IGNORECASE)
_SENTENCE_END = ".,;:!?)]}*"  # not "_" and "-", a token may end with them

#: Gateways that replace addresses in the mail that they pass on, and where they put
#: the original: pattern of the host, pattern of path and query, how it is encoded.
#: Sources: learn.microsoft.com/defender-office-365/safe-links-about, Proofpoint's
#: "URL Defense: decoding" (v2, v3), and what Gmail's and Barracuda's addresses show.
_WRAPPERS = (
    (r"(?:.+\.)?safelinks\.protection\.(?:outlook|office365)\.(?:com|cn|us)", "url"),
    (r"linkprotect\.cudasvc\.com", "a"),
    (r"www\.google\.[a-z.]{2,6}", "q"),
)
_WRAPPERS = tuple((re.compile(host), parameter) for host, parameter in _WRAPPERS)
_PROOFPOINT_V3 = re.compile(
    r"https?://urldefense\.com/v3/__(https?:/)/?(.*)__;", re.IGNORECASE
)
_DEPTH = 4  # wrappers around wrappers

#: A longer address is none of ours, wrapped or not, and is not looked at: so one
#: address costs a bounded time, and a mail a time in proportion to its length.
ADDRESS_MAX = 8192

#: What every address of ours has in it, also as gateways encode it. Whether it is
#: ours says its token alone: hosts change, and a database may have many.
_MARK = re.compile(r"(?:/|%(?:25)*2f|-2f|_)ee(?:/|%(?:25)*2f|-2f|_)", re.IGNORECASE)
_OURS = re.compile(r"https?://[^/?#]+/ee/[a-z]/", re.IGNORECASE)


def clean_incoming(html: str, *, resolve: Callable[[str], str | None]) -> str:
    """Return ``html`` without our pixels and with the original addresses of links.

    Everything else comes back to the byte, and so does all of it where there is
    nothing of ours. Addresses are also found behind those that mail gateways put in
    their place, and in text (a quoted text alternative).

    :param resolve: asked about each address that may be ours, once; returns the
        original one, '' for a pixel (the image is taken out), None for what is not
        ours after all (it stays)
    """
    html = str(html)
    if not _MARK.search(html):
        return html
    return "".join(_Cleaner(html, resolve).pieces())


def unwrap(url: str) -> str:
    """Return the address that a mail gateway has put ``url`` in the place of.

    ``url`` itself, if it is none of a gateway's, or too long to be looked at.
    """
    if len(url) > ADDRESS_MAX:
        return url
    for _ in range(_DEPTH):
        inner = _unwrap_once(url)
        if not inner:
            break
        url = inner
    return url


def _unwrap_once(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if host.endswith(".googleusercontent.com"):
        inner = parts.fragment
    elif host == "urldefense.com":
        match = _PROOFPOINT_V3.match(url)
        inner = f"{match[1]}/{match[2]}" if match else ""
    elif host == "urldefense.proofpoint.com":
        coded = parse_qs(parts.query).get("u", [""])[0]
        inner = unquote(coded.replace("-", "%").replace("_", "/"))
    else:
        for pattern, parameter in _WRAPPERS:
            if pattern.fullmatch(host):
                inner = parse_qs(parts.query).get(parameter, [""])[0]
                break
        else:
            return None
    return inner if inner.lower().startswith(("http://", "https://")) else None


class _Cleaner:
    def __init__(self, html: str, resolve: Callable):
        self.html = html
        self._resolve = resolve
        self._known = {}

    def pieces(self):
        done = 0
        for token in tokens(self.html, _ATTRIBUTES):
            if token.kind is Kind.TEXT:
                edits = self._text_edits(token)
            elif token.kind is Kind.START and token.attributes:
                edits = self._tag_edits(token)
            else:
                continue
            for start, end, replacement in edits:
                yield self.html[done:start]
                yield replacement
                done = end
        yield self.html[done:]

    def _original(self, url: str) -> str | None:
        """Return what stands for ``url``: see ``resolve`` of clean_incoming."""
        if len(url) > ADDRESS_MAX:
            return None
        if url not in self._known:
            inner = unwrap(url)
            self._known[url] = self._resolve(inner) if _OURS.match(inner) else None
        return self._known[url]

    def _tag_edits(self, token: Token):
        edits = []
        for value in token.attributes.values():
            original = self._original(self._url(value))
            if original is None:
                continue
            if not original and token.name in _IMAGES:
                return [(token.start, token.end, "")]
            edits.append(
                (value.start, value.end, escape_attribute(original, value.quote))
            )
        return sorted(edits)

    def _url(self, value: Value) -> str:
        # Five characters each, if all of them were references.
        end = min(value.end, value.start + 8 * ADDRESS_MAX)
        return unescape_attribute(self.html[value.start : end]).strip()

    def _text_edits(self, token: Token):
        for match in _IN_TEXT.finditer(self.html, token.start, token.end):
            if match.end() - match.start() > 8 * ADDRESS_MAX:
                continue
            written = match[0].rstrip(_SENTENCE_END)
            original = self._original(unescape(written))
            if original is not None:
                end = match.start() + len(written)
                yield match.start(), end, escape(original, quote=False)
