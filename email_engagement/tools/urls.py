"""Which web addresses are followed, and in which form they are kept.

Everything here is about strings; nothing is fetched or looked up.
"""

import ipaddress
import re
import unicodedata
from html import escape
from html.entities import html5
from urllib.parse import quote, unquote, urljoin

#: The longest address that is followed, in characters of its ASCII form. A redirect
#: repeats it in a header, and nginx in front of Odoo refuses an answer whose headers
#: exceed one memory page, 4 KB (https://nginx.org/r/proxy_buffer_size).
URL_MAX = 2048

# ------------------------------------------------------------------ attribute values

_REFERENCE = re.compile(r"&(?:#([0-9]+|[xX][0-9a-fA-F]+);?|([A-Za-z0-9]+)(;?))")


def unescape_attribute(value: str) -> str:
    """Return what an attribute means that is written as ``value``.

    Unlike in text, ``&copy=1`` and ``&copyx`` are no references here (WHATWG
    13.2.5.73 "Named character reference state": "as part of an attribute"), which
    :func:`html.unescape` does not know.
    """
    # 13.2.5.33 and later: a null character in a tag becomes this
    value = value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if "&" not in value:
        return value

    def character(match):
        number, name, semicolon = match.groups()
        if number:
            return _numeric(number)
        if not semicolon and value.startswith("=", match.end()):
            return match[0]
        return html5.get(name + semicolon, match[0])

    return _REFERENCE.sub(character, value)


def _numeric(number: str) -> str:
    """WHATWG 13.2.5.80 "Numeric character reference end state"."""
    hexadecimal = number[0] in "xX"
    digits = number.lstrip("xX0") or "0"
    code = int(digits, 16 if hexadecimal else 10) if len(digits) < 9 else 0
    if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
        return "\N{REPLACEMENT CHARACTER}"
    if 0x80 <= code < 0xA0:
        return bytes([code]).decode("cp1252", "ignore") or chr(code)
    return chr(code)


_PLAIN = re.compile(r"[A-Za-z0-9:/._~%?#+-]+")


def escape_attribute(value: str, quote: str) -> str:
    """Return ``value`` as it is written between ``quote``, which may be none.

    :param quote: ``"``, ``'`` or the empty string
    """
    if _PLAIN.fullmatch(value):
        return value
    value = escape(value, quote=False)
    if quote == "'":
        return value.replace("'", "&#39;")
    value = value.replace('"', "&quot;")
    return value if quote else f'"{value}"'


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_EDGES = "".join(map(chr, range(0x21)))
_LINE_BREAKS = str.maketrans("", "", "\t\n\r")


def resolve(reference: str, base: str | None = None) -> str | None:
    """Return the address that a browser would go to, or None if it stays.

    Whitespace around and line breaks within are dropped (https://url.spec.whatwg.org
    "basic URL parser"), the rest stays as it is, query and fragment to the byte.
    None for an empty one, for a bare anchor, and for a relative one without ``base``.
    """
    url = reference.strip(_EDGES).translate(_LINE_BREAKS)
    if not url or url.startswith("#"):
        return None
    if _SCHEME.match(url):
        return url
    if not base or "\\" in url:
        return None
    try:
        return urljoin(base, url)
    except ValueError:
        return None


# ---------------------------------------------------------------------------- safety

_WEB = re.compile(
    r"(https?)://(\[[0-9A-Fa-f:.]{2,45}\]|[^\s/?#:@\[\]%]+)(?::([0-9]{0,5}))?([/?#].*)?",
    re.IGNORECASE,
)
# Control characters would end a header, a backslash is a slash to browsers; the line
# separators, surrogates and what stands for a lost character belong in no address.
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\\\\\u2028\u2029\ufffd\ud800-\udfff]")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}", re.IGNORECASE)
_LAST_LABEL_NUMERIC = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)", re.IGNORECASE)
# What a browser would encode in path, query and fragment; everything else is kept.
_ENCODED = re.compile(r"[^!#-;=?-_a-~]+")


def location(url: str) -> str | None:
    """Return ``url`` in ASCII, as a ``Location`` header takes it.

    None if it is nothing that a redirect may lead to: not http or https, no valid
    host, a port or a numeric host that does not exist, a user or password, a
    backslash, a control character, or too long. An address that is ASCII already
    comes back to the byte; in others the host is converted by IDNA and the rest is
    percent-encoded as UTF-8, as a browser would.
    """
    if not isinstance(url, str) or len(url) > URL_MAX or _FORBIDDEN.search(url):
        return None
    match = _WEB.fullmatch(url)
    if not match:
        return None
    scheme, host, port, rest = match.groups()
    if port and int(port) > 65535:
        return None
    ascii_host = _ascii_host(host)
    if not ascii_host:
        return None
    result = f"{scheme}://{ascii_host}"
    if port is not None:
        result += f":{port}"
    if rest:
        result += _ENCODED.sub(lambda part: quote(part[0], safe=""), rest)
    return result if len(result) <= URL_MAX else None


def is_safe_target(url: str) -> bool:
    """Return whether a redirect to ``url`` is safe, see :func:`location`."""
    return location(url) is not None


