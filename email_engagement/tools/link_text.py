"""What is shown of the address of a link, and of its text. Whoever holds a portal link
can act as the customer it was made for, so secrets in addresses are not shown.
"""

import re
from urllib.parse import urlsplit

_SECRETS = re.compile(
    r"(?i)([?&#][a-z_]*(?:token|hash|pid|signature|otp|ticket|key)=)[^&#]*"
)
#: An address within a text, with or without its scheme, and its host.
_ADDRESS = re.compile(
    r"(?i)(?:[a-z][a-z0-9+.-]*://[^\s/?#]+"
    r"|(?<![@\w.-])(?:[\w-]+\.)+[a-z][\w-]+(?::\d+)?(?=[/?#]))(?:[/?#]\S*)?"
)


def without_secrets(url: str) -> str:
    """
    >>> without_secrets("https://x.example.com/my/5?access_token=s&a=1")
    'https://x.example.com/my/5?access_token=…&a=1'
    """
    return _SECRETS.sub(r"\1…", url)


def host(url: str) -> str:
    """The host of an address, since a path may be a secret as well.

    >>> host("https://me:s@x.example.com:8069/share/s?a=1")
    'x.example.com'
    >>> host("not an address")
    ''
    """
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def shown(url: str, is_readable: bool) -> str:
    """An address for somebody who may, or may not, read the email that it is in."""
    return without_secrets(url) if is_readable else host(url)


def label(text: str) -> str:
    """The text of a link as it is kept. An address that was pasted is its own text:
    it is kept as the address of the link only, and within other words as its host.

    >>> label("Our offer")
    'Our offer'
    >>> label("https://x.example.com/share/s?a=1")
    ''
    >>> label("see www.example.com/share/s now")
    'see www.example.com now'
    >>> label("Docs/terms, e.g. prices (example.com)")
    'Docs/terms, e.g. prices (example.com)'
    """
    if _ADDRESS.fullmatch(text.strip()):
        return ""
    return without_secrets(_ADDRESS.sub(_host_of, text))


def _host_of(found: re.Match) -> str:
    address = found[0]
    return host(address if "://" in address else f"//{address}")
