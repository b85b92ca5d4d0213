"""What is known of the machines that open and click, as data.

Rows are in order: the first that fits decides. ``signs`` are looked for in the
lower-case user agent as ``signs.py`` says. ``kinds`` are the kinds of hits that a row
speaks of. A ``STRONG`` verdict withstands what the neighbourhood of a hit tells, a
``PROBABLE`` one does not.

A sign must not meet a person: mail clients and browsers that resemble machines
(``Avast/`` and ``Bitdefender`` are browsers too, CUBOT is a telephone, "NetType" holds
"netty") are in ``tests/data/user_agents_people.json``, which every change has to pass.

``REASONS`` holds for every code the label that people read.
"""

from typing import NamedTuple

from .signs import Signs

HUMAN, PROXY, PREFETCH = "human", "proxy", "prefetch"
PREVIEW, SCANNER, SELF = "preview", "scanner", "self"
ACTORS = (HUMAN, PROXY, PREFETCH, PREVIEW, SCANNER, SELF)
COUNTING = frozenset((HUMAN, PROXY))  # their hits are a person's doing

STRONG, PROBABLE, WEAK = "strong", "probable", "weak"

PIXEL = frozenset(("open", "image"))
TARGET = frozenset(("click", "attachment"))
ANY = PIXEL | TARGET


class UserAgentRule(NamedTuple):
    code: str  # of the reason
    actor: str
    signs: str  # see signs.py
    kinds: frozenset
    strength: str
    source: str  # of the fact


_R = UserAgentRule
# shared/peers.md of the project, "Machines that open and click"
_PEERS = "peers.md"
_ISBOT = "github.com/omrilotan/isbot, fixtures/crawlers.yml"
_MONPERRUS = "github.com/monperrus/crawler-user-agents"
_SUPED = "suped.com: how can I identify bot user agents in my email click data"
_GMASS = "gmass.co/blog/false-opens-in-gmail"

_IMAGE_PROXIES = (
    "googleimageproxy|ggpht.com|yahoomailproxy|seznamemailproxy"
    "|incompatible; imageproxy|mail.ukr.net proxy|hey.com/imageproxy|^fastmailua/"
)

