"""Who was asked for what, what was answered, and what is stored afterwards.

Every link is one recipient's own, so that a request stands for one event: folding
repeats, which the digest does, cannot hide a loss or a double.
"""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from benchmarks.lib.load import AGENT, HOST


@dataclass(frozen=True)
class Link:
    trace: int
    link: int
    path: str
    target: str

    @classmethod
    def read(cls, file: Path) -> list["Link"]:
        rows = (line.split() for line in file.read_text().splitlines())
        return [cls(int(trace), int(link), *rest) for trace, link, *rest in rows]


@dataclass
class Ledger:
    """Counts per link. ``sent``: it was tried; ``arrived``: answered with the right
    target; ``unsure``: of these, as often shortly before a crash that may lose it.
    ``waits``: seconds of the answers, by status (0: no answer).
    """

    sent: Counter = field(default_factory=Counter)
    arrived: Counter = field(default_factory=Counter)
    unsure: Counter = field(default_factory=Counter)
    astray: int = 0
    waits: dict[int, list[float]] = field(default_factory=dict)
    _last: list[tuple[float, Link]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def follow(self, port: int, link: Link, timeout: float = 30) -> int:
        """Follow a link once, as a browser does."""
        with self._lock:
            self.sent[link] += 1
        started = time.monotonic()
        connection = HTTPConnection(HOST, port, timeout=timeout)
        headers = {"User-Agent": AGENT, "Accept-Language": "en"}
        try:
            connection.request("GET", link.path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            status, location = answer.status, answer.getheader("Location")
        except (OSError, HTTPException):
            status, location = 0, None
        finally:
            connection.close()
        with self._lock:
            self.waits.setdefault(status, []).append(time.monotonic() - started)
            if status == 302:
                self.arrived[link] += location == link.target
                self.astray += location != link.target
                self._last.append((time.monotonic(), link))
        return status

    def doubt(self, since: float, until: float):
        """What was answered in this time may be lost."""
        with self._lock:
            times = (link for moment, link in self._last if since <= moment <= until)
            self.unsure.update(times)

    def longest(self, status: int = 302) -> float:
        return max(self.waits.get(status, [0]))


class Readers:
    """People who follow links, each link once, until all are followed or ``stop``."""

    def __init__(self, ledger: Ledger, port: int, links: list[Link], count: int = 8):
        self.ledger, self.port = ledger, port
        self._links = iter(links)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._read, daemon=True) for _ in range(count)
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc_info):
        self.stop()

    def stop(self):
        self._stop.set()
        self.wait()

    def wait(self):
        for thread in self._threads:
            thread.join()

    def _read(self):
        while not self._stop.is_set():
            with self._lock:
                link = next(self._links, None)
            if link is None:
                return
            if self.ledger.follow(self.port, link) != 302:
                time.sleep(0.05)


@dataclass
class Account:
    """``lost``: answered and not stored, of ``unsure`` ones that is allowed.
    ``doubled``: stored more often than asked.
    """

    sent: int
    arrived: int
    stored: int
    lost: int
    doubled: int
    forgiven: int

    @classmethod
    def of(cls, ledger: Ledger, cluster, database: str) -> "Account":
        stored = stored_clicks(cluster, database)
        links = set(ledger.sent)
        keys = {(link.trace, link.link) for link in links}
        missing = {
            link: max(0, ledger.arrived[link] - stored[link.trace, link.link])
            for link in links
        }
        forgiven = sum(min(n, ledger.unsure[link]) for link, n in missing.items())
        return cls(
            sent=ledger.sent.total(),
            arrived=ledger.arrived.total(),
            stored=sum(stored.values()),
            lost=sum(missing.values()) - forgiven,
            forgiven=forgiven,
            doubled=sum(
                max(0, stored[link.trace, link.link] - ledger.sent[link])
                for link in links
            )
            + sum(count for key, count in stored.items() if key not in keys),
        )


def stored_clicks(cluster, database: str) -> Counter:
    """Requests that the events stand for, by trace and link."""
    lines = cluster.query(
        """
        SELECT trace_id, link_id, sum(hit_count) FROM email_engagement_event
         WHERE type = 'click'
         GROUP BY trace_id, link_id
        """,
        database,
    )
    result = Counter()
    for line in lines.splitlines():
        trace, link, count = map(int, line.split("|"))
        result[trace, link] = count
    return result
