"""PostgreSQL goes away under load, in good order and as if the power had failed.

Crons run in a server of their own here, and a supervisor starts again what ends, as
docs/administration says: when its cron worker dies for want of a database, a server of
Odoo's that has workers ends itself.
"""

import signal
import time

from .ledger import Readers
from .trial import Finding, Supervisor, Trial

#: Seconds within which a link must work again after the database does.
RECOVERED = 10
#: Seconds within which PostgreSQL has a hit on the disk: three ``wal_writer_delay``.
ON_DISK = 0.6
#: Seconds that a reader may wait for any answer in the meantime.
BEARABLE = 5


def postgres_stopped(site, quick: bool) -> Finding:
    return _trial(site, signal.SIGINT, "PostgreSQL restarted", 2 if quick else 3)


def postgres_crashed(site, quick: bool) -> Finding:
    return _trial(site, signal.SIGQUIT, "PostgreSQL crashed", 2 if quick else 3)


def _trial(site, number: int, title: str, times: int) -> Finding:
    with (
        Trial(site, links=3_000 * times) as trial,
        trial.server(crons=0) as server,
        Supervisor([server, trial.cron_server()]),
    ):
        known, links = trial.links[:20], trial.links[20:]
        # Both workers have to have seen them: what one process knows, another does not.
        for link in known * 8:
            trial.ledger.follow(server.port, link)
        away, recovered = [], []
        with Readers(trial.ledger, server.port, links, 4) as readers:
            for _ in range(times):
                time.sleep(1)
                before = time.monotonic() - ON_DISK
                trial.cluster.stop(number)
                if number == signal.SIGQUIT:
                    trial.ledger.doubt(before, time.monotonic())
                away += [trial.ledger.follow(server.port, link) for link in known]
                time.sleep(0.5)
                trial.cluster.start()
                recovered.append(_until_answered(trial, server, known[0]))
            time.sleep(1)
            readers.stop()
        trial.ledger.follow(server.port, known[0])
        seconds = trial.wait_until_digested()
        longest = max(max(times) for times in trial.ledger.waits.values())
        finding = trial.finding(f"{title} {times} times", longest=longest)
        arrived = away.count(302)
        finding.expect(
            arrived == len(away), f"{len(away) - arrived} known links did not redirect"
        )
        finding.expect(None not in recovered, "it did not recover by itself")
        finding.expect(seconds is not None, "hits were left in inbox or spool")
        finding.expect(longest < BEARABLE, f"somebody waited {longest:.1f} s")
        others = {k: len(v) for k, v in sorted(trial.ledger.waits.items()) if k != 302}
        finding.notes.append(f"{arrived} of {len(away)} known links while it was away")
        finding.notes.append(f"other answers {others}")
        if number == signal.SIGQUIT:
            lost = finding.account.forgiven
            finding.notes.append(f"{lost} lost of the last {ON_DISK} s before a crash")
        if None not in recovered:
            finding.notes.append(f"works again after {max(recovered):.1f} s")
        return finding


def _until_answered(trial, server, link) -> float | None:
    started = time.monotonic()
    while time.monotonic() - started < RECOVERED:
        if trial.ledger.follow(server.port, link) == 302:
            return time.monotonic() - started
        time.sleep(0.1)
    return None
