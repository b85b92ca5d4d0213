"""Names of device, client and operating system, from the user agent.

``ua-parser`` names browsers and systems (https://github.com/ua-parser/uap-python). It
is imported at the first use, here only, and outside of any request. Where it is not
installed the names that it would give are ``''``, and nothing else changes. Mail
clients and machines, which it does not know or takes for browsers, are in the table
below.

Versions are left out on purpose: browsers freeze them (Chrome says Android 10 and macOS
10.15 everywhere), so that they would be wrong more often than right.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from .rules import APPLE_MAIL, machine_row
from .signs import Signs

DESKTOP, MOBILE, TABLET, UNKNOWN = "desktop", "mobile", "tablet", "unknown"
LENGTH = 512  # what is longer is cut: no client needs more


class Device(NamedTuple):
    """``device`` is 'desktop', 'mobile', 'tablet' or 'unknown'; names may be ''."""

    device: str
    client: str
    os: str


class _Client(NamedTuple):
    signs: Signs
    client: str
    device: str  # '' : what the rest of the user agent says


# In order, the first that fits; signs as in signs.py, names as people know them.
_CLIENTS = tuple(
    _Client(Signs(signs), client, device)
    for signs, client, device in (
        # proxies and prefetch
        ("googleimageproxy|ggpht.com", "Gmail", UNKNOWN),
        (r"~edge/12\.246 mozilla/5\.0$", "Gmail", UNKNOWN),
        ("yahoomailproxy", "Yahoo Mail", UNKNOWN),
        ("seznamemailproxy", "Seznam", UNKNOWN),
        ("ramblermail", "Rambler Mail", UNKNOWN),
        ("mail.ukr.net proxy", "UKR.NET", UNKNOWN),
        ("hey.com/imageproxy", "HEY", UNKNOWN),
        ("^fastmailua/", "Fastmail", UNKNOWN),
        (r"~^mozilla/5\.0$", "Apple Mail", UNKNOWN),
        ("^chrome privacy preserving", "Chrome", UNKNOWN),
        # previews
        ("slackbot|slack-imgproxy", "Slack", UNKNOWN),
        ("skypeuripreview", "Skype/Teams", UNKNOWN),
        ("^whatsapp", "WhatsApp", UNKNOWN),
        ("facebookexternal|facebot|facebookcatalog", "Facebook", UNKNOWN),
        ("telegrambot", "Telegram", UNKNOWN),
        ("twitterbot", "Twitter", UNKNOWN),
        ("linkedinbot", "LinkedIn", UNKNOWN),
        ("discordbot", "Discord", UNKNOWN),
        ("bingpreview", "Bing", UNKNOWN),
        ("^viber", "Viber", UNKNOWN),
        ("pinterestbot|^pinterest/0.", "Pinterest", UNKNOWN),
        ("snap url preview", "Snapchat", UNKNOWN),
        # scanners, robots, programs
        ("headlesschrome", "HeadlessChrome", ""),
        ("phantomjs", "PhantomJS", UNKNOWN),
        ("virustotal", "VirusTotal", UNKNOWN),
        ("netcraft", "Netcraft", UNKNOWN),
        ("barracuda", "Barracuda", UNKNOWN),
        ("proofpoint", "Proofpoint", UNKNOWN),
        ("mimecast", "Mimecast", UNKNOWN),
        ("google-safety", "Google", UNKNOWN),
        ("microsoft office existence", "Microsoft Office", UNKNOWN),
        ("microsoft office protocol", "Microsoft Office", UNKNOWN),
        ("^microsoft exchange/", "Microsoft Exchange", UNKNOWN),
        ("hubspot", "HubSpot", UNKNOWN),
        ("go-http-client|^go 1|go-resty", "Go", UNKNOWN),
        ("okhttp", "okhttp", UNKNOWN),
        ("apache-httpclient", "Apache-HttpClient", UNKNOWN),
        ("^curl|libcurl", "curl", UNKNOWN),
        ("wget", "Wget", UNKNOWN),
        ("^python|python-|python/", "Python", UNKNOWN),
        # mail clients
        ("outlook-ios|outlook-android", "Outlook", ""),
        ("outlook-express", "Outlook Express", DESKTOP),
        ("microsoft outlook|macoutlook|ms-office|msoffice", "Outlook", DESKTOP),
        ("^microsoft office/|^outlook/", "Outlook", DESKTOP),
        ("windowsmail", "Windows Mail", DESKTOP),
        ("em client/|emclient/", "eM Client", DESKTOP),
        ("mailspring/", "Mailspring", DESKTOP),
        ("betterbird", "Betterbird", DESKTOP),
        ("thunderbird|icedove", "Thunderbird", ""),
        ("postbox", "Postbox", DESKTOP),
        ("airmail", "Airmail", ""),
        ("mailbird/", "Mailbird", DESKTOP),
        ("foxmail/", "Foxmail", ""),
        ("bluemail/", "BlueMail", ""),
        ("mailmaster", "Mail Master", ""),
        ("navermailapp", "Naver Mail", MOBILE),
        ("yahoo%20mail|jp.co.yahoo.ymail|yahoomobilemail", "Yahoo Mail", ""),
        ("the bat!", "The Bat!", DESKTOP),
        ("lotus-notes", "Lotus Notes", DESKTOP),
        ("^mailbar", "MailBar", DESKTOP),
        ("^barca", "Barca", DESKTOP),
        ("franz/", "Franz", DESKTOP),
        ("rambox", "Rambox", DESKTOP),
        (APPLE_MAIL, "Apple Mail", ""),
        # browsers and apps that ua-parser names otherwise
        (" gsa/", "Google App", ""),
        ("yabrowser|yasearchbrowser", "Yandex Browser", ""),
        ("micromessenger", "WeChat", ""),
        ("linkedinapp", "LinkedIn", ""),
        ("ecosia", "Ecosia", ""),
        ("baiduboxapp", "Baidu", ""),
        (" naver(", "Naver", ""),
        ("bingweb/", "Bing", ""),
        ("aolbuild", "AOL", ""),
        ("slack_ssb", "Slack", DESKTOP),
        ("discord/", "Discord", DESKTOP),
        (" focus/", "Firefox Focus", ""),
    )
)

_ANY_CLIENT = Signs.any_of(row.signs for row in _CLIENTS)

# families of ua-parser -> the name that people know; '' for what says nothing
_FAMILIES = {
    "Other": "",
    "IE": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
    "Google": "Google App",
    "Mobile Safari UI/WKWebView": "Safari",
    "Chrome Mobile WebView": "Android WebView",
    "Chrome Mobile iOS": "Chrome",
    "Firefox iOS": "Firefox",
    "BlackBerry WebKit": "BlackBerry",
    "MiuiBrowser": "MIUI Browser",
    "DuckDuckGo Mobile": "DuckDuckGo",
}
_BROWSERS = frozenset(("Chrome", "Firefox", "Safari", "Edge", "Internet Explorer"))
_SYSTEMS = {
    "Other": "",
    "Mac OS X": "macOS",
    "Mac OS": "macOS",
    "Chrome OS": "ChromeOS",
    "Ubuntu": "Linux",
    "Fedora": "Linux",
    "Debian": "Linux",
    "Red Hat": "Linux",
    "SUSE": "Linux",
    "CentOS": "Linux",
    "Arch Linux": "Linux",
}

_parsers = None  # ua-parser's functions for client and system; () without it


def _names(user_agent: str) -> tuple[str, str]:
    """Client and system as ua-parser has them, '' for what it does not know."""
    global _parsers
    if _parsers is None:
        try:
            # Not ``parse``: its third part, models of devices, takes as long as both.
            from ua_parser import parse_os, parse_user_agent
        except ImportError:
            _parsers = ()
        else:
            _parsers = parse_user_agent, parse_os
    if not _parsers:
        return "", ""
    # half a surrogate pair is no text for a parser written in Rust
    text = user_agent.encode(errors="replace").decode()
    found = [parse(text) for parse in _parsers]
    client, system = (part.family if part else "" for part in found)
    if client not in _FAMILIES:
        client = re.sub(r"^Mobile | Mobile$", "", client)
    return _FAMILIES.get(client, client), _SYSTEMS.get(system, system)


_NEITHER = re.compile(
    r"smart-?tv|appletv|googletv|hbbtv|web0s|crkey|playstation|xbox|nintendo|roku"
    r"|\baft\w{1,4} build|bravia|viera"
).search
_TABLETS = re.compile(
    r"ipad|playbook|kindle|silk/(?!.*mobile)|tablet(?! pc)|/apad\b"
).search
_MOBILES = re.compile(
    r"windows phone|iphone|ipod|opera mini|iemobile|blackberry|\bbb10\b|symbian|midp"
    r"|outlook-ios|outlook-android"
).search
_DESKTOPS = re.compile(r"windows|mac os|x11|linux|freebsd|openbsd|darwin.*x86").search


def form_factor(agent: str) -> str:
    """The kind of device that ``agent`` (lower case) speaks of, by its platform words.

    An Android that does not say "mobile" is a tablet, as Google asks for:
    https://developer.chrome.com/docs/multidevice/user-agent
    """
    if _NEITHER(agent):
        return UNKNOWN
    if "chromebook" in agent or "; cros " in agent or "(cros " in agent:
        return DESKTOP
    if _TABLETS(agent):
        return TABLET
    if _MOBILES(agent):
        return MOBILE
    if "macintosh" in agent:  # an iPad that asks for desktop sites says so, too
        return TABLET if " mobile/" in agent else DESKTOP
    if "android" in agent:
        return MOBILE if "mobile" in agent else TABLET
    if re.search(r"\bmobile\b", agent):
        return MOBILE
    return DESKTOP if _DESKTOPS(agent) else UNKNOWN


def describe(user_agent: str) -> Device:
    """Device, client and system of ``user_agent``; of '' nothing is known.

    >>> describe('Outlook-iOS/709.2189947.prod.iphone (3.24.0)')[:2]
    ('mobile', 'Outlook')
    """
    return _describe(user_agent.strip()[:LENGTH])


@lru_cache(maxsize=16384)
def _describe(user_agent: str) -> Device:
    agent = user_agent.lower()
    if not agent:
        return Device(UNKNOWN, "", "")
    row = None
    if _ANY_CLIENT.found_in(agent):  # one pass for the many that are in no row
        row = next((row for row in _CLIENTS if row.signs.found_in(agent)), None)
    if row and row.device == UNKNOWN:
        return Device(UNKNOWN, row.client, "")
    client, system = _names(user_agent)
    if row:
        return Device(row.device or form_factor(agent), row.client, system)
    if machine_row(agent, "click"):
        # what a robot claims to run on means nothing
        return Device(UNKNOWN, "" if client in _BROWSERS else client, "")
    return Device(form_factor(agent), client, system)
