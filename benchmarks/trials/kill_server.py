"""The server dies in the middle of a burst: a worker, and all of it, by SIGKILL."""

import os
import random
import signal
import time
from pathlib import Path

from .ledger import Readers
from .trial import Finding, Trial


def server_killed(site, quick: bool) -> Finding:
    times = 2 if quick else 4
    with Trial(site, links=1_500 * times) as trial, trial.server() as server:
        dice = random.Random(7)
        with Readers(trial.ledger, server.port, trial.links) as readers:
            for _ in range(times):
                time.sleep(dice.uniform(0.5, 1.5))
                _kill_worker(server.process.pid)
                time.sleep(dice.uniform(0.5, 1.5))
                server.kill()
                server.start()
            time.sleep(1)
            readers.stop()
        # Whoever is answered wakes the digest; those before may have died with the
        # server, and their hits would wait for the next regular run.
        woken = _follow_until_answered(trial, server)
        seconds = trial.wait_until_digested()
        finding = trial.finding(
            f"server killed {times} times, a worker {times} times",
            longest=trial.ledger.longest(),
        )
        finding.expect(woken, "it did not answer any more")
        finding.expect(seconds is not None, "hits were left in the inbox")
        broken = len(trial.ledger.waits.get(0, ()))
        finding.notes.append(f"{broken} requests without an answer")
        return finding


def _follow_until_answered(trial: Trial, server, seconds: float = 120) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if trial.ledger.follow(server.port, trial.links[-1]) == 302:
            return True
        time.sleep(0.2)
    return False


def _kill_worker(master: int) -> None:
    """End one of the processes that answer requests."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    if children:
        os.kill(int(children[0]), signal.SIGKILL)
