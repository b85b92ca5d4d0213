"""Installing the addon where there are a million messages: seconds, and no rewrite."""

import json
import resource
import statistics
import sys
import time
from argparse import ArgumentParser

from benchmarks.lib import cpu, machine
from benchmarks.lib.cluster import Cluster
from benchmarks.lib.main import run
from benchmarks.lib.site import Site
from benchmarks.lib.table import table
from devtools.odoo import set_up
from devtools.output import Failure, Step, say

#: Tables that are large where Odoo has been used for years.
LARGE = ("mail_message", "mail_notification", "mail_mail", "res_partner")
#: An addon that does nothing: what Odoo needs by itself to install one.
TRIVIAL = "bench_noop"
OURS = "email_engagement"
#: Seconds that ours may take beyond the trivial one, of a processor: other work on the
#: machine makes an installation last longer, but not take more of it.
BOUND = 10.0


def arguments(argv):
    parser = ArgumentParser(prog="./dev bench install", description=__doc__)
    add = parser.add_argument
    add("--rows", type=int, default=1_000_000, help="of each large table (1000000)")
    add("--quick", action="store_true", help="100 000 rows, once")
    add("--repeat", type=int, default=3, help="times that each is installed (3)")
    args = parser.parse_args(argv)
    if args.quick:
        args.rows, args.repeat = 100_000, 1
    return args


def main(argv=None) -> int:
    args = arguments(argv)
    # Without sync: the rows are written to be there, not to be kept.
    with Cluster(["fsync=off"]) as cluster, Site(set_up(), cluster) as site:
        about = machine.describe(cluster)
        small = site.without_addons()
        large = site.copy(small, "install")
        with Step(f"{args.rows} rows in each of {', '.join(LARGE)}"):
            site.script("seed_install", large, args.rows)
            cluster.query("VACUUM ANALYZE", large)
        cases = [
            (f"{TRIVIAL}, {args.rows} rows", large, TRIVIAL),
            (f"{OURS}, no rows", small, OURS),
            (f"{OURS}, {args.rows} rows", large, OURS),
        ]
        seconds = {title: [] for title, _database, _addon in cases}
        for _number in range(args.repeat):
            for title, database, addon in cases:
                *took, changed = _install(site, database, addon)
                seconds[title].append(took)
                if changed:
                    raise Failure(f"{title}: {changed}")
    return _report(about, args, seconds)


def _install(site, template: str, addon: str) -> tuple[float, float, float, str]:
    """Install an addon in a copy of a database.

    :return: seconds by the clock, by the processor for Odoo and for PostgreSQL; and
        what became of large tables that should have stayed
    """
    name = site.copy(template, "install")
    try:
        before = _state(site, name)
        started, odoo, postgres = _clocks(site)
        site.install(name, [addon])
        ends = zip((started, odoo, postgres), _clocks(site), strict=True)
        took = [end - start for start, end in ends]
        after = _state(site, name)
    finally:
        site.drop(name)
    changed = [
        f"{table} was {what}"
        for table in LARGE
        for what, number in (("written anew", 0), ("given columns", 1), ("indexed", 2))
        if before[table][number] != after[table][number]
    ]
    written = [
        f"{after[table][3] - before[table][3]} rows of {table} were updated"
        for table in LARGE
        # The users' own contacts are few, and nobody's million.
        if after[table][3] - before[table][3] > 10
    ]
    return *took, ", ".join(changed + written)


def _clocks(site) -> tuple[float, float, float]:
    """The clock, and processor time of the programs started here and of PostgreSQL."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (
        time.monotonic(),
        children.ru_utime + children.ru_stime,
        cpu.of_tree(site.cluster.pid) or 0.0,
    )


def _state(site, name: str) -> dict:
    """Of each large table: its file on the disk, columns, indexes, rows updated."""
    lines = site.cluster.query(
        f"""
        SELECT json_build_object(relname, json_build_array(
                   relfilenode,
                   (SELECT count(*) FROM pg_attribute
                     WHERE attrelid = pg_class.oid AND attnum > 0),
                   (SELECT count(*) FROM pg_index WHERE indrelid = pg_class.oid),
                   pg_stat_get_tuples_updated(pg_class.oid)))
          FROM pg_class WHERE relname IN {LARGE}
        """,
        name,
    )
    return {
        table: state
        for line in lines.splitlines()
        for table, state in json.loads(line).items()
    }


def _report(about: str, args, seconds) -> int:
    medians = {
        title: [statistics.median(each) for each in zip(*took, strict=True)]
        for title, took in seconds.items()
    }
    trivial, _small, ours = (odoo + db for _clock, odoo, db in medians.values())
    say(f"\n{about}; median of {args.repeat}\n")
    rows = [
        [
            title,
            *(f"{number:.1f}" for number in (clock, odoo, db, odoo + db - trivial)),
        ]
        for title, (clock, odoo, db) in medians.items()
    ]
    head = ["odoo -i", "seconds", "CPU Odoo", "CPU PostgreSQL", "CPU beyond the first"]
    say(table(head, rows))
    say(f"\nThe files of {', '.join(LARGE)} are the same as before; no row of theirs")
    say("was updated, no column or index added.")
    return 0 if ours - trivial < BOUND else 1


if __name__ == "__main__":
    sys.exit(run(main))
