"""What the tokens of an email's HTML mean: its links, and where a pixel may stand."""

import re
from collections import Counter
from html import unescape

from .html_scan import Kind, Token, Value, tokens
from .urls import is_safe_target, resolve, unescape_attribute

LABEL_MAX = 120  # characters

_LINKS = frozenset(("a", "area"))
# The elements with AG_AllCoreAttributes in VML's schema (ECMA-376 part 4, 19.1): those
# that are drawn. The href of v:fill and v:imagedata, and any o:href, is a picture's.
_SHAPES = frozenset(
    f"v:{name}"
    for name in "arc curve group image line oval polyline rect roundrect shape".split()
)
_WANTED = frozenset(
    ("href", "src", "alt", "title", "aria-label", "class", "data-engagement")
)

#: The class of a link that is not to be followed. It says the same as the attribute
#: data-engagement="off", which Odoo takes out of the body of a message.
OFF = "o_engagement_off"

# Elements that keep an image from being shown that is put into them, or that an image
# would end.
_SHADOWS = frozenset(
    "audio canvas math noscript object select svg template video".split()
)
_FOREIGN = frozenset(("math", "svg"))
_CELLS = frozenset(("td", "th", "caption"))
_ROWS = frozenset(("tr", "tbody", "thead", "tfoot"))
# What may stand before the content (WHATWG 13.2.6.4.1 to 13.2.6.4.6).
_HEAD = frozenset(
    "html head base basefont bgsound link meta noframes noscript script style template"
    " title".split()
)
# Elements at whose edges a reader sees a gap between words.
_GAPS = frozenset(
    "br center dd div dl dt h1 h2 h3 h4 h5 h6 hr img li ol p table tbody td th tr"
    " ul".split()
)

# Characters that take no room, or turn the text around (bidi controls).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u180e\u200b"
    "\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\ud800-\udfff]"
)
_SPACE = "\t\n\f\r "  # to HTML
_JOINERS = "\u200c\u200d"  # they join emoji and letters; on their own they are nothing


def fold(text: str) -> str:
    """Return ``text`` on one line of at most :data:`LABEL_MAX` visible characters."""
    text = " ".join(_INVISIBLE.sub("", text).split()).strip(_JOINERS + " ")
    if len(text) <= LABEL_MAX:
        return text
    return text[: LABEL_MAX - 1].rstrip(_JOINERS + " ") + "…"


class Link:
    """A link as it is written: ``value`` is where its address stands."""

    __slots__ = ("_alt", "_size", "_text", "_title", "value", "wanted")

    def __init__(self, value: Value, wanted: bool, alt: str, title: str):
        self.value = value
        self.wanted = wanted
        self._alt = alt
        self._title = title
        self._text = ""
        self._size = 0

    def add(self, text: str):
        if self._size <= LABEL_MAX:
            self._text += text
            self._size += len(text.strip())

    def add_image(self, alt: str):
        self._alt = self._alt or alt

    @property
    def label(self) -> str:
        return fold(unescape(self._text)) or self._alt or self._title


