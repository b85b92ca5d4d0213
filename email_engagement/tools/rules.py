"""What is known of the machines that open and click, as data.

Rows are in order: the first that fits decides. A row is (code, actor, pattern, kinds,
strength, source). ``pattern`` is a regular expression over the lower-case user agent.
``kinds`` are the kinds of hits it speaks of. ``strength`` is ``'strong'`` or
``'probable'``; only a strong verdict withstands what the neighbourhood tells.

``REASONS`` holds, for every code, the label that people read.
"""

import re
from typing import NamedTuple

HUMAN, PROXY, PREFETCH = "human", "proxy", "prefetch"
PREVIEW, SCANNER, SELF = "preview", "scanner", "self"
ACTORS = (HUMAN, PROXY, PREFETCH, PREVIEW, SCANNER, SELF)
# whose hits are a person's doing
COUNTING = frozenset((HUMAN, PROXY))

STRONG, PROBABLE, WEAK = "strong", "probable", "weak"

PIXEL = frozenset(("open", "image"))
TARGET = frozenset(("click", "attachment"))
ANY = PIXEL | TARGET


class UserAgentRule(NamedTuple):
    code: str
    actor: str
    pattern: str
    kinds: frozenset
    strength: str
    source: str


_R = UserAgentRule

USER_AGENT_RULES = (
    # --- proxies: they load pictures when a person opens the mail
    _R("ua_proxy_gmail", PROXY, r"googleimageproxy|\bggpht\.com", PIXEL, STRONG,
       "omrilotan/isbot fixtures/crawlers.yml 'Gmail Image Proxy'"),
    _R("ua_proxy_yahoo", PROXY, r"yahoomailproxy", PIXEL, STRONG,
       "https://senders.yahooinc.com/mail-proxy-servers"),
    _R("ua_proxy", PROXY, r"seznamemailproxy|ramblermail.*imageproxy", PIXEL, STRONG,
       "omrilotan/isbot fixtures/crawlers.yml 'Seznam Email Proxy', 'RamblerMail'"),
    _R("proxy_target", SCANNER,
       r"googleimageproxy|\bggpht\.com|yahoomailproxy|seznamemailproxy|imageproxy",
       TARGET, STRONG, "an image proxy has no business with a link"),
    # --- prefetch: loaded whether or not anybody reads
    _R("ua_prefetch_apple", PREFETCH, r"^mozilla/5\.0$", PIXEL, STRONG,
       "Apple Mail Privacy Protection: peers.md; wordtothewise.com/2021/09/apple-mpp"),
    _R("ua_bare", SCANNER, r"^mozilla/\d\.\d$", ANY, STRONG,
       "no browser is as terse as that"),
    _R("ua_prefetch_gmail", PREFETCH,
       r"chrome/42\.0\.2311\.135 safari/537\.36 edge/12\.246 mozilla/5\.0$", ANY, STRONG,
       "https://www.sparkpost.com/blog/gmail-prefetching-images/"),
    _R("ua_prefetch_chrome", PREFETCH, r"^chrome privacy preserving prefetch proxy", ANY,
       STRONG, "monperrus/crawler-user-agents; developer.chrome.com private prefetch"),
    # --- previews: a card in a chat or a social network
    _R("ua_preview", PREVIEW,
       r"slackbot|slack-imgproxy|skypeuripreview|^whatsapp/|facebookexternalhit|facebot"
       r"|facebookcatalog|twitterbot|linkedinbot|discordbot|telegrambot|bingpreview"
       r"|^viber\b|pinterestbot|pinterest/0\.|redditbot|google web preview"
       r"|google-pagerenderer|embedly|quora link preview|bitrix link preview|iframely"
       r"|mastodon/|snap url preview|vkshare|nuzzel|flipboardproxy|outbrain|xing-content"
       r"|tumblr/|discourse forum onebox|microsoftpreview|teams.*link ?preview"
       r"|link[- ]?preview|url[- ]?preview|zoominfobot|line-poker|kakaotalk-scrap"
       r"|mattermost-bot|rocket\.chat|zulipurlpreview|synapse.*matrix|matrix.*preview"
       r"|cardyb|bluesky|google-snippet|google \(\+https://developers\.google\.com/\+/web",
       ANY, STRONG, "monperrus/crawler-user-agents; omrilotan/isbot; peers.md"),
    # --- mail security
    _R("ua_security", SCANNER,
       r"barracuda|proofpoint|mimecast|netcraft|google-safety|google-safebrowsing"
       r"|virustotal|safe-?links|messagelabs|symantec|forcepoint|fortiguard|fortimail"
       r"|ironport|ciscosecureemail|trendmicro|trend micro|\btmes\b|sophos|kaspersky"
       r"|bitdefender|clamav|mailscanner|urlscan|url ?scan|phishtank|phish|checkphish"
       r"|zscaler|cloudmark|hornetsecurity|vade ?secure|avanan|agari|retarus|zerofox"
       r"|webroot|cyren|avira|avast|eset\b.*(scan|protect)|mcafee|spamtitan|spamassassin"
       r"|safedns|brightcloud|cloudflare|paloalto|palo alto|expanse|censys|shodan"
       r"|internet-measurement|leakix|l9scan|nuclei|nmap|masscan|zgrab|qualys|nessus"
       r"|burpcollaborator|sqlmap|sucuri|criminalip|recorded ?future|malware|antivirus",
       ANY, STRONG, "peers.md; monperrus/crawler-user-agents; suped.com bot user agents"),
    _R("ua_office", SCANNER,
       r"microsoft office (existence|protocol) discovery|microsoft-webdav-miniredir"
       r"|ms-?exchange|microsoft exchange|microsoft data access", ANY, STRONG,
       "omrilotan/isbot user-agents.net: Office asks for the link before the browser does"),
    _R("ua_headless", SCANNER,
       r"headlesschrome|headless|phantomjs|slimerjs|puppeteer|playwright|selenium"
       r"|webdriver|electron/.*scan|htmlunit|httpunit|jsdom|splash|chrome-lighthouse"
       r"|ruxitsynthetic|dareboost|pingdom|gtmetrix|catchpoint|rigor\b|site24x7"
       r"|dejaclick|synthetic", ANY, STRONG,
       "monperrus/crawler-user-agents; omrilotan/isbot fixtures/crawlers.yml"),
    # --- programs and libraries
    _R("ua_tool", SCANNER, r"okhttp", PIXEL, PROBABLE,
       "some Android mail apps load pictures with it: suped.com"),
    _R("ua_tool", SCANNER,
       r"^curl\b|libcurl|wget|python|go-http-client|^go \d|go-resty|okhttp|httpclient"
       r"|http_client|http-client|aiohttp|httpx/|^java/|^java\b|libwww|\blwp\b|lwp-"
       r"|axios|node-fetch|node\.js|^node\b|undici|superagent|^got\b|got \(|request-promise"
       r"|guzzle|^php\b|php/|ruby|http\.rb|faraday|typhoeus|mechanize|scrapy|restsharp"
       r"|winhttp|wininet|urllib|^dart|dart:io|postman|insomnia|apachebench|perl|lua-resty"
       r"|jetty|jersey/|reactornetty|netty|grpc-|unirest|embarcadero|indy library|^ruby"
       r"|powershell|^microsoft-cryptoapi|^microsoft url control|^axel|aria2|httpie"
       r"|winhttprequest|http-kit|clojure|erlang|hackney|reqwest|^hyper/|rust|deno/"
       r"|zend_http|pycurl|pecl|snoopy|^fetch\b|^request\b|check_http|monit/|nagios",
       ANY, STRONG, "monperrus/crawler-user-agents; omrilotan/isbot; suped.com"),
    # --- the rest of the robots: names that robots give themselves
    _R("ua_robot", SCANNER,
       r"(?<!cu)bot\b|(?<!cu)bot[/_;,)-]|bots\b|robot|crawl|spider|scrape|scraper|slurp"
       r"|ia_archiver|archiver|fetcher|feedfetcher|validator|link ?check|checker|monitor"
       r"|\bscan(ner)?\b|scanner|survey|appengine-google|mediapartners|apis-google"
       r"|adsbot|google-|googleweblight|favicon|prefetch|transcoder|\+https?://",
       ANY, STRONG, "words by which robots name themselves; monperrus, isbot"),
    # --- an app fetching by itself: nobody sees the page (a picture is another matter)
    _R("ua_app", PREVIEW, r"cfnetwork/|^dalvik/|dataaccessd", TARGET, PROBABLE,
       "suped.com: needs context; a link that a person follows opens in a browser"),
)

