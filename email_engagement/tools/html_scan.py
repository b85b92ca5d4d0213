"""A tokenizer for the HTML of emails that knows where every byte stood.

It follows the tokenization of the WHATWG (https://html.spec.whatwg.org, section
13.2.5 "Tokenization"; the numbers in the comments are its sections as of 2024), and
adds what Microsoft's clients add: the inside of a downlevel-hidden conditional
comment is HTML to them (https://learn.microsoft.com/previous-versions/windows/
internet-explorer/ie-developer/compatibility/ms537512(v=vs.85)).

Why not a parser of the house: lxml and html5lib give a tree, from which the bytes
that were sent cannot be had back, and ``html.parser`` gives no positions of
attribute values, reads its buffer again after every unclosed construct, and does
not know raw text elements as clients do.

Nothing here backtracks further than one construct, so the time is linear in the
length of the input, whatever it is.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple


class Kind(Enum):
    TEXT = "text"  # character data, entities as they are written
    START = "start"
    END = "end"
    HIDDEN = "hidden"  # comment, doctype, raw text: nothing in there is markup
    OPEN = "open"  # from here on, what was begun at `start` is never finished


class Value(NamedTuple):
    """Where the value of an attribute stands, without its quotes."""

    start: int
    end: int
    quote: str  # '"', "'" or '' for an unquoted one


_NONE = MappingProxyType({})


class Token(NamedTuple):
    """``html[start:end]``; all tokens together cover the input without a gap.

    The last one may be an ``OPEN`` one that goes back to the start tag before it:
    of raw text that never ends.

    ``name`` is lower case and empty where a token has none. ``attributes`` holds
    the first of each of the names that were asked for. ``conditional``: inside of
    a downlevel-hidden conditional comment, where only Microsoft's clients look.
    """

    kind: Kind
    start: int
    end: int
    name: str = ""
    attributes: Mapping[str, Value] = _NONE
    conditional: bool = False


_SPACE = r"\t\n\f\r "

_MARKUP = re.compile(rf"<(?:(/?)([A-Za-z][^{_SPACE}/>]*)|!--|[!?/])")

# 13.2.5.32 "Before attribute name state" to 13.2.5.39 "After attribute value":
# matches everywhere, with no name where the tag or the input ends. A quote that is
# never closed takes all that is left with it.
_ATTRIBUTE = re.compile(
    rf"[{_SPACE}/]*"
    rf"(?:([^{_SPACE}/>][^{_SPACE}/>=]*)"
    rf"(?:[{_SPACE}]*=[{_SPACE}]*"
    rf"""(?:"([^"]*)"?|'([^']*)'?|([^{_SPACE}>]*)))?)?"""
)
_QUOTES = {2: '"', 3: "'", 4: ""}  # by group

# Elements whose content is text up to their own end tag (13.2.6.4.4 and 13.2.6.4.7).
# noscript is none of them: no mail client runs scripts.
_RAW = frozenset("iframe noembed noframes script style textarea title xmp".split())
_RAW_END = {
    name: re.compile(rf"</{name}(?=[{_SPACE}/>])", re.IGNORECASE) for name in _RAW
}
_SCRIPT = re.compile(rf"<!(?=--)|-->|<(/?)script(?=[{_SPACE}/>])", re.IGNORECASE)

# 13.2.6.5: within these "/>" closes an element and CDATA exists, until an element of
# HTML ends it (the commonest of the list there). Raw text does not exist, but styles
# and titles are what is found there, and taking them for raw text leaves them alone.
_FOREIGN = frozenset(("svg", "math"))
_BREAKOUT = frozenset(
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head"
    " hr i img li listing menu meta nobr ol p pre ruby s small span strong strike sub"
    " sup table tt u ul var".split()
)

_COMMENT_END = re.compile(r"--!?>")
_CONDITION = re.compile(r"\[if\b[^\]>]{0,1000}\]>", re.IGNORECASE)


