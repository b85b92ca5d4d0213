"""First byte, throughput and memory of followed files, against core's /web/content.

Both routes serve the same file on the disk, in turns, on one server; what is shown is
the median of the rounds, and a ratio is the median of the ratios within a round.
Every request of ours is recorded as a hit. The files are sparse, so that the disk has
no part in it.
"""

import argparse
import http.client
import os
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.lib import machine
from benchmarks.lib.cluster import Cluster
from benchmarks.lib.main import run
from benchmarks.lib.server import Server
from benchmarks.lib.site import Site
from benchmarks.lib.table import table
from devtools.odoo import set_up
from devtools.output import Failure, say

AIM = 0.9  # of core's speed, both ways
# MB that a process may grow by while it serves a large file. Beside small ones it is
# what a worker still has to load.
MEMORY_AIM = 30.0
LARGE = 100_000_000
SIZES = {"100 kB": 100_000, "200 MB": 200_000_000}
HUGE = {"2 GB": 2_000_000_000}
SIDES = ("ours", "core")


@dataclass
class Result:
    first: float  # seconds until the first byte of the body
    total: float  # seconds until the last one


def arguments(argv):
    parser = argparse.ArgumentParser(prog="./dev bench files", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--huge", action="store_true", help="a file of 2 GB, too")
    parser.add_argument("--workers", type=int, default=2, help="0: threaded (2)")
    parser.add_argument("--check", action="store_true", help="fail if an aim is missed")
    return parser.parse_args(argv)


def main(argv=None) -> int:
    args = arguments(argv)
    sizes = {**SIZES, **(HUGE if args.huge else {})}
    with Cluster() as cluster, Site(set_up(), cluster) as site:
        about = machine.describe(cluster)
        database = site.database("files")
        files = site.data_dir / "filestore" / database
        try:
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                site.script("seed_files", database, folder, *sizes.values())
                paths = {
                    name: (Path(folder) / str(size)).read_text().splitlines()
                    for name, size in sizes.items()
                }
            # Odoo ends a worker that has more memory or took longer than this.
            limits = ("--limit-time-real=600", "--limit-time-cpu=600")
            with Server(site, database, args.workers, 0, *limits) as server:
                return _measure(args, about, server, sizes, paths)
        finally:
            shutil.rmtree(files, ignore_errors=True)


def _measure(args, about, server, sizes, paths) -> int:
    for number in range(40):  # registries and caches of each worker
        for both in paths.values():
            _get(server, both[number % 2], part=100_000)
    say(f"\n{about}; {args.workers} workers\n")
    rows, good = [], True
    for name, size in sizes.items():
        rounds = _rounds(size, args.quick)
        before = _memory(server)
        results = {side: [] for side in SIDES}
        for number in range(rounds):
            # Whoever comes first in a round has what the last one left behind.
            for index in (0, 1) if number % 2 else (1, 0):
                result = _get(server, paths[name][index], size=size)
                results[SIDES[index]].append(result)
        grown = max(
            (after - before.get(pid, after)) for pid, after in _memory(server).items()
        )
        ours, core = results["ours"], results["core"]
        pairs = list(zip(ours, core, strict=True))
        first = statistics.median(c.first / o.first for o, c in pairs)
        speed = statistics.median(c.total / o.total for o, c in pairs)
        flat = size < LARGE or grown <= MEMORY_AIM
        reached = speed >= AIM and first >= AIM and flat
        good &= reached
        rows.append(
            [
                name,
                rounds,
                *(_ms(each.first for each in side) for side in (ours, core)),
                first,
                *(_rate(size, side) for side in (ours, core)),
                speed,
                grown,
                "reached" if reached else "MISSED",
            ]
        )
    head = ["file", "rounds", "ours: first byte ms", "core's", "core's ÷ ours"]
    head += ["ours: MB/s", "core's", "ours ÷ core's", "memory + MB", f"aim {AIM}"]
    say(table(head, rows))
    return 1 if args.check and not good else 0


def _rounds(size: int, quick: bool) -> int:
    rounds = 300 if size < 1_000_000 else 9 if size < 1_000_000_000 else 3
    return max(2, rounds // 3) if quick else rounds


def _get(server, path, *, size=None, part=None) -> Result:
    """One request over a connection of its own, as mail clients' are."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    headers = {"User-Agent": "Mozilla/5.0", "Accept-Language": "en"}
    if part:
        headers["Range"] = f"bytes=0-{part - 1}"
    started = time.perf_counter()
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    read = len(response.read(1))
    first = time.perf_counter() - started
    while chunk := response.read(1 << 20):
        read += len(chunk)
    total = time.perf_counter() - started
    connection.close()
    if response.status not in (200, 206) or (size and read != size):
        raise Failure(f"{path}: status {response.status}, {read} bytes of {size}")
    return Result(first, total)


def _memory(server) -> dict[int, float]:
    """Peak of the resident memory of each process of the server, in MB."""
    peaks = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            pid = int(status.parent.name)
            if os.getpgid(pid) != server.process.pid:
                continue
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
            peaks[pid] = int(lines["VmHWM"].split()[0]) / 1000
        except (OSError, KeyError, ValueError):
            continue
    return peaks


def _ms(seconds) -> float:
    return 1000 * statistics.median(seconds)


def _rate(size, results) -> float:
    return size / 1e6 / statistics.median(each.total for each in results)


if __name__ == "__main__":
    sys.exit(run(main))
