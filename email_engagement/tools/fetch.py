"""One request, as a recipient's client would make it, and what became of it in words
that somebody can do something about.

Bounded in time and size; redirects are not followed, and neither cookies nor
passwords of this machine are sent along.
"""

import errno
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass

import requests
from requests.adapters import HTTPAdapter

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


class _Bounded(HTTPAdapter):
    """Its connections can be ended by another thread, whatever they wait for: time-outs
    start anew with each byte that comes, also within headers.
    """

    def __init__(self):
        self.copies: list[socket.socket] = []
        self.is_over = False
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        result = super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            scheme: self._closable(pool_class)
            for scheme, pool_class in self.poolmanager.pool_classes_by_scheme.items()
        }
        return result

    def _closable(self, pool_class):
        adapter = self

        class Connection(pool_class.ConnectionCls):
            def _new_conn(self):
                connected = super()._new_conn()
                # TLS takes the connection out of this object, but not out of a copy.
                adapter.copies.append(connected.dup())
                if adapter.is_over:
                    adapter.end()
                return connected

        return type(pool_class.__name__, (pool_class,), {"ConnectionCls": Connection})

    def end(self):
        self.is_over = True
        for copy in list(self.copies):
            with suppress(OSError):
                copy.shutdown(socket.SHUT_RDWR)

    def close(self):
        for copy in self.copies:
            copy.close()
        return super().close()


def fetch(url: str, headers: dict[str, str]) -> Answer | Failure:
    """Ask once. Never raises for what the network or the other side does."""
    adapter = _Bounded()
    timer = threading.Timer(TIMEOUT, adapter.end)
    timer.daemon = True
    with requests.Session() as session:
        session.trust_env = False  # no proxy and no password that is meant for others
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        timer.start()
        try:
            with session.get(
                url,
                headers=headers,
                allow_redirects=False,
                stream=True,
                timeout=TIMEOUT,
            ) as response:
                body = _read(response, adapter)
                location = response.headers.get("Location", "")
                return Answer(response.status_code, location, body)
        except (requests.RequestException, OSError, ValueError) as error:
            return Failure("timeout", "") if adapter.is_over else _failure(error)
        finally:
            timer.cancel()


def _read(response, adapter) -> bytes:
    """The beginning of the body, as far as it came in time."""
    body = b""
    try:
        for piece in response.iter_content(4096):
            body += piece
            if len(body) >= SIZE_MAX:
                break
    except requests.RequestException:
        if not adapter.is_over:
            raise
    return body[:SIZE_MAX]


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
