"""Speed of the public routes against core's and OCA's, in one run on one machine.

Every round measures every route once, in the same order, on servers with the same
settings; what is shown is the median of the rounds, and ratios are medians of the
ratios within a round, so that what else the machine does weighs on both sides.
"Odoo ms" and "DB ms" are the processor time per request.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from devtools.odoo import set_up
from devtools.output import Failure, say

from benchmarks.lib import machine, targets
from benchmarks.lib.cluster import Cluster
from benchmarks.lib.measure import Bench, Result
from benchmarks.lib.routes import BY_NAME, ROUTES
from benchmarks.lib.server import Server
from benchmarks.lib.site import Site
from benchmarks.lib.table import table

TITLES = {0: "threaded", **{n: f"{n} workers" for n in range(1, 65)}}


def arguments(argv):
    parser = argparse.ArgumentParser(prog="./dev bench hits", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="2 workers, 16 connections, short")
    add("--seconds", type=int, help="per measurement, a whole number (2)")
    add("--repeat", type=int, help="rounds (7; quick: 3)")
    add("--only", help="names of routes, separated by commas")
    add("--workers", help="0 is the threaded server (0,2; quick: 2)")
    add("--connections", help="(1,16; quick: 16)")
    add("--json", type=Path, metavar="FILE", help="write all figures there")
    add("--addons", type=Path, help="a folder with another version of the addons")
    add("--check", action="store_true", help="fail if a target is missed")
    args = parser.parse_args(argv)
    args.seconds = args.seconds or 2
    args.repeat = args.repeat or (3 if args.quick else 7)
    args.workers = _numbers(args.workers or ("2" if args.quick else "0,2"))
    args.connections = _numbers(args.connections or ("16" if args.quick else "1,16"))
    names = args.only.split(",") if args.only else BY_NAME
    args.routes = [route for route in ROUTES if route.name in names]
    return args


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def main(argv=None) -> int:
    args = arguments(argv)
    with Cluster() as cluster, Site(set_up(), cluster, args.addons) as site:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            about = machine.describe(cluster)
            database = site.database("hits")
            # More than are asked for in one measurement, so that each comes first.
            count = max(4000, int(args.seconds * 1500))
            site.script("seed_hits", database, count, folder)
            rounds = [{} for _ in range(args.repeat)]
            for workers in args.workers:
                with Server(site, database, workers) as server:
                    bench = Bench(server, database, Path(folder))
                    _measure(args, bench, workers, rounds)
    say(f"\n{about}; {args.repeat} rounds of {args.seconds:g} s per measurement\n")
    for workers in args.workers:
        for connections in args.connections:
            _show(args, rounds, workers, connections)
    missed = targets.show(rounds, args.routes)
    if args.json:
        args.json.write_text(json.dumps(_plain(rounds, about), indent=1))
    return 1 if missed and args.check else 0


def _measure(args, bench: Bench, workers: int, rounds: list[dict]) -> None:
    for route in {route.paths: route for route in args.routes}.values():
        bench.warm_up(route)
    for number, results in enumerate(rounds, 1):
        started = time.monotonic()
        for connections in args.connections:
            for route in args.routes:
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
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"hits: {failure}")
