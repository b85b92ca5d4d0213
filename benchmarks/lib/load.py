"""Load on one URL after the other, on this machine only, and for a bounded time."""

import json
import shutil
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from devtools.output import Failure

HOST = "127.0.0.1"
LUA = Path(__file__).with_name("load.lua")
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
)


@dataclass
class Load:
    """Times in milliseconds. ``requests``: answered ones, whatever the answer."""

    requests: int
    seconds: float
    p50: float
    p99: float
    max: float
    status_errors: int = 0
    socket_errors: int = 0
    timeouts: int = 0

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    @property
    def failed(self) -> int:
        return self.status_errors + self.socket_errors + self.timeouts


def generator() -> str:
    return "wrk" if shutil.which("wrk") else "Python"


def run(port: int, paths: Path, connections: int, seconds: int) -> Load:
    """Keep so many connections busy for so long."""
    if generator() == "wrk":
        return _wrk(port, paths, connections, seconds)
    return python_load(port, paths.read_text().split(), connections, seconds)


def _wrk(port: int, paths: Path, connections: int, seconds: int) -> Load:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout=30s"]
    command += ["-H", f"User-Agent: {AGENT}", "-s", LUA]
    command += [f"http://{HOST}:{port}", "--", paths]
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=seconds + 60
    )
    for line in done.stdout.splitlines():
        if line.startswith("RESULT "):
            return Load(**json.loads(line[7:]))
    raise Failure(f"wrk: {done.stderr or done.stdout}")


def python_load(port: int, paths: list[str], connections: int, seconds: int) -> Load:
    """The same in Python. It takes more of the machine than wrk, so compare only
    figures of one generator.
    """
    deadline = time.monotonic() + seconds
    lock = threading.Lock()
    position = 0
    times, statuses, broken = [], [], []

    def client():
        nonlocal position
        while time.monotonic() < deadline:
            with lock:
                path = paths[position % len(paths)]
                position += 1
            started = time.perf_counter()
            connection = HTTPConnection(HOST, port, timeout=30)
            try:
                connection.request("GET", path, headers={"User-Agent": AGENT})
                answer = connection.getresponse()
                answer.read()
            except (OSError, HTTPException) as error:
                broken.append(error)
                time.sleep(0.01)
                continue
            finally:
                connection.close()
            times.append(time.perf_counter() - started)
            statuses.append(answer.status)

    start = time.monotonic()
    clients = [threading.Thread(target=client) for _ in range(connections)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    times.sort()
    return Load(
        requests=len(times),
        seconds=time.monotonic() - start,
        p50=1e3 * statistics.median(times) if times else 0.0,
        p99=1e3 * times[int(len(times) * 0.99)] if times else 0.0,
        max=1e3 * times[-1] if times else 0.0,
        status_errors=sum(status >= 400 for status in statuses),
        socket_errors=len(broken),
    )
