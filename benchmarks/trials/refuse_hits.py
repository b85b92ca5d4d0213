"""The database is there and takes no hits: locked, read-only, full."""

import subprocess
import time

from devtools.postgres import binary

from .ledger import Readers
from .trial import Finding, Trial

#: Seconds that a reader may wait for the redirect.
BEARABLE = 5

# What a read-only and a full database say (PostgreSQL's appendix A: error codes).
REFUSE = """
    CREATE FUNCTION bench_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'bench' USING ERRCODE = '{code}'; END $$;
    CREATE TRIGGER bench_refuse BEFORE INSERT ON email_engagement_hit
       FOR EACH STATEMENT EXECUTE FUNCTION bench_refuse()"""
ACCEPT = """
    DROP TRIGGER bench_refuse ON email_engagement_hit; DROP FUNCTION bench_refuse"""


def table_locked(site, quick: bool) -> Finding:
    """As by a VACUUM FULL, a pg_dump that waits, or an update of the addon."""
    seconds = 4 if quick else 8

    def lock(trial):
        command = [binary("psql"), "-Xq", "-d", trial.database, "-c"]
        command += [f"BEGIN; LOCK email_engagement_hit; SELECT pg_sleep({seconds})"]
        locker = subprocess.Popen(
            command, env=site.env, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )
        locker.wait()

    return _trial(site, f"table locked for {seconds} s", lock)


def read_only(site, quick: bool) -> Finding:
    return _trial(site, "database read-only", _refusing("25006", 2 if quick else 4))


def disk_full(site, quick: bool) -> Finding:
    return _trial(site, "disk of the database full", _refusing("53100", 2))


def spool_killed(site, quick: bool) -> Finding:
    """The server dies again and again while it takes the spool in."""
    times = 2 if quick else 4
    with Trial(site, links=6_000) as trial, trial.server() as server:
        trial.sql(REFUSE.format(code="53100"))
        with Readers(trial.ledger, server.port, trial.links) as readers:
            time.sleep(3)
            readers.stop()
        spooled = trial.spooled()
        trial.sql(ACCEPT)
        for number in range(times):
            trial.ledger.follow(server.port, trial.links[-1 - number])
            time.sleep(1.05 + 0.05 * number)  # when the digest is woken
            server.kill()
            server.start()
        trial.ledger.follow(server.port, trial.links[-1 - times])
        seconds = trial.wait_until_digested()
        finding = trial.finding(f"server killed {times} times while the spool goes in")
        finding.expect(spooled, "nothing was spooled")
        finding.expect(seconds is not None, "hits were left in the spool")
        return finding


def _refusing(code: str, seconds: float):
    def refuse(trial):
        trial.sql(REFUSE.format(code=code))
        time.sleep(seconds)
        trial.sql(ACCEPT)

    return refuse


def _trial(site, title: str, trouble) -> Finding:
    with Trial(site, links=12_000) as trial, trial.server() as server:
        with Readers(trial.ledger, server.port, trial.links, 8) as readers:
            time.sleep(1)
            before = trial.ledger.arrived.total()
            trouble(trial)
            during = trial.ledger.arrived.total() - before
            time.sleep(1)
            readers.stop()
        seconds = trial.wait_until_digested()
        longest = trial.ledger.longest()
        finding = trial.finding(title, longest=longest)
        others = {k: len(v) for k, v in trial.ledger.waits.items() if k != 302}
        finding.expect(not others, f"not every reader was sent on: {others}")
        finding.expect(longest < BEARABLE, f"a reader waited {longest:.1f} s")
        finding.expect(seconds is not None, "hits were left in inbox or spool")
        finding.notes.append(f"{during} redirected meanwhile")
        return finding
