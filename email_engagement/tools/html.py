"""Following the links of an email's HTML body, and nothing but its links.

:func:`scan` reads a body once; :meth:`Body.render` then fills in the addresses of
one recipient without reading it again. Only values of ``href`` are replaced, every
other byte comes out as it went in.

Whose ``href``: that of ``a`` and ``area``, and that of the shapes of VML which stand
for buttons in Outlook (``v:roundrect`` and its kin), also within Microsoft's
conditional comments. Which addresses: :func:`.urls.is_followable`, unless the link
is marked by ``data-engagement="off"`` or by the class ``o_engagement_off``. Equal
addresses are one target, so the twins of a button for Outlook and for the others are,
too.

The ``src`` of an ``img`` is replaced likewise, where the caller asks for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from .html_reader import Reader
from .plaintext import TextTemplate, placeholders
from .urls import (
    URL_MAX,
    escape_attribute,
    is_followable,
    resolve,
    unescape_attribute,
)

__all__ = ["Body", "Target", "scan"]

#: A body of more characters is not read. Mail servers take 10 to 50 MB with all of
#: the attachments.
SIZE_MAX = 20_000_000

#: Nor is one with more links than this; it is no mail that somebody wrote.
LINKS_MAX = 100_000

#: Gmail shows about this many bytes of a message and hides the rest behind "View
#: entire message". It does not document it; senders measured 102 to 105 KB
#: (https://www.spamresource.com/2022/01/what-is-gmail-clipping-and-what-to-do.html).
GMAIL_CLIP = 102 * 1024

#: From this size of the body on (bytes of UTF-8) the pixel stands at the top. The
#: difference is room for our addresses and for what relays and layouts add.
PIXEL_ON_TOP_FROM = GMAIL_CLIP - 12 * 1024


@dataclass(frozen=True)
class Target:
    """One address that a body links to.

    ``url`` is what a browser would request: references decoded, whitespace around
    it dropped, made absolute by ``<base>``; query and fragment to the byte.
    ``label`` is what a reader sees of the link: its text, else the ``alt`` of an
    image in it, else its ``title`` or ``aria-label``, else ''; one line of at most
    120 characters, of the first link that has any.
    """

    url: str
    label: str


class Body:
    """A body that was scanned, see :func:`scan`.

    :ivar targets: list of :class:`Target`, one per address, in the order of the body
    :ivar pictures: addresses of the pictures that were asked for, in the same order
    :ivar reason: why nothing in it can be followed: ``too_large``,
        ``too_many_links`` or ``frameset``; None as a rule. If there is one,
        ``targets`` is empty and :meth:`render` changes nothing.
    :ivar line_possible: whether :meth:`render` has a place for a line at the end
    """

    __slots__ = (
        *("_line", "_parts", "_pixel", "_slots"),
        *("line_possible", "pictures", "reason", "targets"),
    )

    def __init__(
        self,
        parts,
        slots=(),
        targets=(),
        *,
        pictures=(),
        pixel=None,
        line=None,
        reason=None,
    ):
        # every second one is an address, or the place of the pixel or of the line
        self._parts = parts
        # (index in _parts, index in targets and then pictures, quote)
        self._slots = slots
        self.pictures = list(pictures)
        self._pixel = pixel  # index in _parts
        self._line = line  # index in _parts
        self.targets = list(targets)
        self.reason = reason
        self.line_possible = line is not None

    def render(
        self,
        urls: Mapping[str, str] | Sequence[str | None],
        pixel: str | None,
        *,
        pictures: Sequence[str | None] = (),
        line: str | None = None,
    ) -> str:
        """Return the body with other addresses, with a pixel, and with a last line.

        :param urls: the address to put in the place of each target's: by its
            ``url``, or in the order of ``targets``. Where one is missing or None, the
            link stays as it was.
        :param pixel: the address of an image of one pixel, None for none
        :param pictures: the same for ``pictures``, in their order
        :param line: HTML that stands after all content, None for none
        """
        parts = self._parts.copy()
        if isinstance(urls, Mapping):
            urls = [urls.get(target.url) for target in self.targets]
        if pictures:
            missing = len(self.targets) - len(urls)
            urls = [*urls, *[None] * missing, *pictures]
        for index, target, quote in self._slots:
            if target < len(urls) and (url := urls[target]) is not None:
                parts[index] = escape_attribute(str(url), quote)
        if pixel is not None and self._pixel is not None:
            parts[self._pixel] = _image(pixel)
        if line is not None and self._line is not None:
            parts[self._line] = str(line)
        return "".join(parts)

    def text(self, to_text: Callable[[str], str]) -> TextTemplate:
        """Return the text alternative, with places for the addresses.

        :param to_text: what makes text of HTML, Odoo's ``html2plaintext``; it is
            called once
        """
        keys = placeholders(len(self.targets), avoid="".join(self._parts))
        return TextTemplate.from_text(
            to_text(self.render(keys, None)),
            keys,
            [target.url for target in self.targets],
        )


def scan(
    html: str,
    *,
    own_prefixes: Sequence[str] = (),
    skip: Callable[[str], bool] | None = None,
    picture: Callable[[str], object] | None = None,
) -> Body:
    """Read the body of an email; never raises, whatever string it is.

    :param own_prefixes: beginnings of addresses that are followed already, in any
        case
    :param skip: asked about each address that could be followed; True leaves it alone
    :param picture: asked about the address of each picture; what is true replaces it
    """
    html = str(html)  # not Markup, whose methods escape
    if len(html) > SIZE_MAX:
        return Body([html], reason="too_large")
    reader = Reader(html, LINKS_MAX)
    if reader.overfull:
        return Body([html], reason="too_many_links")
    if reader.frameset:
        return Body([html], reason="frameset")
    own = tuple(prefix.lower() for prefix in own_prefixes if prefix)
    numbers = {}  # number of the target, by address
    labels = []
    follow = {}  # the same, by what is written: many links are written alike
    pieces = []  # (start, end, number of the target, quote)
    for link in reader.links:
        start, end, quote = link.value
        if not link.wanted or start == end:
            continue
        written = html[start:end]
        if written not in follow:
            url = _followed_url(written, reader.base, own, skip)
            if url is not None and url not in numbers:
                numbers[url] = len(labels)
                labels.append("")
            follow[written] = numbers.get(url)
        number = follow[written]
        if number is not None:
            labels[number] = labels[number] or link.label
            pieces.append((start, end, number, quote))
    targets = list(map(Target, numbers, labels))
    pictures = {}
    if picture:
        for start, end, quote in reader.pictures[:LINKS_MAX]:
            url = _picture_url(html[start:end], reader.base, picture)
            if url is not None:
                number = pictures.setdefault(url, len(targets) + len(pictures))
                pieces.append((start, end, number, quote))
    pixel_place = _pixel_place(html, reader)
    # Where nothing can stand at the end, such as in a table that is never closed, the
    # line stands above the content: better there than nowhere.
    line_place = reader.top if reader.bottom is None else reader.bottom
    return _assemble(html, pieces, targets, pictures, pixel_place, line_place)


def _picture_url(written: str, base: str | None, picture) -> str | None:
    if len(written) > 8 * URL_MAX:  # a data: address, as a rule
        return None
    url = resolve(unescape_attribute(written), base)
    return url if url and picture(url) else None


def _followed_url(
    written: str,
    base: str | None,
    own: tuple[str, ...],
    skip: Callable[[str], bool] | None,
) -> str | None:
    """Return the address that is followed for a value of ``href``, if any."""
    if len(written) > 8 * URL_MAX:  # not even if it were all references
        return None
    url = resolve(unescape_attribute(written), base)
    if not url or url.lower().startswith(own) or not is_followable(url):
        return None
    return None if skip and skip(url) else url


def _pixel_place(html: str, reader: Reader) -> int | None:
    if len(html) > PIXEL_ON_TOP_FROM // 4 and (
        len(html.encode("utf-8", "surrogatepass")) >= PIXEL_ON_TOP_FROM
    ):
        places = (reader.top, reader.bottom)
    else:
        places = (reader.bottom, reader.top)
    return next((place for place in places if place is not None), None)


def _assemble(html, pieces, targets, pictures, pixel_place, line_place) -> Body:
    # A piece has the number of its target, or says what is put in. At the same place
    # the line stands before the pixel: nothing comes after that one.
    if line_place is not None:
        pieces.append((line_place, line_place, "line", None))
    if pixel_place is not None:
        pieces.append((pixel_place, pixel_place, "pixel", None))
    pieces.sort(key=lambda piece: piece[0])
    parts, slots, places = [], [], {}
    done = 0
    for start, end, number, quote in pieces:
        parts += (html[done:start], html[start:end])
        if isinstance(number, str):
            places[number] = len(parts) - 1
        else:
            slots.append((len(parts) - 1, number, quote))
        done = end
    parts.append(html[done:])
    return Body(parts, slots, targets, pictures=pictures, **places)


def _image(url: str) -> str:
    """Return an image that takes no room to speak of, with an alt for who hears it."""
    return (
        f'<img src="{escape(str(url))}" width="1" height="1" alt="" border="0"'
        ' style="display:block;width:1px;height:1px;border:0;margin:0;padding:0">'
    )
