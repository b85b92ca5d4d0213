"""Speed of the public routes against core's and OCA's, in one run on one machine.

Every round measures every route once, in the same order, on servers with the same
settings; what is shown is the median of the rounds, and ratios are medians of the
ratios within a round, so that what else the machine does weighs on both sides.
"Odoo ms" and "DB ms" are the processor time per request: on a machine that has other
things to do as well they tell more than requests per second.
"""

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.lib import machine, targets
from benchmarks.lib.cluster import Cluster
from benchmarks.lib.main import run
from benchmarks.lib.measure import Bench
from benchmarks.lib.routes import BY_NAME, ROUTES, variant
from benchmarks.lib.server import Server
from benchmarks.lib.site import Site
from benchmarks.lib.table import table
from devtools.odoo import set_up
from devtools.output import say

TITLES = {0: "threaded", **{n: f"{n} workers" for n in range(1, 65)}}


def arguments(argv):
    parser = argparse.ArgumentParser(prog="./dev bench hits", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="2 workers, 16 connections, short")
    add("--seconds", type=int, help="per measurement, a whole number (1)")
    add("--repeat", type=int, help="rounds (7; quick: 5)")
    add("--only", help="names of routes, separated by commas")
    add("--workers", help="0 is the threaded server (0,2; quick: 2)")
    add("--connections", help="(1,16; quick: 16)")
    add("--json", type=Path, metavar="FILE", help="write all figures there")
    add("--addons", type=Path, help="a folder with another version of the addons")
    add("--against", type=Path, help="a folder with a version to compare with")
    add("--postgres", action="append", default=[], metavar="NAME=VALUE",
        help="a setting of PostgreSQL")  # fmt: skip
    add("--check", action="store_true", help="fail if a target is missed")
    args = parser.parse_args(argv)
    args.seconds = args.seconds or 1
    args.repeat = args.repeat or (5 if args.quick else 7)
    args.workers = _numbers(args.workers or ("2" if args.quick else "0,2"))
    args.connections = _numbers(args.connections or ("16" if args.quick else "1,16"))
    names = args.only.split(",") if args.only else BY_NAME
    args.routes = [route for route in ROUTES if route.name in names]
    return args


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def main(argv=None) -> int:
    args = arguments(argv)
    with Cluster(args.postgres) as cluster, contextlib.ExitStack() as stack:
        about = machine.describe(cluster)
        subjects = [_Subject(stack, cluster, args, args.routes, args.addons)]
        if args.against:
            routes = [variant(route) for route in args.routes if route.is_ours]
            subjects.append(_Subject(stack, cluster, args, routes, args.against))
            args.routes = [*args.routes, *routes]
        rounds = [{} for _ in range(args.repeat)]
        for workers in args.workers:
            with contextlib.ExitStack() as servers:
                benches = [each.serve(servers, workers) for each in subjects]
                _measure(args, benches, workers, rounds)
    say(f"\n{about}; {args.repeat} rounds of {args.seconds:g} s per measurement\n")
    for workers in args.workers:
        for connections in args.connections:
            _show(args, rounds, workers, connections)
    missed = targets.show(rounds, args.routes)
    if args.json:
        args.json.write_text(json.dumps(_plain(rounds, about), indent=1))
    return 1 if missed and args.check else 0


class _Subject:
    """One version of the addons, with a database and addresses of its own."""

    def __init__(self, stack, cluster, args, routes, source):
        self.routes = routes
        self.site = stack.enter_context(Site(set_up(), cluster, source))
        self.database = self.site.database("hits")
        folder = tempfile.TemporaryDirectory(prefix="bench-")
        self.folder = Path(stack.enter_context(folder))
        # More than are asked for in one measurement, so that each comes first.
        count = max(4000, args.seconds * 1500)
        self.site.script("seed_hits", self.database, count, self.folder)

    def serve(self, stack, workers: int) -> "Bench":
        server = stack.enter_context(Server(self.site, self.database, workers))
        bench = Bench(server, self.database, self.folder, self.routes)
        bench.warm_up()
        return bench


def _measure(args, benches: list[Bench], workers: int, rounds: list[dict]) -> None:
    for number, results in enumerate(rounds, 1):
        started = time.monotonic()
        for connections in args.connections:
            for bench in benches:
                for route in bench.routes:
                    key = (workers, connections, route.name)
                    results[key] = bench.measure(route, connections, args.seconds)
        seconds = time.monotonic() - started
        say(f"{TITLES[workers]}, round {number} of {args.repeat}: {seconds:.0f} s")


def _show(args, rounds, workers: int, connections: int) -> None:
    say(f"{TITLES[workers]}, {connections} connections\n")
    rows = []
    for route in args.routes:
        results = [each[workers, connections, route.name] for each in rounds]
        queries = [number for result in results for number in result.queries]

        def median(get, results=results):
            values = [get(result) for result in results]
            return None if None in values else statistics.median(values)

        rows.append(
            [
                route.title,
                round(median(lambda r: r.load.rate)),
                targets.ratio(rounds, workers, connections, route.name, "noop"),
                round(median(lambda r: r.load.p50), 1),
                round(median(lambda r: r.load.p99), 1),
                median(lambda r: r.cpu_ms(0)),
                median(lambda r: r.cpu_ms(1)),
                statistics.median(queries) if queries else None,
                sum(result.retries for result in results),
                sum(result.lost for result in results),
                sum(result.errors for result in results),
            ]
        )
        if any(result.overrun for result in results):
            rows[-1][0] += " (ran out of addresses)"
    head = ["route", "req/s", "× no-op", "p50 ms", "p99 ms", "Odoo ms", "DB ms", "SQL"]
    say(table([*head, "retries", "lost", "errors"], rows))
    say()


def _plain(rounds, about) -> dict:
    return {
        "about": about,
        "rounds": [
            [
                {
                    "workers": workers,
                    "connections": connections,
                    "route": name,
                    **vars(result.load),
                    "cpu": result.cpu,
                    "queries": statistics.mean(result.queries or [0]),
                    "retries": result.retries,
                    "lost": result.lost,
                    "errors": result.errors,
                }
                for (workers, connections, name), result in each.items()
            ]
            for each in rounds
        ],
    }


if __name__ == "__main__":
    sys.exit(run(main))
