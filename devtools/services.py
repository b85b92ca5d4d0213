"""Programs that run side by side until one ends or the user has had enough."""

import contextlib
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from .output import Failure, say
from .paths import LOGS
from .process import die_with_parent


class Stop(Exception):
    """The user wants to stop: Ctrl-C, `kill`, or the terminal was closed."""


class Service:
    """A program in a process group of its own, so that Ctrl-C does not reach it
    before `./dev` has decided on the order; its output goes to `.dev/logs`."""

    def __init__(self, name: str, command: list, env: dict | None = None):
        LOGS.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.log = LOGS / f"{name.lower()}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def check(self) -> None:
        if self.process.poll() is not None:
            raise Failure(f"{self.name} ended: {last_line(self.log)} ({self.log})")

    def wait_for(self, url: str, seconds: float = 120) -> None:
        """Wait until it really answers."""
        deadline = time.monotonic() + seconds
        while not answers(url):
            self.check()
            if time.monotonic() > deadline:
                raise Failure(f"{self.name} does not answer at {url} ({self.log})")
            time.sleep(0.1)

    def stop(self, seconds: float = 15) -> None:
        """Ask it to end; end it with all its children if it does not."""
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def answers(url: str) -> bool:
    request = urllib.request.Request(url, headers={"Accept": "text/html"})
    # Never by way of a proxy: this is a server on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as response:
            return response.status == 200
    except (OSError, urllib.error.URLError):
        return False


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no output"


@contextlib.contextmanager
def stopping_in_order(services: list[Service]):
    """Whatever happens inside, stop the services, the last one first."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_stop)
    try:
        yield
    except Stop:
        say("\nStopping ...")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for service in reversed(services):
            service.stop()


def _raise_stop(*_):
    raise Stop


def watch(services: list[Service], on_line: Callable[[str], None]) -> None:
    """Hand on what the last service logs, until one of them ends."""
    with services[-1].log.open(errors="replace") as log:
        while True:
            for line in log:
                on_line(line.rstrip("\n"))
            for service in services:
                service.check()
            time.sleep(0.3)
