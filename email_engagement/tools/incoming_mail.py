"""Taking our own traces out of a whole mail: one that was forwarded as a file, or
that Odoo keeps as it came. Pure.

The mail is not parsed and written again, which would change headers and foldings, but
cut at its own borders: only the texts that hold something of ours are replaced. What
is signed or encrypted stays, since a signature is about bytes.
"""

import binascii
import re
from collections.abc import Callable
from email.message import Message
from email.parser import BytesHeaderParser
from html import escape, unescape
from string import printable
from urllib.parse import quote

from .incoming import clean_incoming
from .mail_parts import PARTS_MAX, is_readable

#: Mails in mails, and parts in parts: more are left as they are.
DEPTH_MAX = 20

_END_OF_HEADERS = re.compile(rb"\A\r?\n|\r?\n\r?\n")
_SEALED = frozenset(("multipart/signed", "multipart/encrypted"))
_MAILS = frozenset(("message/rfc822", "message/global"))
_TEXTS = frozenset(("text/html", "text/plain"))
_PLAIN_ENCODINGS = frozenset(("", "7bit", "8bit", "binary"))
_SIGNED_TEXT = b"-----BEGIN PGP "


def clean_mail(source: bytes, *, resolve: Callable[[str], str | None]) -> bytes:
    """Return the source of a mail with its texts cleaned, all else to the byte.

    :param resolve: see ``clean_incoming``
    """
    return _Cleaner(resolve).mail(source, 0)


def is_mail_file(name: str | None) -> bool:
    return (name or "").lower().endswith(".eml")


class _Cleaner:
    def __init__(self, resolve: Callable[[str], str | None]):
        self._resolve = resolve
        self._parts_left = PARTS_MAX

    def mail(self, source: bytes, depth: int) -> bytes:
        """A mail, or a part of one: headers, an empty line, content."""
        end = _END_OF_HEADERS.search(source)
        self._parts_left -= 1
        if not end or depth > DEPTH_MAX or self._parts_left < 0:
            return source
        head, content = source[: end.end()], source[end.end() :]
        headers = BytesHeaderParser().parsebytes(head)
        if not is_readable(headers):
            return source
        kind = headers.get_content_type()
        if kind in _SEALED:
            return source
        if headers.get_content_maintype() == "multipart":
            return head + self._parts(content, headers.get_boundary(), depth)
        if kind in _MAILS or is_mail_file(_file_name(headers)):
            return head + _recoded(
                content, headers, lambda mail: self.mail(mail, depth + 1)
            )
        if kind in _TEXTS and _SIGNED_TEXT not in content:
            return head + _recoded(
                content, headers, lambda text: self._text(text, kind == "text/html")
            )
        return source

    def _parts(self, content: bytes, boundary: str | None, depth: int) -> bytes:
        if not boundary:
            return content
        written = re.escape(boundary.encode("ascii", "replace"))
        border = re.compile(
            rb"(?:\A|\r?\n)--" + written + rb"(--)?[ \t]*(?=\r?\n|\Z)(?:\r?\n)?"
        )
        pieces, done, is_part = [], 0, False
        for match in border.finditer(content):
            part = content[done : match.start()]
            pieces += self.mail(part, depth + 1) if is_part else part, match[0]
            done = match.end()
            is_part = not match[1]
            if not is_part or self._parts_left <= 0:
                break
        rest = content[done:]
        pieces.append(self.mail(rest, depth + 1) if is_part else rest)
        return b"".join(pieces)

    def _text(self, content: bytes, is_html: bool) -> bytes:
        # Each byte as one character, whatever the charset: all that is looked for,
        # and all that is put in, is ASCII.
        text = content.decode("latin-1")
        if is_html:
            return self._clean(text).encode("latin-1")
        escaped = escape(text, quote=False)
        cleaned = self._clean(escaped)
        if cleaned == escaped:
            return content
        return unescape(cleaned).encode("latin-1")

    def _clean(self, html: str) -> str:
        return clean_incoming(html, resolve=self._in_ascii)

    def _in_ascii(self, url: str) -> str | None:
        original = self._resolve(url)
        return original and quote(original, safe=printable)


def _file_name(headers: Message) -> str | None:
    try:
        return headers.get_filename()
    except (LookupError, ValueError):
        return None  # in a charset that nobody knows


def _recoded(content: bytes, headers: Message, edit) -> bytes:
    """``edit`` applied to what ``content`` encodes; the same bytes if nothing is."""
    encoding = str(headers.get("content-transfer-encoding", "")).strip().lower()
    if encoding in _PLAIN_ENCODINGS:
        return edit(content)
    try:
        if encoding == "quoted-printable":
            decoded = binascii.a2b_qp(content)
        elif encoding == "base64":
            decoded = binascii.a2b_base64(content + b"==")
        else:
            return content
    except binascii.Error:
        return content
    edited = edit(decoded)
    if edited == decoded:
        return content
    if encoding == "quoted-printable":
        written = binascii.b2a_qp(edited)
        if binascii.a2b_qp(written) == edited:
            return written
        return binascii.b2a_qp(edited, istext=False)  # line ends of several kinds
    line_end = b"\r\n" if b"\r\n" in content else b"\n"
    lines = (edited[i : i + 57] for i in range(0, len(edited), 57))
    text = line_end.join(binascii.b2a_base64(line, newline=False) for line in lines)
    return text + (line_end if content.endswith(b"\n") else b"")
