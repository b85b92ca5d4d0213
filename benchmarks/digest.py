"""Hits digested per second, and whether a burst of them is in anyone's way."""

import json
import statistics
import sys
from argparse import ArgumentParser
from pathlib import Path

from benchmarks.lib import machine
from benchmarks.lib.burst import Burst, rows
from benchmarks.lib.cluster import Cluster
from benchmarks.lib.main import run
from benchmarks.lib.site import Site
from benchmarks.lib.table import table
from devtools.odoo import set_up
from devtools.output import say

SIZES = (1_000, 10_000, 100_000)
WANTED = 5_000  # hits per second


def arguments(argv):
    parser = ArgumentParser(prog="./dev bench digest", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="up to 10 000 hits, once")
    add("--repeat", type=int, help="times that each is measured (3)")
    add("--sizes", help="numbers of hits, separated by commas")
    add("--burst", type=int, help="hits of the burst (100000; quick: 10000)")
    add("--only-burst", action="store_true", help="leave the plain figures out")
    add("--spread", choices=("many", "one"), help="traces that the hits are of")
    add("--addons", type=Path, help="a folder with another version of the addons")
    add("--threaded", action="store_true", help="digest as a threaded server does")
    add("--profile", action="store_true", help="show what the time goes to")
    args = parser.parse_args(argv)
    args.repeat = args.repeat or (1 if args.quick or args.profile else 3)
    args.spread = [args.spread] if args.spread else ["many", "one"]
    args.burst = args.burst or (10_000 if args.quick else 100_000)
    args.workers = [] if args.profile or args.sizes else [0, 2]
    if args.only_burst:
        args.sizes = ()
    elif args.sizes:
        args.sizes = [int(size) for size in args.sizes.split(",")]
    else:
        args.sizes = SIZES[:2] if args.quick else SIZES
    return args


def main(argv=None) -> int:
    args = arguments(argv)
    with Cluster() as cluster, Site(set_up(), cluster, args.addons) as site:
        about = machine.describe(cluster)
        cases = [(size, spread) for size in args.sizes for spread in args.spread]
        results = {case: [] for case in cases}
        bursts = {workers: [] for workers in args.workers}
        for number in range(args.repeat):
            for case in cases:
                results[case].append(_digest(site, *case, args))
            for workers in args.workers:
                outcome = Burst(site, args.burst, workers).run()
                bursts[workers].append(outcome)
            say(f"round {number + 1} of {args.repeat} is done")
    say(f"\n{about}; median of {args.repeat}\n")
    wrong = _show(results) if cases else 0
    for workers, outcomes in bursts.items():
        server = f"{workers} workers" if workers else "threaded"
        say(f"\nA burst of {args.burst} hits, {server}, one thread for crons\n")
        say(table(["", "quiet", "busy"], rows(outcomes)))
    return wrong


def _digest(site: Site, size: int, spread: str, args) -> dict:
    name = site.database("digest")
    try:
        names = ("threaded", "profile")
        options = [f"--{name}" for name in names if getattr(args, name)]
        out = site.script("run_digest", name, size, spread, *options)
    finally:
        site.drop(name)
    first, _, rest = out.partition("\n")
    if args.profile:
        say(f"{size} hits, {spread}\n{rest}")
    return json.loads(first)


def _show(results) -> int:
    lines, wrong = [], 0
    for (size, spread), runs in results.items():
        rate = statistics.median(run["digested"] / run["seconds"] for run in runs)
        cpu = [
            1e6 * statistics.median(run["cpu"][which] / run["digested"] for run in runs)
            for which in (0, 1)
        ]
        lost = sum(run["count"] - run["requests"] for run in runs)
        wrong += any(run["count"] != run["requests"] for run in runs)
        title = "many traces" if spread == "many" else "one trace"
        verdict = "reached" if rate >= WANTED else "MISSED"
        events = runs[-1]["events"]
        row = [f"{size}", title, round(rate), *map(round, cpu), events, lost, verdict]
        lines.append(row)
    times = ["CPU µs per hit: Odoo", "PostgreSQL"]
    head = ["hits", "of", "digested/s", *times, "events", "lost"]
    say(table([*head, f"≥ {WANTED}/s"], lines))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(run(main))
