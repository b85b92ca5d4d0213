"""First byte, throughput and memory of followed files, against core's /web/content.

Both routes serve the same file on the disk, in turns, on one server; what is shown is
the median of the rounds, and a ratio is the median of the ratios within a round. The
first byte of a large file is that of its first 100 kB, as viewers of PDF ask for them.
Every request of ours is recorded as a hit. The files are sparse, so that the disk has
no part in it.
"""

import argparse
import http.client
import itertools
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
# MB that a process may grow by in the second half of the rounds. In the first one it is
# what a worker, or the one of crons that digests the hits, still has to load.
MEMORY_AIM = 10.0
LARGE = 100_000_000
# Rounds for the first byte of a large file, which a few whole ones say little about.
FIRST_ROUNDS = 200
SIZES = {"100 kB": 100_000, "200 MB": 200_000_000}
HUGE = {"2 GB": 2_000_000_000}


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
        memory = [_memory(server)]
        ours, core = [], []
        for _half in range(2):
            half = _alternate(server, paths[name], rounds // 2, size=size)
            ours += half[0]
            core += half[1]
            memory.append(_memory(server))
        grown, still = (_growth(*pair) for pair in itertools.pairwise(memory))
        begun = ours, core
        if size >= LARGE:
            number = FIRST_ROUNDS // (4 if args.quick else 1)
            begun = _alternate(server, paths[name], number, part=100_000)
        first = statistics.median(
            c.first / o.first for o, c in zip(*begun, strict=True)
        )
        speed = statistics.median(
            c.total / o.total for o, c in zip(ours, core, strict=True)
        )
        reached = speed >= AIM and first >= AIM and still <= MEMORY_AIM
        good &= reached
        rows.append(
            [
                name,
                rounds,
                *(_ms(each.first for each in side) for side in begun),
                first,
                *(_rate(size, side) for side in (ours, core)),
                speed,
                grown,
                still,
                "reached" if reached else "MISSED",
            ]
        )
    head = ["file", "rounds", "ours: first byte ms", "core's", "core's ÷ ours"]
    head += ["ours: MB/s", "core's", "ours ÷ core's"]
    head += ["memory + MB", "in 2nd half", f"aim {AIM}"]
    say(table(head, rows))
    return 1 if args.check and not good else 0


def _alternate(server, paths, rounds: int, **what) -> tuple[list, list]:
    """Requests for both sides in turns: results of ours and of core's."""
    results = [], []
    for number in range(rounds):
        # Whoever comes first in a round has what the last one left behind.
        for index in (0, 1) if number % 2 else (1, 0):
            results[index].append(_get(server, paths[index], **what))
    return results


def _growth(before: dict[int, float], after: dict[int, float]) -> float:
    """MB by which the process that grew most has grown."""
    return max(now - before.get(pid, now) for pid, now in after.items())


def _rounds(size: int, quick: bool) -> int:
    rounds = 300 if size < 1_000_000 else 10 if size < 1_000_000_000 else 4
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