class Reader:
    """Reads a body once, at construction.

    :param links_max: gives up at this number of links
    :ivar links: list of :class:`Link` in the order of the body
    :ivar pictures: where the addresses of ``img`` stand, likewise
    :ivar overfull: whether it gave up
    :ivar base: the address that relative ones are relative to, or None
    :ivar frameset: whether it is a page of frames, which has no body
    :ivar top: a place before all content where an image would be shown; None where
        there is no content
    :ivar bottom: one after all content, or None
    """

    def __init__(self, html: str, links_max: int):
        self.html = html
        self.links = []
        self.pictures = []
        self.overfull = False
        self.base = None
        self.frameset = False
        self.top = None
        self.bottom = None
        self._base_seen = False
        self._content = False  # something that is shown was met
        self._ends = {}  # name: where its last end tag begins, if a pixel may go there
        self._shadows = Counter()
        self._in_cell = []  # for each open table
        self._current = {False: None, True: None}  # the open link, by `conditional`
        self._read(links_max)

    def _read(self, links_max: int):
        end = len(self.html)
        for token in tokens(self.html, _WANTED):
            if not token.conditional:
                self._current[True] = None
            if token.kind is Kind.TEXT:
                self._text(token)
            elif token.kind is Kind.START:
                self._start(token)
                if len(self.links) > links_max:
                    self.overfull = True
                    return
            elif token.kind is Kind.END:
                self._end(token)
            elif token.kind is Kind.OPEN and not token.conditional:
                # An image that is put in before it changes nothing.
                end = token.start
        for place in ("body", "html"):
            if (at := self._ends.get(place)) is not None and at <= end:
                self.bottom = at
                break
        else:
            self.bottom = end if self._is_open() else None

    def _is_open(self) -> bool:
        """Return whether an image would be shown at this place."""
        in_table = self._in_cell and not self._in_cell[-1]
        return not in_table and not self._shadows

    def _meet_content(self, at: int):
        if not self._content and not self._shadows:
            self._content = True
            if self.top is None:
                self.top = at

    def _text(self, token: Token):
        text = None
        if link := self._current[token.conditional]:
            text = self.html[token.start : token.end]
            link.add(text)
        if not self._content and not token.conditional:
            text = text or self.html[token.start : token.end]
            # Whitespace before the content is dropped, after an image it would show.
            if shown := text.lstrip(_SPACE):
                self._meet_content(token.end - len(shown))

    def _start(self, token: Token):
        name = token.name
        if name in _LINKS or name in _SHAPES:
            self._start_link(token)
        elif link := self._current[token.conditional]:
            if name == "img":
                link.add_image(self._folded(token, "alt"))
            if name in _GAPS:
                link.add(" ")
        if name == "img" and "src" in token.attributes:
            self.pictures.append(token.attributes["src"])
        if token.conditional:
            return
        if name == "base":
            self._read_base(token)
        elif name == "frameset" and not self._content:
            self.frameset = True
        elif name == "body":
            if not self._content and self.top is None and not self._shadows:
                self.top = token.end
        elif name not in _HEAD:
            self._meet_content(token.start)
        if name in _SHADOWS:
            if name not in _FOREIGN or self.html[token.end - 2] != "/":
                self._shadows[name] += 1
        elif name == "table":
            self._in_cell.append(False)
        elif self._in_cell and (name in _CELLS or name in _ROWS):
            self._in_cell[-1] = name in _CELLS

    def _end(self, token: Token):
        name = token.name
        if name in _LINKS or name in _SHAPES:
            self._current[token.conditional] = None
        elif name in _GAPS and (link := self._current[token.conditional]):
            link.add(" ")
        if token.conditional:
            return
        if name == "body" or name == "html":
            if self._is_open():
                self._ends[name] = token.start
        elif self._shadows.get(name):
            self._shadows[name] -= 1
            self._shadows += Counter()  # drops what is at zero
        elif name == "table" and self._in_cell:
            self._in_cell.pop()
        elif self._in_cell and (name in _CELLS or name in _ROWS):
            self._in_cell[-1] = False

    def _start_link(self, token: Token):
        self._current[token.conditional] = None
        value = token.attributes.get("href")
        if not value:
            return
        off = (
            self._attribute(token, "data-engagement").strip().lower() == "off"
            or OFF in self._attribute(token, "class").split()
        )
        link = Link(
            value,
            not off,
            self._folded(token, "alt"),
            self._folded(token, "title") or self._folded(token, "aria-label"),
        )
        self.links.append(link)
        if token.name != "area":
            self._current[token.conditional] = link

    def _read_base(self, token: Token):
        inert = any(self._shadows[name] for name in ("math", "svg", "template"))
        if self._base_seen or inert or "href" not in token.attributes:
            return
        self._base_seen = True
        base = resolve(self._attribute(token, "href"))
        if base and is_safe_target(base):
            self.base = base

    def _attribute(self, token: Token, name: str) -> str:
        value = token.attributes.get(name)
        return unescape_attribute(self.html[value.start : value.end]) if value else ""

    def _folded(self, token: Token, name: str) -> str:
        return fold(self._attribute(token, name)) if name in token.attributes else ""