def _ascii_host(host: str) -> str | None:
    """Return ``host`` as DNS knows it, None if it cannot be a host."""
    if host.startswith("["):
        try:
            ipaddress.IPv6Address(host[1:-1])
        except ValueError:
            return None
        return host
    if not host.isascii():
        host = _to_idna(host)
    name = host.removesuffix(".")
    labels = name.split(".")
    if len(name) > 253 or not all(map(_LABEL.fullmatch, labels)):
        return None
    if _LAST_LABEL_NUMERIC.fullmatch(labels[-1]):
        # A browser reads "0x7f.1" and "2130706433" as IPv4: nobody writes a mail so.
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            return None
    return host


def _to_idna(host: str) -> str:
    """Return the host with its labels in punycode; it may still be no valid one.

    The standard library has IDNA 2003. Browsers differ from it in the four
    characters that UTS 46 keeps (https://www.unicode.org/reports/tr46/#Deviations).
    """
    host = unicodedata.normalize("NFKC", host).lower().replace("\u3002", ".")
    stem = host.removesuffix(".")
    labels = []
    for label in stem.split("."):
        try:
            if any(char in "\u00df\u03c2\u200c\u200d" for char in label):
                label = "xn--" + label.encode("punycode").decode("ascii")
            else:
                label = label.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
        labels.append(label)
    return ".".join(labels) + host[len(stem) :]


# ---------------------------------------------------------------------------- policy

#: Addresses that are never followed, although they are safe: name of the rule, and
#: pattern in the decoded, lower-case address after its "https://". Too much in here
#: costs a click that is not counted, too little takes away somebody's way out or
#: writes a secret into a table, so the patterns are wide.
NEVER_FOLLOWED = {
    # What a template engine has not filled in: it would be stored as it is.
    "placeholder": r"\{\{|\}\}|\$\{|\{%|<%|%%\[|\*\||\|\*",
    # The way out of a mailing or a thread, in the languages that we know it in.
    "unsubscribe": (
        r"unsubscri|(?<![a-z])unsub(?![a-z])|(?<![a-z])opt[-_]?out(?![a-z])"
        r"|(?<![a-z])(?:un|de)follow(?![a-z])|list[-_]remove|remove[-_]me(?![a-z])"
        r"|d[eé]s(?:abonn|inscri)|abmeld|abbestell|austragen|da[rt](?:se)?-de-baja"
        r"|desuscri|cancelar-(?:la-)?suscripci|disiscri|annulla-iscrizione|uitschrijv"
        r"|afmeld|cancelar-(?:a-)?inscri|descadastr|desinscre|wypisz|avprenumerera"
        r"|avregistrer|avmeld|отпис"
    ),
    "preferences": (
        r"(?<![a-z])preferen(?:ce|cia|z)s?(?![a-z])"
        r"|(?:e?mail|newsletter|notification|communication|contact|marketing"
        r"|subscription|consent)s?[-_/]?(?:settings|options)"
        r"|manag(?:e|ing)[-_/](?:your[-_]|my[-_])?(?:e?mail|newsletter|notification"
        r"|subscription|consent)"
    ),
    # Whoever holds these addresses can become somebody.
    "password": (
        r"(?:reset|forgot(?:ten)?|set|change|create|new|recover)[-_/]?"
        r"(?:your[-_]|my[-_]|the[-_])?password"
        r"|password[-_/]?(?:reset|recover|set|change|forgot|new)"
    ),
    "sign up": (
        r"/web/(?:login|signup)(?![a-z_])|/auth_[a-z_]+/|(?:auth_)?signup_token="
    ),
    # Replaced by mass_mailing with an address of the recipient's own.
    "mass mailing": (
        r"^[^/?#]*(?:/unsubscribe_from_list|/view|/cards/[^?#]*|/mailing/[0-9]+/[^?#]*)"
        r"/?(?:[?#]|$)"
    ),
}
#: The same for pages that are harmless without a secret in their query.
_SIGN_UP_PATH = re.compile(
    r"sign[-_]?(?:up|in)|register|log[-_]?in|invit|activat|verif|confirm|magic"
    r"|oauth|(?<![a-z])sso(?![a-z])"
)
_PATH = re.compile(r"[^?#]*")
_SECRET = re.compile(r"[?&#](?:[a-z_-]*token|otp|ticket)=")

_NEVER_FOLLOWED = re.compile(
    "|".join(
        f"(?P<{name.replace(' ', '_')}>{pattern})"
        for name, pattern in NEVER_FOLLOWED.items()
    )
)


def refusal(url: str) -> str | None:
    """Return why ``url`` is not followed, None if it is.

    ``unsafe`` (see :func:`location`) or the name of a rule in
    :data:`NEVER_FOLLOWED`.
    """
    if location(url) is None:
        return "unsafe"
    decoded = unquote(url.partition("://")[2]).lower()
    if match := _NEVER_FOLLOWED.search(decoded):
        return match.lastgroup.replace("_", " ")
    path = _PATH.match(decoded)[0]
    if _SIGN_UP_PATH.search(path) and _SECRET.search(decoded, len(path)):
        return "sign up"
    return None


def is_followable(url: str) -> bool:
    """Return whether ``url`` may be replaced by one that leads to it."""
    return refusal(url) is None