# People: what speaks for them when nothing spoke for a machine
_APPLE_MAIL = (
    r"^mozilla/5\.0 \((?:macintosh|iphone|ipad|ipod)[^)]*\) applewebkit/[\d.]+ "
    r"\(khtml, like gecko\)(?: mobile/\w+)?$"
)
MAIL_CLIENT_PATTERN = (
    _APPLE_MAIL
    + r"|outlook|ms-office|msoffice|microsoft office|windowsmail|windows-mail|thunderbird"
    r"|icedove|lightning|betterbird|em ?client|mailspring|airmail|sparrow|postbox|mailbird"
    r"|foxmail|bluemail|mailmaster|navermail|yahoo%20mail|ymail|yahoomobile|^mail/"
    r"|mobilemail|the bat!|lotus-notes|evolution|kmail|kontact|geary|claws|sylpheed"
    r"|mailplane|mimestream|canary|superhuman|spark/|readdle|aquamail|k-9|k9mail"
    r"|fairemail|protonmail|tutanota|seamonkey|zimbra|incredimail|mailbar|barca|pegasus"
    r"|newton|edison|mailmate|polymail|nylas|missive|front/|spike|shift/|wavebox|rambox"
    r"|franz|ferdi|hiri|groupwise|gmail"
)
BROWSER_PATTERN = (
    r"^(?:mozilla/[45]\.0|opera/\d).*(?:gecko|applewebkit|khtml|trident|msie|presto"
    r"|netfront|dolfin|firefox)"
)