# fmt: off
USER_AGENT_RULES = (
    # --- proxies: they load pictures when a person displays the mail
    _R("ua_proxy_gmail", PROXY, "googleimageproxy|ggpht.com", PIXEL, STRONG, _PEERS),
    _R("ua_proxy_yahoo", PROXY, "yahoomailproxy", PIXEL, STRONG,
       "senders.yahooinc.com/mail-proxy-servers"),
    _R("ua_proxy", PROXY, _IMAGE_PROXIES, PIXEL, STRONG,
       f"{_ISBOT}; hey.com/image-proxy"),
    _R("proxy_target", SCANNER, _IMAGE_PROXIES, TARGET, STRONG,
       "hey.com/image-proxy: a proxy of pictures never follows links"),
    # --- prefetch: loaded whether or not anybody reads
    _R("ua_prefetch_apple", PREFETCH, r"~^mozilla/5\.0$", PIXEL, STRONG, _PEERS),
    _R("ua_bare", SCANNER, r"~^mozilla/\d\.\d$", ANY, STRONG,
       "Apple's proxy loads pictures only, and no browser is as terse"),
    _R("ua_prefetch_gmail", PREFETCH,
       r"~chrome/42\.0\.2311\.135 safari/537\.36 edge/12\.246 mozilla/5\.0$", ANY,
       STRONG, "sparkpost.com/blog/gmail-prefetching-images"),
    _R("ua_prefetch_chrome", PREFETCH, "^chrome privacy preserving prefetch proxy", ANY,
       STRONG, "developer.chrome.com/blog/private-prefetch-proxy"),
    # --- previews: cards in chats and social networks
    _R("ua_preview", PREVIEW,
       "slackbot|slack-imgproxy|skypeuripreview|^whatsapp|facebookexternal|facebot"
       "|facebookcatalog|twitterbot|linkedinbot|discordbot|telegrambot|bingpreview"
       "|^viber|pinterestbot|^pinterest/0.|redditbot|google web preview|embedly"
       "|iframely|mastodon/|vkshare|nuzzel|flipboardproxy|outbrain|line-poker"
       "|kakaotalk-scrap|mattermost-bot|zulipurlpreview|cardyb|discourse forum onebox"
       "|link preview|link-preview|linkpreview|linkexpander|url preview|url-preview"
       "|urlpreview|uripreview|/+/web/snippet|google-page",
       ANY, STRONG, f"{_MONPERRUS}; {_ISBOT}; {_PEERS}"),
    # --- mail security
    _R("ua_security", SCANNER,
       "barracuda|proofpoint|mimecast|netcraft|google-safety|safebrowsing|virustotal"
       "|safelinks|safe-links|messagelabs|symantec|forcepoint|fortiguard|fortimail"
       "|fortigate|ironport|ciscosecureemail|trendmicro|trend micro|tmufe|sophos"
       "|fireeye|zscaler|cloudmark|kaspersky lab|clamav|mailscanner|mailmarshal"
       "|hornetsecurity|spamtitan|retarus|urlscan|url scan|phish|safedns|censys|shodan"
       "|leakix|^nuclei|nmap scripting|masscan|zgrab|qualys|nessus|burpcollaborator"
       "|sqlmap|sucuri|scmguard|^cortex/|tlsprobe|nikto/|acunetix|openvas|twinwave"
       "|trellix|trellis-|ssl labs|sitelock|urlcheck|scanner|contentscan|sitescan"
       r"|scanning|~scan(?<![a-z]scan)s?(?![a-z])", ANY, STRONG,
       f"{_PEERS}; {_GMASS}; {_ISBOT}"),
    _R("ua_office", SCANNER,
       "microsoft office existence discovery|microsoft office protocol discovery"
       "|webdav-miniredir|microsoft data access|^microsoft exchange/"
       "|^office 365 connectors", ANY, STRONG, f"{_PEERS}; {_GMASS}"),
    _R("ua_headless", SCANNER,
       "headless|phantomjs|slimerjs|puppeteer|playwright|selenium|webdriver|htmlunit"
       "|httpunit|jsdom/|chrome-lighthouse|ruxitsynthetic|datadogsynthetics|dareboost"
       "|newrelicsynthetics|pingdom|gtmetrix|; catchpoint|; rigor)|; rigor;|site24x7"
       "|dejaclick| ptst/", ANY, STRONG, f"{_MONPERRUS}; {_ISBOT}"),
    # --- programs and libraries
    _R("ua_tool", SCANNER, "okhttp", PIXEL, PROBABLE,
       f"some Android mail apps load pictures with it ({_SUPED})"),
    _R("ua_tool", SCANNER,
       "^curl|libcurl|wget|^python|python-|python/|aiohttp|^go 1|go-http-client"
       "|go-resty|okhttp|httpclient|http_client|libwww-perl|^lwp|lua-resty|^java/"
       "|^jetty/|^jersey/|reactornetty|^netty|^grpc-|^unirest|^axios|node-fetch|^node/"
       "|^node.js|node/v|^undici|^superagent|^got/|^got (|^request/|^request-|^guzzle"
       "|^php/|^ruby|http.rb/|^faraday|^typhoeus|^mechanize|scrapy|^restsharp|winhttp"
       "|^wininet|urllib|^dart/|^dart:|postman|^insomnia|apachebench|^indy|indy library"
       "|powershell|microsoft-cryptoapi|microsoft url control|^axel|^aria2|^httpie"
       "|^http-kit|^hackney|^reqwest|^hyper/|^deno/|zend_http|^pecl|snoopy|check_http"
       "|^httpmon|^http_get|^ahc/|anyevent-http|^amazon cloudfront|^hubspot connect"
       "|^braze sender", ANY, STRONG, f"{_MONPERRUS}; {_ISBOT}; {_GMASS}; {_SUPED}"),
    # --- the rest: what robots call themselves, and where they say to complain
    _R("ua_robot", SCANNER,
       r"~bot(?<!cubot)s?(?![a-z0-9])|robot|crawl|spider|scrape|slurp|ia_archiver"
       "|fetcher|feedburner|validator|link check|linkcheck|link-check|checklink"
       "|-google;|^google-|google-physicalweb|google-read|googleweblight|google favicon"
       "|uptime|-google (|mediapartners-google|monitor|webhook|googleother|google-other"
       "|googleagent|brandverity|exractor|email extract"
       r"|~https?://(?!bsalsa)(?!www\.bsalsa)|~@[a-z0-9.-]+\.[a-z]{2,}",
       ANY, STRONG, f"{_MONPERRUS}; {_ISBOT}"),
    _R("ua_robot", SCANNER,
       r"~^mozilla/\d\.\d+ \(compatible;(?! ?msie)(?! ?ms-office)(?! ?lotus)"
       r"(?! ?konqueror)(?! ?ibrowse)[^)]*\)?$", ANY, STRONG,
       f"{_MONPERRUS}: a browser has an engine, too"),
    # --- an app by itself: on a link nobody sees a page; a picture may be a mail's
    _R("ua_app", PREVIEW, "dataaccessd/", ANY, PROBABLE, f"{_GMASS}; {_SUPED}"),
    _R("ua_app", PREVIEW, "cfnetwork/|^dalvik/", TARGET, PROBABLE, _SUPED),
)
# fmt: on

