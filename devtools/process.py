"""Running other programs."""

import ctypes
import re
import shutil
import signal
import subprocess
import sys
from collections import deque
from functools import partial
from pathlib import Path

from .output import Failure, Step
from .paths import LOGS

NO_NETWORK = re.compile(
    r"temporary failure (in name resolution|resolving)|could not resolve"
    r"|name or service not known|network is unreachable|failed to establish a new"
    r"|getaddrinfo|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH"
    r"|could not connect to|unable to connect|cannot connect to proxy"
    r"|connection timed out|no route to host",
    re.IGNORECASE,
)


def need(program: str, why: str) -> str:
    """Path of a program on the PATH, or one line that says why it is needed."""
    found = shutil.which(program)
    if not found:
        raise Failure(f"{program} is missing: {why}")
    return found


def run_step(step: Step, command: list, *, log: str, **kwargs) -> None:
    """Run a part of a long step; its output goes to `.dev/logs/<log>.log`."""
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{log}.log"
    last = deque(maxlen=30)
    with path.open("a", encoding="utf-8", errors="replace") as out:
        out.write(f"$ {' '.join(map(str, command))}\n")
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Nobody waits for it then, and the next attempt starts it anew.
            preexec_fn=partial(die_with_parent, signal.SIGKILL),
            **kwargs,
        )
        try:
            for line in process.stdout:
                out.write(line)
                out.flush()
                last.append(line.rstrip())
                step.tell(line)
        finally:
            if process.poll() is None and sys.exc_info()[0]:
                process.terminate()
            code = process.wait()
    if code:
        raise Failure(explain(step.title, list(last), path))


def explain(title: str, lines: list[str], log: Path) -> str:
    """One line for a program that failed, by its last lines of output."""
    if any(NO_NETWORK.search(line) for line in lines):
        return f"{title}: the network cannot be reached. Try again online. ({log})"
    errors = [
        line for line in lines if re.search(r"error|E:|fatal", line, re.IGNORECASE)
    ]
    reason = (errors or [line for line in lines if line] or ["no output"])[-1]
    return f"{title} failed: {reason.strip()} ({log})"


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the kernel to end this child when `./dev` dies, even by SIGKILL.

    For use as `preexec_fn`. Linux only; elsewhere an ordinary end still cleans up.
    """
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, number)
