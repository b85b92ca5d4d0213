"""What a mail says that tells of a delivery. Pure.

Most mail servers send a report that programs can read (RFC 3464), some send words:
qmail, older Exims, and what forwards a report as text. Both come out as the same
:class:`Delivery` per recipient.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from . import replies
from .mail_parts import content_type, parts
from .replies import Headers

TEXT_MAX = 262_144  # characters of a report without structure that are read
RECIPIENTS_MAX = 50
DETAIL_MAX = 500

FAILED, DELAYED, DONE = "failed", "delayed", "done"

_ADDRESS = r"[^\s<>:;,\"()]{1,64}@[^\s<>:;,\"()]{1,255}"
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d(?=[ -])")
_TEXT_ID = re.compile(
    r"^[ \t>]{0,8}message-id:[ \t]*(<[^<>\s]{3,998}>)", re.IGNORECASE | re.MULTILINE
)
_QMAIL = re.compile(rf"^<({_ADDRESS})>:\s*$", re.MULTILINE)
_INDENTED = re.compile(rf"^[ \t]{{1,8}}<?({_ADDRESS})>?:?[ \t]*$", re.MULTILINE)
_COPY = re.compile(
    r"^-{2,}.{0,40}(?:copy of (?:the|your) message|original message|below this line)",
    re.IGNORECASE | re.MULTILINE,
)

#: By status (RFC 3463, and Exchange's own numbers): the first that begins it.
_BY_STATUS = (
    ("bounce_domain", ("1.2", "4.4", "4.310")),
    ("bounce_refused", ("1.7", "1.8")),
    ("bounce_address", ("1.",)),
    ("bounce_disabled", ("2.1",)),
    ("bounce_full", ("2.2", "3.1")),
    ("bounce_size", ("2.3", "3.4")),
    ("bounce_unreachable", ("4.",)),
    ("bounce_content", ("6.",)),
    ("bounce_refused", ("7.", "2.4")),
    ("bounce_server", ("2.", "3.", "5.")),
)
#: Where there is no status, or one that says nothing ("5.0.0").
_WORDS = {
    "bounce_full": "quota|mailbox(?: is)? full|storage",
    "bounce_address": (
        "user unknown|unknown (?:user|recipient|address)|no such (?:user|address"
        "|recipient|mailbox)|does(?:n't| not) exist|recipientnotfound|no mailbox"
        "|mailbox (?:not found|unavailable)|address rejected|invalid recipient"
        "|wasn't found|couldn't be found|unrouteable address"
    ),
    "bounce_domain": (
        "host (?:or domain name )?not found|domain not found|nxdomain|no mx"
        "|couldn't find any host"
    ),
    "bounce_size": "too (?:large|big)|size limit|exceeds",
    "bounce_refused": (
        "spam|block(?:ed|list)|blacklist|denied|policy|refused to accept|dmarc"
        "|not authori[sz]ed|rejected"
    ),
    "bounce_unreachable": (
        "timed? ?out|connection refused|retry (?:time|timeout)|unreachable"
        "|expired|too long|undeliverable for"
    ),
}
_BY_WORDS = {code: re.compile(words, re.IGNORECASE) for code, words in _WORDS.items()}


@dataclass(frozen=True)
class Delivery:
    """What became of the copy of one recipient.

    ``action``: ``failed``, ``delayed`` or ``done`` (delivered, relayed, expanded).
    ``status``: of RFC 3463, or ''. ``detail``: what the server said, one line.
    """

    address: str
    action: str
    status: str = ""
    detail: str = ""

    @property
    def reason(self) -> str:
        """Code of ``rules.REASONS``."""
        if self.action == DELAYED:
            return "delivery_delayed"
        subject = self.status.partition(".")[2]
        if subject and not subject.startswith("0."):
            for code, beginnings in _BY_STATUS:
                if subject.startswith(beginnings):
                    return code
        for code, words in _BY_WORDS.items():
            if words.search(self.detail):
                return code
        return "bounce_other"


@dataclass(frozen=True)
class Report:
    """``deliveries`` per recipient, and identifiers of the mail that it is about,
    the likeliest first. Without a delivery, nobody is named.
    """

    deliveries: tuple[Delivery, ...]
    message_ids: tuple[str, ...]

    @property
    def failures(self) -> list[Delivery]:
        return [item for item in self.deliveries if item.action == FAILED]

    @property
    def is_harmless(self) -> bool:
        """Whether it says for certain that nothing has come back (yet)."""
        return bool(self.deliveries) and not self.failures


def read(message: Message) -> Report:
    """Read a mail that is taken for a report on a delivery; never raises."""
    deliveries = list(_by_program(message))
    text = ""
    if not deliveries:
        text = _text(message)
        deliveries = list(_by_words(message, text))
    ids = list(_returned_ids(message))
    if not ids:
        ids = _TEXT_ID.findall(text or _text(message))
    ids += replies.answered(Headers(message))
    return Report(
        tuple(deliveries[:RECIPIENTS_MAX]),
        tuple(dict.fromkeys(ids))[: replies.IDS_MAX],
    )


# ------------------------------------------------------------
# For programs: RFC 3464
# ------------------------------------------------------------


def _by_program(message: Message) -> Iterator[Delivery]:
    for part in parts(message):
        if content_type(part) != "message/delivery-status":
            continue
        for block in _blocks(part)[: RECIPIENTS_MAX + 1]:
            headers = Headers(block)
            names = headers.all("original-recipient"), headers.all("final-recipient")
            # The original one is ours; the final one may be where it was forwarded.
            address = next(filter(None, map(_recipient, names)), "")
            if not address:
                continue  # about the report itself
            detail = " ".join(headers.all("diagnostic-code"))
            status = _STATUS.search(headers.first("status"))
            status = status[1] if status else ""
            if status.endswith(".0.0") or not status:
                better = _STATUS.search(detail)
                status = better[1] if better else status
            yield Delivery(
                address=address,
                action=_action(headers.first("action"), status),
                status=status,
                detail=_one_line(
                    re.sub(r"^(?:smtp|x-\w+);\s*", "", detail, flags=re.IGNORECASE)
                ),
            )


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        return payload
    text = str(payload or "")[:TEXT_MAX].replace("\r\n", "\n")
    return [HeaderParser().parsestr(block) for block in text.split("\n\n")]


def _recipient(values: list[str]) -> str:
    """``rfc822; anna@example.com``, in lower case."""
    if not values:
        return ""
    address = values[0].rpartition(";")[2].strip().strip("<>").lower()
    return address if re.fullmatch(_ADDRESS, address) else ""


def _action(action: str, status: str) -> str:
    if action in ("delayed", "failed"):
        return action
    if action in ("delivered", "relayed", "expanded"):
        return DONE
    return DONE if status.startswith("2") else FAILED


def _returned_ids(message: Message) -> Iterator[str]:
    """Of the mail, or its headers, that came back within the report."""
    for part in parts(message):
        kind = content_type(part)
        if kind == "message/rfc822" and isinstance(part.get_payload(), list):
            yield from replies.original(Headers(part.get_payload()[0]))
        elif kind == "message/disposition-notification":
            for block in _blocks(part)[:2]:
                yield from replies.message_ids(
                    Headers(block).all("original-message-id")
                )
        elif kind in ("text/rfc822-headers", "message/rfc822-headers"):
            returned = HeaderParser().parsestr(_content(part))
            yield from replies.original(Headers(returned))


# ------------------------------------------------------------
# For people
# ------------------------------------------------------------


def _by_words(message: Message, text: str) -> Iterator[Delivery]:
    copy = _COPY.search(text)
    words = text[: copy.start()] if copy else text
    named = re.findall(_ADDRESS, " ".join(Headers(message).all("x-failed-recipients")))
    spans = [(match[1], match.end()) for match in _QMAIL.finditer(words)]
    if not spans and (named or copy):
        # Any note may have somebody's address in a line of its own.
        spans = [(match[1], match.end()) for match in _INDENTED.finditer(words)]
    if named:
        wanted = {address.lower() for address in named}
        spans = [span for span in spans if span[0].lower() in wanted]
        spans += [(address, 0) for address in named[:RECIPIENTS_MAX] if not spans]
    for address, end in spans[:RECIPIENTS_MAX]:
        said = words[end : end + 2000].strip().partition("\n\n")[0]
        status = _STATUS.search(said)
        code = _REPLY_CODE.search(said)
        yield Delivery(
            address=address.lower(),
            action=FAILED,
            status=status[1] if status else f"{code[1]}.0.0" if code else "",
            detail=_one_line(said),
        )


def _text(message: Message) -> str:
    for part in parts(message):
        if content_type(part) == "text/plain":
            return _content(part).replace("\r\n", "\n")[:TEXT_MAX]
    return ""


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if payload is None:
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        return payload.decode(charset, "replace")[:TEXT_MAX]
    except (LookupError, ValueError):
        # Unknown, or one of Python's own that takes no such mistakes ("idna").
        return payload.decode("utf-8", "replace")[:TEXT_MAX]


def _one_line(text: str) -> str:
    return " ".join(text[: 4 * DETAIL_MAX].split())[:DETAIL_MAX]