# People: what speaks for them when nothing spoke for a machine.
APPLE_MAIL = (
    r"~^mozilla/5\.0 \([^)]*mac os x[^)]*\) applewebkit/[\d.]+ "
    r"\(khtml, like gecko\)(?: mobile/\w+)?$"
)
MAIL_CLIENT = Signs(
    f"{APPLE_MAIL}|outlook|ms-office|msoffice|^microsoft office/|windowsmail|icedove"
    "|thunderbird|betterbird|lightning/|emclient/|em client/|mailspring/|airmail"
    "|^postbox|postbox/|mailbird/|foxmail/|bluemail/|mailmaster|navermailapp"
    "|yahoo%20mail|.ymail/|yahoomobilemail|^mail/|mobilemail|the bat!|lotus-notes"
    "|seamonkey/|evolution/|kmail|kontact|geary|claws mail|sylpheed|mailplane"
    "|mimestream|superhuman|readdle|aquamail|k-9 mail|fairemail|protonmail|tutanota"
    "|zimbra|incredimail|^mailbar|^barca|polymail|nylas|missive|wavebox|rambox|franz/"
    "|ferdi|groupwise|gmail"
)
# An engine that displays pages; the telephones before it; browsers in a terminal.
BROWSER = Signs(
    "applewebkit|webkit/|gecko|khtml|trident/|msie |presto/|^opera/|opera mini|goanna"
    "|netfront|ucweb|ucbrowser|up.browser|profile/midp|^blackberry|^nokia|dolfin|^lynx/"
    "|^links (|^elinks|^w3m"
)

# code -> what people read. English, translated by the model that shows it.
REASONS = {
    # self
    "internal_user": "A logged-in user of this Odoo",
    "own_network": "From one of your company's own networks",
    # prefetch
    "purpose_prefetch": "A browser loaded it in advance, nobody had asked for it yet",
    "ua_prefetch_apple": "Apple Mail loaded the pictures in advance, read or not",
    "ua_prefetch_gmail": "Gmail loaded the pictures before the mail was displayed",
    "ua_prefetch_chrome": "Chrome's prefetch service loaded it in advance",
    "early_proxy": "The mail provider loaded the pictures within moments of sending",
    # preview
    "purpose_preview": "A browser made a small picture of the page",
    "ua_preview": "A chat or social network made a link preview",
    "ua_app": "An app fetched it in the background",
    # proxy
    "ua_proxy_gmail": "Gmail loaded the picture on behalf of the reader",
    "ua_proxy_yahoo": "Yahoo Mail loaded the picture on behalf of the reader",
    "ua_proxy": "The reader's mail provider loaded the picture",
    # scanner
    "proxy_target": "A picture proxy followed the link, as no reader would",
    "head_request": "Only the headers were asked for, as link checkers do",
    "ua_empty": "A program that does not say what it is",
    "ua_bare": "A program that hides what it is",
    "ua_security": "A mail security product looked at it",
    "ua_office": "Microsoft Office or Exchange looked it up by itself",
    "ua_headless": "An automated browser",
    "ua_tool": "A program or script, not a browser",
    "ua_robot": "A robot that says so",
    "ua_not_browser": "The program that followed the link displays no pages",
    "no_language": "Said to be a browser, but asked for no language as browsers do",
    "network_target": "From the network of a mail security service",
    "burst": "Several links within seconds, faster than a person clicks",
    "same_source": "From where the links were being checked in that moment",
    "early_open": "Opened within moments of sending, most likely by a mail filter",
    "early_click": "Clicked within moments of sending, most likely by a mail filter",
    # human
    "mail_client": "A mail program",
    "browser": "A browser",
    "no_rule": "Nothing speaks against a person",
    # answers that no person wrote: see replies.py
    "auto_out_of_office": "An out-of-office note, sent by a program",
    "auto_reply": "Sent by a program, as it says itself",
    "auto_receipt": "A receipt that the recipient's program has sent",
    "auto_bulk": "Sent in bulk",
    # deliveries: see bounces.py
    "bounce_address": "The address does not exist",
    "bounce_domain": "The domain does not exist or takes no mail",
    "bounce_disabled": "The mailbox takes no mail any more",
    "bounce_full": "The mailbox is full",
    "bounce_size": "The email was too large",
    "bounce_unreachable": "The recipient's mail server could not be reached",
    "bounce_content": "The mail server could not handle its content",
    "bounce_refused": "The recipient's mail system refused it",
    "bounce_server": "The recipient's mail server had a problem",
    "bounce_other": "It came back",
    "delivery_delayed": "Not delivered yet, the mail server goes on trying",
    # not a verdict on a hit: see fold.py
    "flood": "Too many requests within a short time: they were only counted",
    "error": "It could not be judged; the server's log says why",
    "manual": "Decided by an administrator",
    "implied": "Opened with pictures blocked: a click, a file or an answer shows it",
}

# reasons that the neighbourhood does not overturn
STRONG_REASONS = frozenset(
    row.code for row in USER_AGENT_RULES if row.strength == STRONG
) | {
    "internal_user",
    "own_network",
    "purpose_prefetch",
    "purpose_preview",
    "head_request",
    "ua_empty",
    "network_target",
    "burst",
}

_ROWS = tuple((row, Signs(row.signs)) for row in USER_AGENT_RULES)
_MACHINE = Signs.any_of(signs for _row, signs in _ROWS)


def machine_row(agent: str, kind: str) -> UserAgentRule | None:
    """The first row that fits ``agent`` (lower case) on a hit of ``kind``, or None.

    Most agents are people's: for those it costs one pass over all the signs.
    """
    if not _MACHINE.found_in(agent):
        return None
    for row, signs in _ROWS:
        if kind in row.kinds and signs.found_in(agent):
            return row
    return None
