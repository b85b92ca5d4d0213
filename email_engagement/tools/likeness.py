"""How much of a template is left in the email that was written with it. Pure.

The measure is *containment* [B]: of the pairs of neighbouring words in the template,
the share that is still in the email. What the writer adds changes nothing, what he
moves hardly anything; only what he takes out counts. Single words would not do: two
different letters in the same language share a third of theirs.

A template's text is kept as a fingerprint of at most ``SIZE`` numbers, the smallest
ones of its hashed pairs, which is a fair sample of them [B]. So both steps take time
in proportion to the text, which is cut at ``LONGEST``.

Source
    [B] A. Z. Broder, "On the resemblance and containment of documents",
        Proc. Compression and Complexity of Sequences 1997, IEEE (1998) 21-29.
"""

import base64
import binascii
import re
import struct
import zlib
from itertools import pairwise

from lxml import etree, html

SIZE = 512
LONGEST = 200_000  # characters of HTML; twice what Gmail shows of an email
SILENT = ("head", "script", "style", "title", etree.Comment)
# Chinese and Japanese are written without blanks: there, a sign is a word.
SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
WORD = re.compile(rf"[{SIGNS}]|[^\W{SIGNS}]+")


def fingerprint(body: str) -> str:
    """Of a template's text, as it is before anybody changes it; empty without words.

    >>> fingerprint("<p>Dear <b>Anna</b>, thank you</p>")
    'PMlr7YCNXGTVf8/t'
    """
    pairs = sorted(_pairs(body))[:SIZE]
    return base64.b64encode(struct.pack(f">{len(pairs)}I", *pairs)).decode()


def containment(print_: str, body: str) -> float | None:
    """The share (0..1) of the template that is left in ``body``.

    :param print_: from :func:`fingerprint`
    :return: None if the template has no words, or what is given is no fingerprint

    >>> dear_anna = fingerprint("<p>Dear Anna, thank you for the order</p>")
    >>> containment(dear_anna, "Dear Anna, thank you for the order. By the way...")
    1.0
    >>> containment(dear_anna, "<p>Dear Anna, thank you for your visit</p>")
    0.6666666666666666
    """
    try:
        raw = base64.b64decode(print_ or "", validate=True)
        pairs = struct.unpack(f">{len(raw) // 4}I", raw)
    except (binascii.Error, struct.error, ValueError):
        return None
    if not pairs:
        return None
    left = _pairs(body)
    return sum(pair in left for pair in pairs) / len(pairs)


def _pairs(body: str) -> set[int]:
    """Hashes of the pairs of neighbouring words; of the word, if there is but one."""
    words = WORD.findall(_text(body).casefold())
    if len(words) == 1:
        return {zlib.crc32(words[0].encode())}
    return {zlib.crc32(f"{one} {next_}".encode()) for one, next_ in pairwise(words)}


def _text(body: str) -> str:
    """What is read of some HTML, without its markup."""
    body = (body or "")[:LONGEST]
    if not body.strip():
        return ""
    try:
        root = html.fromstring(f"<div>{body}</div>")
    except (etree.ParserError, ValueError):
        return body
    etree.strip_elements(root, *SILENT, with_tail=False)
    return " ".join(root.itertext())
