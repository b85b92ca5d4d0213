"""One request, as a recipient's client would make it, and what became of it in words
that somebody can do something about.

Bounded in time and size; redirects are not followed, and neither cookies nor
passwords of this machine are sent along.
"""

import errno
import socket
import ssl
import time
from dataclasses import dataclass

import requests

TIMEOUT = 8.0  # seconds: to connect, for each piece of the answer, and for all of it
SIZE_MAX = 65536  # bytes of the answer that are read
DETAIL_MAX = 300  # characters

#: Of the network between here and there.
UNREACHABLE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN)


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    location: str
    body: bytes


@dataclass(frozen=True)
class Failure:
    """Why there was no answer.

    :param kind: ``dns``, ``refused``, ``timeout``, ``tls``, ``unreachable``, ``other``
    :param detail: what the system says about it, in its own words
    """

    kind: str
    detail: str


def fetch(url: str, headers: dict[str, str]) -> Answer | Failure:
    """Ask once. Never raises for what the network or the other side does."""
    deadline = time.monotonic() + TIMEOUT
    with requests.Session() as session:
        session.trust_env = False  # no proxy and no password that is meant for others
        try:
            with session.get(
                url,
                headers=headers,
                allow_redirects=False,
                stream=True,
                timeout=TIMEOUT,
            ) as response:
                body = b""
                for piece in response.iter_content(4096):
                    body += piece
                    if len(body) >= SIZE_MAX or time.monotonic() > deadline:
                        break
                location = response.headers.get("Location", "")
                return Answer(response.status_code, location, body[:SIZE_MAX])
        except (requests.RequestException, OSError, ValueError) as error:
            return _failure(error)


def _failure(error: BaseException) -> Failure:
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            detail = getattr(cause, "verify_message", "") or cause.reason or str(cause)
            return Failure("tls", str(detail)[:DETAIL_MAX])
        if isinstance(cause, socket.gaierror):
            return Failure("dns", cause.strerror or str(cause))
        if isinstance(cause, ConnectionRefusedError):
            return Failure("refused", cause.strerror or "")
        if isinstance(cause, OSError) and cause.errno in UNREACHABLE:
            return Failure("unreachable", cause.strerror or "")
    if any(isinstance(cause, (TimeoutError, requests.Timeout)) for cause in causes):
        return Failure("timeout", "")
    return Failure("other", str(causes[-1])[:DETAIL_MAX])


def _causes(error: BaseException):
    """An error and what it was raised for: requests and urllib3 wrap each other's."""
    known = set()
    todo = [error]
    while todo:
        cause = todo.pop(0)
        if id(cause) in known:
            continue
        known.add(id(cause))
        yield cause
        nested = [cause.__cause__, cause.__context__, getattr(cause, "reason", None)]
        nested += cause.args
        todo += [item for item in nested if isinstance(item, BaseException)]
