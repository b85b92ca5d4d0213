"""What the steps of "Check my set-up" mean: facts in, findings out.

Pure: whoever calls has asked the network and the database. The words for the codes
are in ``wizard/email_engagement_check_texts.py``.
"""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from .fetch import Answer, Failure

OK, WARNING, ERROR = "ok", "warning", "error"
#: From good to bad. ``skipped``: not tried, since something before it failed.
LEVELS = ("skipped", OK, WARNING, ERROR)

#: Names that are not in the public DNS (RFC 2606, 6762, 8375), or should not be.
LOCAL_SUFFIXES = (
    *("localhost", "local", "localdomain", "lan", "home", "internal", "intranet"),
    *("corp", "private", "home.arpa", "test", "invalid", "example"),
)
#: Cron threads look for work every minute; with this much silence there are none.
CRON_SILENCE = timedelta(minutes=15)
#: An incoming server is asked every five minutes.
INCOMING_SILENCE = timedelta(hours=1)
#: An email that came in before says nothing about today.
LATELY = timedelta(days=30)
#: Answers of whoever keeps requests out, rather than of a server that has nothing.
KEPT_OUT = (401, 403, 407, 429, 451)
NO_BACKEND = (502, 503, 504)


class Finding(NamedTuple):
    """One thing that was found.

    :param code: what, see ``wizard/email_engagement_check_texts.py``
    :param level: one of ``LEVELS``
    :param values: for its words
    """

    code: str
    level: str
    values: dict


def ok(code: str, **values) -> Finding:
    return Finding(code, OK, values)


def warning(code: str, **values) -> Finding:
    return Finding(code, WARNING, values)


def error(code: str, **values) -> Finding:
    return Finding(code, ERROR, values)


def skipped(code: str, **values) -> Finding:
    return Finding(code, "skipped", values)


def worst(levels) -> str:
    """The worst of some levels, ``ok`` of none."""
    return max((OK, *levels), key=LEVELS.index)


# ------------------------------------------------------------
# The address in the emails
# ------------------------------------------------------------


def judge_address(url: str, addresses: Sequence[str] | None) -> list[Finding]:
    """Whether recipients can reach an address, as far as it shows from here.

    :param addresses: what its host resolves to here, None when it does not
    """
    parts = urlsplit(url or "")
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or not host:
        return [error("address_missing", url=url or "")]
    literal = _ip(host)
    findings = []
    if literal is not None:
        if _is_private(literal):
            findings.append(error("address_private", url=url, address=host))
        else:
            findings.append(warning("address_number", url=url))
    elif _is_local_name(host):
        findings.append(error("address_local", url=url, host=host))
    elif not addresses:
        findings.append(error("address_unknown", url=url, host=host))
    elif all(_is_private(ip) for ip in map(_ip, addresses) if ip):
        # The name may lead elsewhere outside: networks with two views of DNS do so.
        found = warning("address_inside", url=url, host=host, address=addresses[0])
        findings.append(found)
    if parts.scheme != "https" and not (literal and literal.is_loopback):
        findings.append(warning("no_https", url=url))
    return findings or [ok("address_ok", url=url)]


def _ip(text: str):
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _is_private(address) -> bool:
    return not address.is_global


def _is_local_name(host: str) -> bool:
    return "." not in host or any(
        host == suffix or host.endswith(f".{suffix}") for suffix in LOCAL_SUFFIXES
    )


# ------------------------------------------------------------
# Requests
# ------------------------------------------------------------


def judge_refusal(result: Answer | Failure, url: str) -> Finding | None:
    """What is wrong with an answer whatever was asked for, None for nothing."""
    if isinstance(result, Failure):
        return error(f"reach_{result.kind}", url=url, detail=result.detail)
    if result.status in KEPT_OUT:
        return error("reach_kept_out", url=url, status=result.status)
    if result.status in NO_BACKEND:
        return error("reach_no_backend", url=url, status=result.status)
    if result.status >= 500:
        return error("reach_broken", url=url, status=result.status)
    return None


def judge_door(
    result: Answer | Failure, url: str, *, is_ours: bool, databases: str
) -> Finding:
    """Whether a request without a session comes to this database.

    :param is_ours: the answer is signed by this database
    :param databases: as ``judge_databases`` says, as an explanation
    """
    if is_ours:
        return ok("door_ok", url=url)
    refusal = judge_refusal(result, url)
    if isinstance(result, Failure) or result.status in KEPT_OUT:
        return refusal
    if 300 <= result.status < 400:
        return error("redirected", url=url, location=_base(result.location))
    # Without a database Odoo answers with 404 or, if the addon is loaded for the whole
    # server, with 503.
    if databases != OK:
        return error(f"database_{databases}", url=url)
    return refusal or error("door_other", url=url, status=result.status)


