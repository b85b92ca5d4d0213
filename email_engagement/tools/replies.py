"""What an incoming mail answers, and whether a person wrote it. Pure.

Mail systems are sloppy, so headers are read as they came (``raw_items``): parsing
them by their grammar fails on the broken ones. Everything is bounded: what comes in
was written by strangers.

Sources
    RFC 5322, 3.6.4: In-Reply-To and References; RFC 3834: automatic responses;
    [MS-OXCMAIL] 2.1.3.2.20: X-Auto-Response-Suppress; RFC 5230: Sieve's vacation;
    RFC 8098: read receipts. What Gmail, Exchange and others add is in the tests'
    ``data/mails``.
"""

import re
from collections.abc import Iterable
from email.message import Message
from email.utils import getaddresses

from .mail_parts import HEADER_MAX, content_type

#: Identifiers looked at. Newer ones stand last in References, and databases take
#: hundreds of them badly.
IDS_MAX = 64
_HEADER_MAX = 65536  # characters; mail servers cut long before

_ID = re.compile(r"<([^<>]{3,998})>")
_BARE_ID = re.compile(r"[^\s<>,;\"]{1,500}@[^\s<>,;\"]{1,400}")
_SPACE = re.compile(r"\s+")

OUT_OF_OFFICE, AUTOMATIC = "auto_out_of_office", "auto_reply"
RECEIPT, BULK = "auto_receipt", "auto_bulk"

#: Beginnings of subjects of out-of-office notes: Exchange puts one in the language
#: of the mailbox, and gateways drop the headers that say the same.
_SUBJECTS = (
    *("automatic reply", "out of office", "out of the office", "auto reply"),
    *("autoreply", "auto-reply", "auto response", "automated reply", "ooo:"),
    *("automatische antwort", "abwesenheitsnotiz", "abwesend", "abwesenheit"),
    *("réponse automatique", "reponse automatique", "absence du bureau"),
    *("respuesta automática", "respuesta automatica", "fuera de la oficina"),
    *("risposta automatica", "fuori sede", "resposta automática", "ausência"),
    *("automatisch antwoord", "afwezigheid", "automatisk svar", "autosvar"),
    *("automaattinen vastaus", "odpowiedź automatyczna", "automatická odpověď"),
    *("automatikus válasz", "răspuns automat", "автоматический ответ"),
    *("自動応答", "自动答复", "自動回覆", "자동 회신"),
)

#: Headers whose presence says "out of office".
_OUT_OF_OFFICE_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponse",
    "x-auto-reply",
    "x-mail-autoreply",
    "x-autoreply-from",
    "x-vacation",
)


class Headers:
    """The headers of a mail by lower-case name, as they came but unfolded."""

    def __init__(self, message: Message):
        self._values = {}
        for name, value in message.raw_items():
            text = _SPACE.sub(" ", str(value)[:_HEADER_MAX]).strip()
            self._values.setdefault(name.lower(), []).append(text)

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def first(self, name: str) -> str:
        """The value in lower case, without comments behind a ``;`` or ``(``."""
        value = (self.all(name) or [""])[0].lower()
        return re.split(r"[;(]", value, maxsplit=1)[0].strip()

    def __contains__(self, name: str) -> bool:
        return name in self._values


def message_ids(values: Iterable[str]) -> list[str]:
    """The identifiers in some headers, in their order, with their brackets.

    Blanks within an identifier are a folding gone wrong. Brackets that are missing
    are put back.

    >>> message_ids(['<a@x> <b@ y>', 'c@z'])
    ['<a@x>', '<b@y>', '<c@z>']
    """
    found = []
    for value in values:
        inner = _ID.findall(value) or _BARE_ID.findall(value[-2000:])
        found += (f"<{_SPACE.sub('', text)}>" for text in inner)
    return found


def answered(headers: Headers) -> list[str]:
    """Identifiers of the mails that this one answers, the nearest first."""
    found = message_ids(headers.all("in-reply-to"))
    found += reversed(message_ids(headers.all("references")))
    return list(dict.fromkeys(found))[:IDS_MAX]


def original(headers: Headers) -> list[str]:
    """Identifiers that a mail of ours may have had when it left us, by the headers
    that it has now: providers give it another one.

    Microsoft 365 keeps ours in a header of its own; Amazon SES keeps nothing but
    References, at whose end Odoo puts the mail's own identifier.
    """
    found = message_ids(headers.all("message-id"))
    found += message_ids(headers.all("x-microsoft-original-message-id"))
    found += reversed(message_ids(headers.all("references")))
    return list(dict.fromkeys(found))[:IDS_MAX]


def automatic(message: Message, headers: Headers | None = None) -> str | None:
    """Why no person has written this mail: a code of ``rules.REASONS``, or None."""
    headers = headers or Headers(message)
    if is_receipt(message):
        return RECEIPT
    subject = _subject(message, headers)
    if subject.startswith(_SUBJECTS):
        return OUT_OF_OFFICE
    if headers.first("x-autoreply") != "no" and any(
        name in headers for name in _OUT_OF_OFFICE_HEADERS
    ):
        return OUT_OF_OFFICE
    precedence = headers.first("precedence")
    submitted = headers.first("auto-submitted")
    suppressed = _suppressed(headers)
    if submitted and submitted != "no":
        is_vacation = "vacation" in headers.all("auto-submitted")[0].lower()
        # Exchange's: generated, and not to be answered by its own kind.
        if is_vacation or suppressed:
            return OUT_OF_OFFICE
        return AUTOMATIC
    if suppressed or precedence == "auto_reply":
        return AUTOMATIC
    if headers.first("x-ms-exchange-generated-message-source"):
        return AUTOMATIC
    if headers.all("return-path") and headers.all("return-path")[-1] == "<>":
        return AUTOMATIC
    is_list = "list-id" in headers or "list-post" in headers
    if precedence in ("bulk", "junk") and not is_list:
        return BULK
    return None


def is_receipt(message: Message) -> bool:
    """Whether it is a read receipt (RFC 8098)."""
    return _report_type(message) == "disposition-notification"


def _report_type(message: Message) -> str:
    if content_type(message) != "multipart/report":
        return ""
    return str(message.get_param("report-type") or "").lower()


def _suppressed(headers: Headers) -> bool:
    """Whether out-of-office notes and automatic answers are asked not to be sent in
    return; to suppress reports only (``DR, RN``) is what people's mails do, too.
    """
    words = ",".join(headers.all("x-auto-response-suppress")).lower().split(",")
    return bool({word.strip() for word in words} & {"all", "oof", "autoreply"})


def _subject(message: Message, headers: Headers) -> str:
    if any(len(value) > HEADER_MAX for value in headers.all("subject")):
        return ""
    try:
        return str(message.get("subject", "")).strip().lower()[:200]
    except (ValueError, LookupError, AttributeError, IndexError, TypeError):
        return ""  # the header parser of the standard library gives up on some


def addresses(message: Message) -> list[str]:
    """Addresses of who has sent a mail, in lower case."""
    values = Headers(message).all("from")
    try:
        found = getaddresses([value[:2000] for value in values[:5]])
    except (RecursionError, ValueError, IndexError):
        return []  # such as thousands of opening brackets
    return [address.lower() for _name, address in found if "@" in address]
