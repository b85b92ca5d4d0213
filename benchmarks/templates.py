"""Results of templates: counting them, and reading them in lists, by size."""

import json
import statistics
import sys
from argparse import ArgumentParser

from benchmarks.lib import machine
from benchmarks.lib.cluster import Cluster
from benchmarks.lib.main import run
from benchmarks.lib.site import Site
from benchmarks.lib.table import table
from devtools.odoo import set_up
from devtools.output import say

SIZES = ((100, 100_000), (1_000, 1_000_000), (10_000, 10_000_000))


def arguments(argv):
    parser = ArgumentParser(prog="./dev bench templates", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="up to 1 000 templates, 1 million copies")
    add("--repeat", type=int, default=3, help="times that each is measured (3)")
    add("--sizes", help="TEMPLATES:COPIES, separated by commas")
    add("--plans", action="store_true", help="show the plans of the largest size")
    args = parser.parse_args(argv)
    if args.sizes:
        args.sizes = [
            tuple(map(int, size.split(":"))) for size in args.sizes.split(",")
        ]
    else:
        args.sizes = SIZES[:2] if args.quick else SIZES
    return args


def main(argv=None) -> int:
    args = arguments(argv)
    # Without sync: ten million rows are written to be read, not to be kept.
    with Cluster(["fsync=off"]) as cluster, Site(set_up(), cluster) as site:
        about = machine.describe(cluster)
        results = []
        for templates, copies in args.sizes:
            name = site.database("templates")
            try:
                plans = args.plans and (templates, copies) == args.sizes[-1]
                options = ["--plans"] if plans else []
                out = site.script(
                    "run_templates", name, templates, copies, args.repeat, *options
                )
            finally:
                site.drop(name)
            first, _, rest = out.partition("\n")
            results.append((templates, copies, json.loads(first)))
            if plans:
                say(rest)
            say(f"{templates} templates with {copies} copies: done")
    say(f"\n{about}; median of {args.repeat}: ms (statements; pages looked at)\n")
    _show(results)
    return 0


def _show(results) -> None:
    head = ["", *(f"{templates} / {copies}" for templates, copies, _ in results)]
    names = list(results[0][2])
    rows = []
    for name in names:
        cells = []
        for _templates, _copies, measured in results:
            runs = measured[name]
            ms, statements, pages = zip(*runs, strict=True)
            cells.append(
                f"{statistics.median(ms):.1f} ({max(statements)};"
                f" {statistics.median(pages):.0f})"
            )
        rows.append([name, *cells])
    say(table(head, rows))


if __name__ == "__main__":
    sys.exit(run(main))
