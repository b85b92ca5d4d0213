"""How much longer what people and crons do takes with a hundred times the data."""

import json
import statistics
import sys
from argparse import ArgumentParser
from collections import defaultdict

from benchmarks.lib import machine
from benchmarks.lib.cluster import Cluster
from benchmarks.lib.main import run
from benchmarks.lib.site import Site
from benchmarks.lib.table import table
from devtools.odoo import set_up
from devtools.output import say

SIZES = (10_000, 1_000_000)
QUICK = (2_000, 20_000)
WANTED = 1.5  # times as long
#: Below it nobody notices, and a ratio says how precisely we measure.
UNNOTICED = 10  # ms
#: What reads all that it is about, at night or because somebody wants it summed up.
READS_ALL = ("report: ", "daily: ")
#: What grows with the leads themselves, without this addon.
PEER = "Odoo's own: "


def arguments(argv):
    parser = ArgumentParser(prog="./dev bench growth", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="2 000 and 20 000 followed emails")
    add("--sizes", help="followed emails, separated by commas (10000,1000000)")
    add("--rounds", type=int, default=3, help="in turns between the sizes (3)")
    add("--repeat", type=int, default=3, help="times in each round (3)")
    add("--only", help="what this expression is found in the name of")
    add("--plans", type=float, metavar="MS", help="plans of slower statements")
    add("--keep", action="store_true", help="leave the databases for the next run")
    args = parser.parse_args(argv)
    args.sizes = args.sizes and [int(size) for size in args.sizes.split(",")]
    args.sizes = args.sizes or (QUICK if args.quick else SIZES)
    return args


def main(argv=None) -> int:
    args = arguments(argv)
    # Without sync: what is written here is written to be read.
    settings = ["fsync=off", "maintenance_work_mem=1GB", "max_wal_size=8GB"]
    with Cluster(settings) as cluster, Site(set_up(), cluster) as site:
        about = machine.describe(cluster)
        names = {size: _database(site, size, args.keep) for size in args.sizes}
        results = {size: defaultdict(list) for size in args.sizes}
        options = ["--only", args.only] if args.only else []
        for number in range(args.rounds):
            for size, name in names.items():
                last = number == args.rounds - 1 and size == args.sizes[-1]
                more = ["--plans", args.plans] if args.plans and last else []
                out = site.script("run_growth", name, args.repeat, *options, *more)
                measured, _, plans = out.partition("\n\n")
                for what, runs in map(json.loads, measured.splitlines()):
                    results[size][what] += runs
            say(f"round {number + 1} of {args.rounds} is done")
        say(plans)
        say(f"\n{about}\n")
        times = args.rounds * args.repeat
        say("Processor time of Odoo and PostgreSQL in ms (number of statements),")
        say(f"median of {times}\n")
        missed = _show(results)
        for size, name in names.items():
            say(f"\nSizes with {size} followed emails\n")
            say(_sizes(cluster, name))
    return 1 if missed else 0


def _database(site: Site, size: int, keep: bool) -> str:
    name = site.database(f"growth_{size}", beside=("crm",), keep=keep)
    if not site.cluster.query("SELECT 1 FROM email_engagement LIMIT 1", name):
        site.script("seed_growth", name, size)
    say(f"{size} followed emails are there")
    return name


def _show(results) -> int:
    sizes = list(results)
    head = ["", *(f"{size} emails" for size in sizes), "ratio", f"≤ {WANTED}"]
    rows, missed = [], 0
    for what in results[sizes[0]]:
        medians, cells = [], []
        for size in sizes:
            runs = results[size][what]
            medians.append(statistics.median(cpu for cpu, _clock, _number in runs))
            statements = max(number for _cpu, _clock, number in runs)
            cells.append(f"{medians[-1]:.1f} ({statements})")
        ratio = medians[-1] / medians[0]
        good = ratio <= WANTED or medians[-1] < UNNOTICED
        verdict = "reached" if good else "MISSED"
        if what.startswith(READS_ALL):
            verdict = "reads all"
        elif what.startswith(PEER):
            verdict = "peer"
        missed += verdict == "MISSED"
        rows.append([what, *cells, f"{ratio:.2f}", verdict])
    say(table(head, rows))
    return missed


SIZES_SQL = """
SELECT relname, reltuples::bigint, pg_table_size(oid), pg_indexes_size(oid)
  FROM pg_class
 WHERE relkind = 'r' AND relname ~ '^(email_engagement|mail_message$|mail_notif)'
   AND reltuples >= 1000
 ORDER BY relname
"""


def _sizes(cluster: Cluster, name: str) -> str:
    rows = [line.split("|") for line in cluster.query(SIZES_SQL, name).splitlines()]
    return table(
        ["table", "rows", "table MB", "indexes MB", "bytes a row", "of it table"],
        [
            [
                relation,
                count,
                f"{int(heap) / 1e6:.0f}",
                f"{int(indexes) / 1e6:.0f}",
                f"{(int(heap) + int(indexes)) / int(count):.0f}",
                f"{int(heap) / int(count):.0f}",
            ]
            for relation, count, heap, indexes in rows
        ],
    )


if __name__ == "__main__":
    sys.exit(run(main))