def tokens(
    html: str,
    wanted: Collection[str] = (),
    start: int = 0,
    end: int | None = None,
    conditional: bool = False,
) -> Iterator[Token]:
    """Yield the tokens of ``html[start:end]`` in order; never raise.

    :param wanted: names (lower case) of the attributes to report
    """
    if end is None:
        end = len(html)
    foreign = 0  # how deep in svg and math
    raw_end = raw_start = -1  # of the latest raw text, the latter with its start tag
    pos = text = start
    while markup := _MARKUP.search(html, pos, end):
        at, pos = markup.span()
        if text < at:
            yield Token(Kind.TEXT, text, at, conditional=conditional)
        slash, name = markup.groups()
        if name:
            name = name.lower()
            if html.startswith(">", pos, end):  # most of them
                attributes, closed = _NONE, False
                pos += 1
            else:
                attributes, pos, closed = _attributes(html, wanted, pos, end)
                if pos < 0:  # 13.2.5.8 and later, "eof-in-tag"
                    at = raw_start if at == raw_end else at
                    break
            if slash:
                yield Token(Kind.END, at, pos, name, conditional=conditional)
                if name in _FOREIGN and foreign:
                    foreign -= 1
            else:
                yield Token(Kind.START, at, pos, name, attributes, conditional)
                if name in _BREAKOUT:
                    foreign = 0
                elif name in _FOREIGN:
                    foreign += not closed
                elif name == "plaintext" and not foreign:
                    break
                elif name in _RAW and not (foreign and closed):
                    content, raw_start = pos, at
                    raw_end = pos = _raw_end(html, name, content, end)
                    if pos < 0:
                        break
                    if content < pos:
                        yield Token(Kind.HIDDEN, content, pos, conditional=conditional)
        elif pos - at == 4:
            content = pos
            condition = _CONDITION.match(html, content, end)
            if conditional and condition:
                # Only in broken markup: the outer one ends where this one would. To
                # look for an end here each time would not be linear.
                pos = text = condition.end()
                yield Token(Kind.HIDDEN, at, pos, conditional=True)
                continue
            pos, content_end = _comment_end(html, content, end)
            if pos < 0:
                break
            if condition and condition.end() <= content_end:
                inside = condition.end()
                yield Token(Kind.HIDDEN, at, inside)
                yield from tokens(html, wanted, inside, content_end, conditional=True)
                yield Token(Kind.HIDDEN, content_end, pos)
            else:
                yield Token(Kind.HIDDEN, at, pos, conditional=conditional)
        else:
            # Doctype, CDATA, bogus comment (also "<![if !mso]>" and "<![endif]>")
            mark = "]]>" if foreign and html.startswith("<![CDATA[", at) else ">"
            pos = html.find(mark, pos, end) + len(mark)
            if pos < len(mark):
                break
            yield Token(Kind.HIDDEN, at, pos, conditional=conditional)
        text = pos
    else:
        if text < end:
            yield Token(Kind.TEXT, text, end, conditional=conditional)
        return
    yield Token(Kind.OPEN, at, end, conditional=conditional)


def _attributes(
    html: str, wanted: Collection[str], pos: int, end: int
) -> tuple[dict[str, Value], int, bool]:
    """Return the attributes from ``pos`` on, the end of the tag, "ends with />".

    The end is -1 where the input ends before the tag does.
    """
    found = {}
    while True:
        match = _ATTRIBUTE.match(html, pos, end)
        name = match[1]
        if name is None:
            pos = match.end()
            if pos == end:
                return found, -1, False
            return found, pos + 1, html[pos - 1] == "/" and pos > match.start()
        name = name.lower()
        if name in wanted and name not in found:
            group = match.lastindex
            if group in _QUOTES:
                found[name] = Value(*match.span(group), _QUOTES[group])
            else:
                found[name] = Value(match.end(), match.end(), "")
        pos = match.end()


def _raw_end(html: str, name: str, pos: int, end: int) -> int:
    """Return where the end tag of raw text begins, -1 if nowhere."""
    if name != "script":
        match = _RAW_END[name].search(html, pos, end)
        return match.start() if match else -1
    # 13.2.5.15 to 13.2.5.31: "</script>" does not end a script inside of
    # "<!-- <script>", which counts as a script within a comment within a script.
    level = 0
    for match in _SCRIPT.finditer(html, pos, end):
        word = match[0]
        if word == "<!":
            level = max(level, 1)
        elif word == "-->":
            level = 0
        elif not match[1]:
            level = 2 if level else 0
        elif level == 2:
            level = 1
        else:
            return match.start()
    return -1


def _comment_end(html: str, pos: int, end: int) -> tuple[int, int]:
    """Return the end of the comment and of its content; -1 if it has none.

    13.2.5.43 "Comment start state": ``<!-->`` and ``<!--->`` are whole comments.
    """
    for short in (">", "->"):
        if html.startswith(short, pos, end):
            return pos + len(short), pos
    match = _COMMENT_END.search(html, pos, end)
    return (match.end(), match.start()) if match else (-1, -1)
