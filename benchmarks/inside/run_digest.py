"""Digest what waits, and say how long that took.

    python -m benchmarks.inside.run_digest DATABASE COUNT many|one [OPTIONS]

``--threaded`` digests as a threaded server does; ``--profile`` shows what takes time.
Prints JSON.
"""

import cProfile
import io
import json
import pstats
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

from odoo.sql_db import Cursor
from odoo.tools import SQL, config

from benchmarks.lib.requests import REQUESTS

from .odoo_env import environment
from .waiting import let_wait


class Backend:
    """The process of PostgreSQL that serves a cursor."""

    def __init__(self, cr):
        cr.execute("SELECT pg_backend_pid()")
        self._file = Path(f"/proc/{cr.fetchone()[0]}/schedstat")

    def cpu(self) -> float:
        """Seconds of processor time; 0 where the system does not tell."""
        try:
            return int(self._file.read_text().split()[0]) / 1e9
        except OSError:
            return 0.0


class Statements:
    """PostgreSQL's processor time per statement, and of its first and last ten runs:
    does it grow?
    """

    def __init__(self, backend: Backend):
        self.times = defaultdict(list)
        original = Cursor.execute

        def execute(cursor, query, *args, **kwargs):
            started = backend.cpu()
            try:
                return original(cursor, query, *args, **kwargs)
            finally:
                text = query.code if isinstance(query, SQL) else str(query)
                took = backend.cpu() - started
                self.times[" ".join(text.split())[:70]].append(took)

        Cursor.execute = execute

    def show(self):
        print("seconds  times  ms each: first ten, last ten")
        for text, times in sorted(self.times.items(), key=lambda x: -sum(x[1]))[:15]:
            first, last = (1e3 * statistics.mean(t) for t in (times[:10], times[-10:]))
            line = f"{sum(times):7.2f} {len(times):6}  {first:8.2f} {last:8.2f}  {text}"
            print(line)


def main(database: str, count: int, spread: str, options: list[str]) -> None:
    profile = "--profile" in options
    with environment(database) as env:
        # A threaded server makes way for its users in between.
        config["workers"] = 0 if "--threaded" in options else 2
        digest = env["email.engagement.digest"]
        # Once per process: the tables of ua-parser, about 0.15 s, and each user agent
        # that it has not met before, about 0.2 ms.
        let_wait(env, 2000, "many")
        digest._run()
        env.cr.execute("DELETE FROM email_engagement_event")
        env.cr.commit()
        let_wait(env, count, spread)
        # Of the processor: what PostgreSQL takes is listed by itself.
        profiler = cProfile.Profile(time.process_time)
        backend = Backend(env.cr)
        statements = Statements(backend) if profile else None
        started, before = time.perf_counter(), (time.process_time(), backend.cpu())
        if profile:
            digested = profiler.runcall(digest._run)
        else:
            digested = digest._run()
        result = {
            "count": count,
            "digested": digested,
            "seconds": time.perf_counter() - started,
            "cpu": [time.process_time() - before[0], backend.cpu() - before[1]],
            "requests": env.execute_query(SQL(REQUESTS))[0][0],
            "events": env["email.engagement.event"].search_count([]),
        }
        print(json.dumps(result))
        if profile:
            out = io.StringIO()
            stats = pstats.Stats(profiler, stream=out)
            stats.sort_stats("tottime").print_stats(45)
            print(out.getvalue())
            statements.show()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:])
