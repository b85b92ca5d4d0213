"""What is known of the machines that open and click, as data.

Rows are in order: the first that fits decides. ``signs`` are looked for in the
lower-case user agent as ``signs.py`` says. ``kinds`` are the kinds of hits that a row
speaks of. A ``STRONG`` verdict withstands what the neighbourhood of a hit tells, a
``PROBABLE`` one does not.

A sign must not meet a person: mail clients and browsers that resemble machines
(``Avast/`` and ``Bitdefender`` are browsers too, CUBOT is a telephone, "NetType" holds
"netty") are in ``tests/data/user_agents_people.json``, which every change has to pass.

``REASONS`` holds all codes; ``models/email_engagement_reason.py`` has their labels.
"""

from typing import NamedTuple

from .signs import Signs

HUMAN, PROXY, PREFETCH = "human", "proxy", "prefetch"
PREVIEW, SCANNER, SELF = "preview", "scanner", "self"
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
_ISBOT = "github.com/omrilotan/isbot, fixtures/crawlers.yml"
_MONPERRUS = "github.com/monperrus/crawler-user-agents"
_SUPED = "suped.com: how can I identify bot user agents in my email click data"
_GMASS = "gmass.co/blog/false-opens-in-gmail"
_TRACKER = "a public mail tracker's test of clients: mailclient_test.go"

_IMAGE_PROXIES = (
    "googleimageproxy|ggpht.com|yahoomailproxy|seznamemailproxy"
    "|incompatible; imageproxy|mail.ukr.net proxy|hey.com/imageproxy|^fastmailua/"
)

# fmt: off
USER_AGENT_RULES = (
    # --- proxies: they load pictures when a person displays the mail
    _R("ua_proxy_gmail", PROXY, "googleimageproxy|ggpht.com", PIXEL, STRONG, _ISBOT),
    _R("ua_proxy_yahoo", PROXY, "yahoomailproxy", PIXEL, STRONG,
       "senders.yahooinc.com/mail-proxy-servers"),
    _R("ua_proxy", PROXY, _IMAGE_PROXIES, PIXEL, STRONG,
       f"{_ISBOT}; hey.com/image-proxy"),
    _R("proxy_target", SCANNER, _IMAGE_PROXIES, TARGET, STRONG,
       "hey.com/image-proxy: a proxy of pictures never follows links"),
    # --- prefetch: loaded whether or not anybody reads
    _R("ua_prefetch_apple", PREFETCH, r"~^mozilla/5\.0$", PIXEL, STRONG, _TRACKER),
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
       ANY, STRONG, f"{_MONPERRUS}; {_ISBOT}"),
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
       f"{_GMASS}; {_ISBOT}"),
    _R("ua_office", SCANNER,
       "microsoft office existence discovery|microsoft office protocol discovery"
       "|webdav-miniredir|microsoft data access|^microsoft exchange/"
       "|^office 365 connectors", ANY, STRONG, _GMASS),
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

#: Codes of all reasons; what people read of them is in the models.
REASONS = frozenset(
    (
        # self
        *("internal_user", "own_network"),
        # prefetch
        *("purpose_prefetch", "ua_prefetch_apple", "ua_prefetch_gmail"),
        *("ua_prefetch_chrome", "early_proxy"),
        # preview
        *("purpose_preview", "ua_preview", "ua_app"),
        # proxy
        *("ua_proxy_gmail", "ua_proxy_yahoo", "ua_proxy"),
        # scanner
        *("proxy_target", "head_request", "ua_empty", "ua_bare", "ua_security"),
        *("ua_office", "ua_headless", "ua_tool", "ua_robot", "ua_not_browser"),
        *("no_language", "network_target", "burst", "same_source", "early_open"),
        *("early_click",),
        # human
        *("mail_client", "browser", "no_rule"),
        # answers that no person wrote: see replies.py
        *("auto_out_of_office", "auto_reply", "auto_receipt", "auto_bulk"),
        # deliveries: see bounces.py
        *("bounce_address", "bounce_domain", "bounce_disabled", "bounce_full"),
        *("bounce_size", "bounce_unreachable", "bounce_content", "bounce_refused"),
        *("bounce_server", "bounce_other", "delivery_delayed"),
        # not a verdict on a hit: see fold.py
        *("flood", "error", "manual", "implied"),
    )
)

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
