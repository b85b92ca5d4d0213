"""Nothing lost, nothing twice: servers and databases are killed, locked and filled up.

Every link is followed once, by one reader; afterwards there must be exactly one event
for each that was answered, and at most one for each that was not.
"""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path

from benchmarks.lib import machine
from benchmarks.lib.cluster import Cluster
from benchmarks.lib.main import run
from benchmarks.lib.site import Site
from benchmarks.lib.table import table
from benchmarks.trials import kill_digest, kill_postgres, kill_server, refuse_hits
from devtools.odoo import set_up
from devtools.output import say

TRIALS = [
    kill_server.server_killed,
    kill_digest.digest_killed,
    kill_digest.two_digests,
    kill_postgres.postgres_stopped,
    kill_postgres.postgres_crashed,
    refuse_hits.table_locked,
    refuse_hits.read_only,
    refuse_hits.disk_full,
    refuse_hits.spool_killed,
]


def arguments(argv):
    parser = ArgumentParser(prog="./dev bench chaos", description=__doc__)
    add = parser.add_argument
    names = ", ".join(trial.__name__ for trial in TRIALS)
    add("--quick", action="store_true", help="less of each")
    add("--only", help=f"names of trials, separated by commas: {names}")
    add("--addons", type=Path, help="a folder with another version of the addons")
    args = parser.parse_args(argv)
    args.trials = TRIALS
    if args.only:
        wanted = args.only.split(",")
        args.trials = [trial for trial in TRIALS if trial.__name__ in wanted]
    return args


def main(argv=None) -> int:
    args = arguments(argv)
    findings = []
    with Cluster() as cluster, Site(set_up(), cluster, args.addons) as site:
        about = machine.describe(cluster)
        for trial in args.trials:
            started = time.monotonic()
            finding = trial(site, args.quick)
            findings.append(finding)
            seconds = time.monotonic() - started
            verdict = "; ".join(finding.broken) or "good"
            say(f"{finding.title}: {verdict} ({seconds:.0f} s)")
            for note in finding.notes:
                say(f"    {note}")
    say(f"\n{about}\n")
    head = ["what happens", "asked", "answered", "stored", "lost", "twice"]
    say(table([*head, "longest s", ""], [_row(finding) for finding in findings]))
    broken = sum(bool(finding.broken) for finding in findings)
    say(f"\n{len(findings) - broken} passed, {broken} failed")
    return 1 if broken else 0


def _row(finding) -> list:
    account = finding.account
    figures = [account.sent, account.arrived, account.stored]
    figures += [account.lost, account.doubled, finding.longest]
    return [finding.title, *figures, "FAILED" if finding.broken else "good"]


if __name__ == "__main__":
    sys.exit(run(main))
