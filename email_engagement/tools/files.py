"""What a file that a stranger sees is called, how it is shown, and what it looks like
in an email. Pure: nothing is opened or looked up.
"""

import re
import unicodedata
from urllib.parse import quote

#: What browsers show without running anything of it. SVG and HTML are documents with
#: scripts and are never shown in the place where this Odoo's other pages live.
INLINE = frozenset(
    (
        "application/pdf",
        "image/avif",
        "image/bmp",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
    )
)
#: Documents that could run a script if anybody opened them in the browser.
_ACTIVE = re.compile(r"html|xml|svg|script|flash|java", re.IGNORECASE)
_OFFICE = re.compile(r"application/vnd\.(?:openxmlformats|oasis)")
_MIMETYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+_-]{0,126}")
OTHER = "application/octet-stream"

NAME_MAX = 150  # characters, with the extension
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")
# Control characters, and those that turn text around or cannot be seen: "invoice" and
# U+202E and "fdp.exe" looks like "invoiceexe.pdf".
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_PATH = re.compile(r"[\\/]")
_ASCII = re.compile(r"[^A-Za-z0-9 !#$&+.^_`{}~()\[\]@=,;'-]")

_ICONS = (
    (re.compile(r"application/pdf"), "\N{CLOSED BOOK}"),
    (re.compile(r"image/"), "\N{FRAME WITH PICTURE}\ufe0f"),
    (re.compile(r"video/"), "\N{CLAPPER BOARD}"),
    (re.compile(r"audio/"), "\N{MUSICAL NOTE}"),
    (re.compile(r".*(?:spreadsheet|excel|csv)"), "\N{BAR CHART}"),
    (re.compile(r".*(?:presentation|powerpoint)"), "\N{BAR CHART}"),
    (re.compile(r".*(?:word|opendocument\.text|rtf)|text/"), "\N{MEMO}"),
    (re.compile(r".*(?:zip|compressed|x-tar|x-7z|x-rar)"), "\N{PACKAGE}"),
)
_UNITS = ("B", "kB", "MB", "GB", "TB")


def clean_name(name: str) -> str:
    r"""Return ``name`` as one that is safe to show and to save under.

    One line, no path, nothing that cannot be seen or turns the text around, at most
    :data:`NAME_MAX` characters; the extension stays.

    >>> clean_name('../in\u202evoice\n.pdf')
    '.._invoice.pdf'
    >>> clean_name('..')
    'file'
    """
    name = unicodedata.normalize("NFC", name or "")
    name = "".join(c for c in name if unicodedata.category(c) not in _HIDDEN)
    name = " ".join(_PATH.sub("_", name).split())
    if not name.strip(". "):
        return "file"
    if len(name) > NAME_MAX:
        extension = _EXTENSION.search(name)
        extension = extension[0] if extension else ""
        name = name[: NAME_MAX - len(extension)].rstrip(". ") + extension
    return name


def path_name(name: str) -> str:
    """Return ``name`` as the last part of an address: only plain ASCII, no slash.

    >>> path_name('Angebot für Ärzte.pdf')
    'Angebot%20f%C3%BCr%20%C3%84rzte.pdf'
    """
    return quote(clean_name(name), safe="")


def is_inline(mimetype: str) -> bool:
    """Whether a browser may show it; everything else is saved."""
    return mimetype in INLINE


def served_type(mimetype: str) -> str:
    """Return the ``Content-Type`` of a file, which says nothing that could be run.

    >>> served_type('image/svg+xml'), served_type('text/csv')
    ('application/octet-stream', 'text/csv')
    """
    mimetype = (mimetype or "").lower()
    if not _MIMETYPE.fullmatch(mimetype):
        return OTHER
    if _ACTIVE.search(mimetype) and not _OFFICE.match(mimetype):
        return OTHER
    return mimetype


def content_disposition(name: str, inline: bool) -> str:
    """Return the header (RFC 6266): for all browsers, and for those of long ago.

    >>> content_disposition('a "b".pdf', True)
    'inline; filename="a _b_.pdf"; filename*=UTF-8\\'\\'a%20%22b%22.pdf'
    """
    name = clean_name(name)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = _ASCII.sub("_", plain).strip() or "file"
    value = f'{"inline" if inline else "attachment"}; filename="{plain}"'
    return (
        value if plain == name else f"{value}; filename*=UTF-8''{quote(name, safe='')}"
    )


def icon(mimetype: str) -> str:
    """Return a character that shows the kind of file in every mail program.

    >>> icon('application/pdf') == icon('application/zip')
    False
    """
    for pattern, character in _ICONS:
        if pattern.match(mimetype or ""):
            return character
    return "\N{PAGE FACING UP}"


def readable_size(size: int) -> str:
    """Return a size as people say it, in steps of 1000; '' for none.

    >>> readable_size(0), readable_size(999), readable_size(1_250_000)
    ('', '999 B', '1.2 MB')
    """
    if not size:
        return ""
    number, unit = float(size), 0
    while number >= 999.5 and unit < len(_UNITS) - 1:
        number /= 1000
        unit += 1
    digits = 1 if unit and number < 9.95 else 0
    return f"{number:.{digits}f} {_UNITS[unit]}"
