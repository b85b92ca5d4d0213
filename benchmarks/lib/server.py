"""One Odoo server under load, and what its log tells about a stretch of time.

Traps (see README.md): the database is named by `-d` and not by `--db-filter`, with
which every request without a cookie lists the databases; the server is started by a
script that is not called `__main__.py`, or the process for websockets of a server
with workers cannot start itself.
"""

import contextlib
import itertools
import os
import random
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from devtools import ports
from devtools.output import Failure
from devtools.paths import ODOO_BIN, PYTHON
from devtools.process import die_with_parent
from devtools.services import answers

from .cluster import BENCH
from .site import Site

PORTS = range(8191, 8391)
#: As the kernel writes them in /proc/net/tcp.
ESTABLISHED, CLOSE_WAIT = "01", "08"
REQUEST = re.compile(
    r'"(?:GET|HEAD) (\S+) HTTP/1\.\d" (\d{3}) \S+ (\d+) ([\d.]+) ([\d.]+)'
)


class Server:
    """:param workers: 0 for the threaded server"""

    def __init__(self, site: Site, database: str, workers: int, crons: int = 0, *extra):
        self.site = site
        self.port, self.websocket_port = _free_ports()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = BENCH / f"odoo_{workers}_{self.port}.log"
        options = {
            "--database": database,
            "--http-port": self.port,
            "--gevent-port": self.websocket_port,
            "--workers": workers,
            "--max-cron-threads": crons,
        }
        self.command = [PYTHON, ODOO_BIN, *(f"{k}={v}" for k, v in options.items())]
        self.command += extra
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc_info):
        self.stop()

    def start(self, wait: bool = True) -> None:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                list(map(str, self.command)),
                env=self.site.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self, seconds: float = 240) -> None:
        deadline = time.monotonic() + seconds
        while not answers(f"{self.url}/web/health"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failure(f"Odoo does not answer ({self.log})")
            time.sleep(0.1)

    def wait_until_idle(self, seconds: float = 60) -> None:
        """Until no request is under way: Odoo sleeps for seconds before it tries one
        again, whoever asked has long gone, and its retry is not the next route's.
        """
        deadline = time.monotonic() + seconds
        while _has_connections(self.port) and time.monotonic() < deadline:
            time.sleep(0.05)

    def stop(self, seconds: float = 20) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        self.kill()
        _given.difference_update((self.port, self.websocket_port))

    def kill(self) -> None:
        """SIGKILL to all its processes at once, as when the machine runs out."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def mark(self) -> int:
        return self.log.stat().st_size if self.log.exists() else 0

    def log_since(self, mark: int) -> "LogPart":
        with self.log.open("rb") as log:
            log.seek(mark)
            return LogPart.read(log.read().decode(errors="replace"))


@dataclass
class LogPart:
    """What the server logged in a stretch of time."""

    queries: list[int]
    retries: int
    given_up: int
    errors: list[str]

    @classmethod
    def read(cls, text: str) -> "LogPart":
        lines = text.splitlines()
        requests = [found for line in lines if (found := REQUEST.search(line))]
        return cls(
            queries=[int(found[3]) for found in requests],
            retries=sum("tries left, try again" in line for line in lines),
            given_up=sum("maximum number of tries" in line for line in lines),
            errors=[line for line in lines if re.search(r"\d (ERROR|CRITICAL) ", line)],
        )


def _has_connections(port: int) -> bool:
    """Whether there is a connection that the server at this port has not ended."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    rows = (line.split() for line in lines)
    return any(
        row[1].endswith(f":{port:04X}") and row[3] in (ESTABLISHED, CLOSE_WAIT)
        for row in rows
    )


#: Ports of servers that are not running yet, or that run without listening yet.
_given = set()


def _free_ports() -> tuple[int, int]:
    # In another order each time: another checkout may be looking for some, too.
    free = (
        port
        for port in random.sample(PORTS, len(PORTS))
        if port not in _given and ports.is_free(port)
    )
    chosen = tuple(itertools.islice(free, 2))
    if len(chosen) < 2:
        raise Failure(f"no two free ports in {PORTS.start}-{PORTS.stop - 1}")
    _given.update(chosen)
    return chosen