def judge_databases(own: str, candidates: Sequence[str]) -> str:
    """What a host name says about the database.

    :param candidates: the databases that the host name leaves
    :return: ``ok``, ``none``, ``many`` or ``another``
    """
    if not candidates:
        return "none"
    if len(candidates) > 1:
        return "many"
    return OK if candidates[0] == own else "another"


def judge_pixel(result: Answer | Failure, url: str) -> Finding:
    refusal = judge_refusal(result, url)
    if refusal:
        return refusal
    if result.status == 200 and result.body.startswith(b"GIF8"):
        return ok("pixel_ok", url=url)
    return error("pixel_other", url=url, status=result.status)


def judge_link(result: Answer | Failure, url: str, target: str) -> Finding:
    """:param target: where the link leads, which only this database knows"""
    refusal = judge_refusal(result, url)
    if refusal:
        return refusal
    if result.status == 302 and result.location == target:
        return ok("link_ok", url=url)
    return error("link_other", url=url, status=result.status)


def _base(location: str) -> str:
    parts = urlsplit(location)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else location[:100]


def judge_proxy(facts: dict, url: str) -> list[Finding]:
    """How a request arrived.

    :param facts: ``remote``, ``scheme``, ``proxy_mode`` as Odoo has them, ``x_for``,
        ``x_host``, ``x_other`` as they came
    """
    chain = [part.strip() for part in facts["x_for"].split(",") if part.strip()]
    came = bool(chain or facts["x_host"] or facts["x_other"])
    if not facts["proxy_mode"]:
        if came:
            return [error("proxy_mode_off", address=facts["remote"])]
        return [ok("proxy_none", address=facts["remote"])]
    if not came:
        return [warning("proxy_bypassed")]
    if not facts["x_host"]:
        return [error("proxy_no_host", address=facts["remote"])]
    if not chain:
        return [error("proxy_no_for", address=facts["remote"])]
    findings = []
    addresses = [_ip(part) for part in chain]
    if (
        len(chain) > 1
        and addresses[-1]
        and _is_private(addresses[-1])
        and any(ip and not _is_private(ip) for ip in addresses[:-1])
    ):
        findings.append(warning("proxy_chain", address=chain[-1]))
    if url.startswith("https:") and facts["scheme"] != "https":
        findings.append(warning("proxy_no_proto"))
    return findings or [ok("proxy_ok", address=facts["remote"])]


# ------------------------------------------------------------
# What happens by itself
# ------------------------------------------------------------


def judge_digest(
    *,
    by_cron: bool,
    by_hand: bool,
    is_active: bool,
    last_cron: datetime | None,
    now: datetime,
) -> Finding:
    """What became of hits that were recorded.

    :param by_cron: the scheduled action has digested them in time
    :param by_hand: the check itself could
    :param is_active: the digest's scheduled action
    :param last_cron: when any scheduled action ran last
    """
    if by_cron:
        return ok("digest_ok")
    if not by_hand:
        return error("digest_failed")
    if not is_active:
        return error("digest_inactive")
    if last_cron is None or now - last_cron > CRON_SILENCE:
        return error("cron_silent")
    return warning("digest_late")


class Incoming(NamedTuple):
    """What is known of how mail comes in."""

    domain: str  # with it, Odoo has addresses for answers and bounces
    catchall: str
    bounce: str
    servers: Sequence[tuple[str, datetime | None, str]]  # name, last asked, error
    last_mail: datetime | None  # of this company


def judge_incoming(incoming: Incoming, now: datetime) -> list[Finding]:
    """Whether answers and bounces can be seen."""
    findings = []
    for name, asked, problem in incoming.servers:
        if problem:
            findings.append(error("incoming_failing", name=name, detail=problem))
        elif asked is None or now - asked > INCOMING_SILENCE:
            findings.append(warning("incoming_late", name=name))
    if not incoming.domain:
        return [warning("replies_no_domain"), *findings]
    to = {"catchall": incoming.catchall, "bounce": incoming.bounce}
    last = incoming.last_mail
    if last and now - last <= LATELY:
        return findings or [ok("replies_seen", date=last, **to)]
    if incoming.servers:
        return findings or [ok("replies_ok", **to)]
    if last:
        return [warning("incoming_long_ago", date=last, **to)]
    return [warning("incoming_never", address=incoming.catchall)]
