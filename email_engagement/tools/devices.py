"""Names of device, client and operating system, from the user agent.

``ua-parser`` names browsers and systems, imported at the first use and only here, outside
of any request: https://github.com/ua-parser/uap-python. Where it is not installed the names
it would give are ``''``, and nothing else changes. Mail clients and machines, which it does
not know or takes for browsers, are in the table below.

Versions are left out on purpose: browsers freeze them (Chrome says Android 10 and macOS
10.15 everywhere), so they would be wrong more often than right.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from .rules import machine_row

DESKTOP, MOBILE, TABLET, UNKNOWN = "desktop", "mobile", "tablet", "unknown"
LENGTH = 512


class Device(NamedTuple):
    """``device`` is 'desktop', 'mobile', 'tablet' or 'unknown'; names may be ''."""

    device: str
    client: str
    os: str


class _Client(NamedTuple):
    pattern: str
    client: str
    device: str = ""  # '' : as the rest of the user agent says


# Patterns over the lower-case user agent, the first that fits.
_CLIENTS = (
    # proxies and prefetch
    _Client(r"googleimageproxy|ggpht\.com|edge/12\.246 mozilla/5\.0$", "Gmail", UNKNOWN),
    _Client(r"yahoomailproxy", "Yahoo Mail", UNKNOWN),
    _Client(r"seznamemailproxy", "Seznam", UNKNOWN),
    _Client(r"ramblermail", "Rambler Mail", UNKNOWN),
    _Client(r"^mozilla/5\.0$", "Apple Mail", UNKNOWN),
    _Client(r"^chrome privacy preserving", "Chrome", UNKNOWN),
    # previews
    _Client(r"slackbot|slack-imgproxy", "Slack", UNKNOWN),
    _Client(r"skypeuripreview", "Skype/Teams", UNKNOWN),
    _Client(r"^whatsapp/", "WhatsApp", UNKNOWN),
    _Client(r"facebookexternalhit|facebot|facebookcatalog", "Facebook", UNKNOWN),
    _Client(r"twitterbot", "Twitter", UNKNOWN),
    _Client(r"linkedinbot", "LinkedIn", UNKNOWN),
    _Client(r"discordbot", "Discord", UNKNOWN),
    _Client(r"telegrambot", "Telegram", UNKNOWN),
    _Client(r"bingpreview", "Bing", UNKNOWN),
    _Client(r"^viber\b", "Viber", UNKNOWN),
    _Client(r"pinterestbot|pinterest/0\.", "Pinterest", UNKNOWN),
    # scanners, robots, programs
    _Client(r"headlesschrome", "HeadlessChrome"),
    _Client(r"phantomjs", "PhantomJS"),
    _Client(r"virustotal", "VirusTotal", UNKNOWN),
    _Client(r"netcraft", "Netcraft", UNKNOWN),
    _Client(r"barracuda", "Barracuda", UNKNOWN),
    _Client(r"proofpoint", "Proofpoint", UNKNOWN),
    _Client(r"mimecast", "Mimecast", UNKNOWN),
    _Client(r"google-safety", "Google", UNKNOWN),
    _Client(r"microsoft office (existence|protocol)", "Microsoft Office", UNKNOWN),
    _Client(r"go-http-client|^go \d|go-resty", "Go", UNKNOWN),
    _Client(r"okhttp", "okhttp", UNKNOWN),
    _Client(r"apache-httpclient", "Apache-HttpClient", UNKNOWN),
    _Client(r"^curl\b|libcurl", "curl", UNKNOWN),
    _Client(r"wget", "Wget", UNKNOWN),
    _Client(r"python", "Python", UNKNOWN),
    # mail clients
    _Client(r"outlook-ios|outlook-android|microsoft outlook.*(ios|android)", "Outlook", MOBILE),
    _Client(r"outlook-express", "Outlook Express", DESKTOP),
    _Client(r"microsoft outlook|macoutlook|ms-office|msoffice|microsoft office|outlook/",
            "Outlook", DESKTOP),
    _Client(r"windowsmail|windows-mail", "Windows Mail", DESKTOP),
    _Client(r"em ?client/", "eM Client"),
    _Client(r"mailspring/", "Mailspring"),
    _Client(r"thunderbird|icedove", "Thunderbird"),
    _Client(r"betterbird", "Betterbird"),
    _Client(r"postbox", "Postbox", DESKTOP),
    _Client(r"airmail", "Airmail"),
    _Client(r"mailbird/", "Mailbird", DESKTOP),
    _Client(r"foxmail/", "Foxmail"),
    _Client(r"bluemail/", "BlueMail"),
    _Client(r"mailmaster", "Mail Master"),
    _Client(r"navermailapp", "Naver Mail", MOBILE),
    _Client(r"yahoo%20mail|jp\.co\.yahoo\.ymail|yahoomobilemail", "Yahoo Mail"),
    _Client(r"the bat!", "The Bat!", DESKTOP),
    _Client(r"lotus-notes", "Lotus Notes", DESKTOP),
    _Client(r"^mozilla/5\.0 \((?:macintosh|iphone|ipad|ipod)[^)]*\) applewebkit/[\d.]+ "
            r"\(khtml, like gecko\)(?: mobile/\w+)?$", "Apple Mail"),
    # browsers and apps, by the name that people know
    _Client(r"\bgsa/", "Google App"),
)

# families of ua-parser -> the name that people know
_FAMILIES = {
    "Other": "",
    "IE": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
    "Google": "Google App",
    "Mobile Safari UI/WKWebView": "Safari",
    "Chrome Mobile WebView": "Android WebView",
    "Chrome Mobile iOS": "Chrome",
    "Firefox iOS": "Firefox",
    "HeadlessChrome": "HeadlessChrome",
    "Apple Mail": "Apple Mail",
}
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
    "Windows NT": "Windows",
}

_TABLE = re.compile("|".join(f"(?:{row.pattern})" for row in _CLIENTS))
_SEARCHES = tuple((row, re.compile(row.pattern).search) for row in _CLIENTS)
_parse = None  # ua-parser's function, or False when there is none


def _parser():
    global _parse
    if _parse is None:
        try:
            from ua_parser import parse
        except ImportError:
            _parse = False
        else:
            _parse = parse
    return _parse


def _named(user_agent: str) -> tuple[str, str]:
    """Client and system as ua-parser names them."""
    parse = _parser()
    if not parse:
        return "", ""
    result = parse(user_agent)
    client = result.user_agent.family if result.user_agent else ""
    system = result.os.family if result.os else ""
    if client not in _FAMILIES:
        client = re.sub(r"^Mobile | Mobile$", "", client)
    return _FAMILIES.get(client, client), _SYSTEMS.get(system, system)


def form_factor(agent: str) -> str:
    """The kind of device that ``agent`` (lower case) speaks of, by its platform words.

    An Android that does not say "mobile" is a tablet, as Google asks for:
    https://developer.chrome.com/docs/multidevice/user-agent
    """
    if re.search(r"smart-?tv|appletv|googletv|\btv\b|hbbtv|crkey|playstation|xbox|nintendo"
                 r"|aft[a-z]{1,3} build|roku", agent):
        return UNKNOWN
    if "chromebook" in agent or re.search(r"\bcros\b", agent):
        return DESKTOP
    if re.search(r"ipad|playbook|kindle|silk/(?!.*mobile)|tablet(?! pc)", agent):
        return TABLET
    if "macintosh" in agent:  # an iPad that asks for desktop sites says so, too
        return TABLET if re.search(r"\bmobile/\w", agent) else DESKTOP
    if "windows phone" in agent or "iphone" in agent or "ipod" in agent:
        return MOBILE
    if "android" in agent:
        return MOBILE if "mobile" in agent else TABLET
    if re.search(r"\bmobile\b|blackberry|\bbb10\b|opera mini|symbian|iemobile|ios\b"
                 r"|iphone|midp", agent):
        return MOBILE
    if re.search(r"windows|mac os|x11|linux|darwin/.*x86|freebsd|openbsd", agent):
        return DESKTOP
    return UNKNOWN


@lru_cache(maxsize=16384)
def describe(user_agent: str) -> Device:
    """Device, client and system of ``user_agent``; of '' nothing is known.

    >>> describe('Outlook-iOS/709.2189947.prod.iphone (3.24.0)')[:2]
    ('mobile', 'Outlook')
    """
    user_agent = user_agent.strip()[:LENGTH]
    agent = user_agent.lower()
    if not agent:
        return Device(UNKNOWN, "", "")
    row = None
    if _TABLE.search(agent):
        row = next((row for row, search in _SEARCHES if search(agent)), None)
    client, system = _named(user_agent)
    if row:
        client = row.client
        device = row.device or form_factor(agent)
        if row.device == UNKNOWN:
            system = ""
    elif machine_row(agent, "click"):
        device = UNKNOWN  # what a robot claims to run on means nothing
        system = ""
    else:
        device = form_factor(agent)
    return Device(device, client, system)