# code -> what people read. English, translated by the model that shows it.
REASONS = {
    # self
    "internal_user": "A logged-in user of this Odoo",
    "own_network": "From one of your company's own networks",
    # prefetch
    "purpose_prefetch": "The browser loaded it in advance, nobody had asked for it yet",
    "ua_prefetch_apple": "Apple Mail loaded the pictures in advance, read or not",
    "ua_prefetch_gmail": "Gmail loaded the pictures before the mail was displayed",
    "ua_prefetch_chrome": "Chrome's prefetch service loaded it in advance",
    # preview
    "purpose_preview": "The browser made a preview picture",
    "ua_preview": "A chat or social network made a link preview",
    "ua_app": "An app fetched the link in the background",
    # proxy
    "ua_proxy_gmail": "Gmail loaded the picture on behalf of the reader",
    "ua_proxy_yahoo": "Yahoo Mail loaded the picture on behalf of the reader",
    "ua_proxy": "The reader's mail provider loaded the picture",
    # scanner
    "proxy_target": "A picture proxy followed the link, as no reader would",
    "head_request": "Only the headers were asked for, as link checkers do",
    "ua_empty": "The program did not say what it is",
    "ua_bare": "The program hides what it is",
    "ua_security": "A mail security product looked at it",
    "ua_office": "Microsoft Office looked the link up by itself",
    "ua_headless": "An automated browser",
    "ua_tool": "A program or script, not a browser",
    "ua_robot": "A robot that says so",
    "network_target": "From the network of a mail security service",
    "network_pixel": "Picture and links were loaded by a mail security service",
    "burst": "Several links within seconds, faster than a person clicks",
    "same_source": "By the same machine that checked the links in that moment",
    "early_open": "Opened within moments of sending, most likely by a mail filter",
    "early_click": "Clicked within moments of sending, most likely by a mail filter",
    # human
    "mail_client": "A mail program",
    "browser": "A browser",
    "no_rule": "Nothing speaks against a person",
}

# reasons that nothing in the neighbourhood overturns
STRONG_REASONS = frozenset(
    row.code for row in USER_AGENT_RULES if row.strength == STRONG
) | {"internal_user", "own_network", "purpose_prefetch", "purpose_preview",
     "head_request", "ua_empty", "network_target", "burst"}


MACHINE = re.compile("|".join(f"(?:{row.pattern})" for row in USER_AGENT_RULES))
MAIL_CLIENT = re.compile(MAIL_CLIENT_PATTERN)
BROWSER = re.compile(BROWSER_PATTERN)
_COMPILED = tuple((row, re.compile(row.pattern).search) for row in USER_AGENT_RULES)


def machine_row(agent: str, kind: str) -> UserAgentRule | None:
    """The first row that fits ``agent`` (lower case) on a hit of ``kind``, or None.

    Most agents are people's: for those it costs one search.
    """
    if not MACHINE.search(agent):
        return None
    for row, search in _COMPILED:
        if kind in row.kinds and search(agent):
            return row
    return None
