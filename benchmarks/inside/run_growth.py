"""Say how long what people and crons do takes in a database of `seed_growth`.

    python -m benchmarks.inside.run_growth DATABASE REPEAT [--only TEXT] [--plans]

Prints lines of JSON: [what, [[milliseconds, of the clock, statements], ...]]; then, on
request and after an empty line, plans. The first is processor time, Odoo's and
PostgreSQL's: other work on the machine does not show in it. What writes is rolled back:
each time finds the same.
"""

import json
import random
import re
import sys
import time
from argparse import ArgumentParser
from itertools import chain
from pathlib import Path
from unittest.mock import patch

from odoo.addons.base.models.ir_cron import IrCron

from .bulk import settle
from .growth_cases import Prepared
from .growth_screens import Screens
from .growth_work import Work
from .odoo_env import environment
from .plans import Plans
from .seed_growth import TABLES


def measure(env, case, plans=None) -> tuple[float, float, int]:
    """Milliseconds of processor time, of the clock, and statements."""
    env.invalidate_all()
    try:
        action = case
        if isinstance(case, Prepared):
            case.prepare()
            env.flush_all()
            env.invalidate_all()
            action = case.action
        if plans:
            plans.on = True
        statements = env.cr.sql_log_count
        cpu, clock = _cpu(env), time.perf_counter()
        action()
        env.flush_all()
        return (
            1e3 * (_cpu(env) - cpu),
            1e3 * (time.perf_counter() - clock),
            env.cr.sql_log_count - statements,
        )
    finally:
        if plans:
            plans.on = False
        env.cr.precommit.clear()
        env.cr.rollback()
        env.invalidate_all()


def _cpu(env) -> float:
    """Seconds of processor time of this process and of its server process."""
    backend = Path(f"/proc/{env.cr._cnx.get_backend_pid()}/schedstat").read_text()
    return time.process_time() + int(backend.split()[0]) / 1e9


def main(argv) -> None:
    parser = ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("repeat", type=int)
    parser.add_argument("--only")
    parser.add_argument("--plans", type=float, help="of statements of so many ms")
    args = parser.parse_args(argv)
    random.seed(19)
    # As in a batch of a cron whose time is over: nothing is committed.
    stop = patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: 0)
    with environment(args.database) as env, stop:
        # Helpers' time would not be seen.
        env.cr.execute("SET max_parallel_workers_per_gather = 0")
        env.cr.commit()
        plans = Plans(args.plans) if args.plans else None
        for name, case in chain(Screens(env).all(), Work(env).all()):
            if args.only and not re.search(args.only, name):
                continue
            measure(env, case)  # what is read once per process
            if plans:
                plans.title = name
                measure(env, case, plans)
            runs = [measure(env, case) for _number in range(args.repeat)]
            print(json.dumps([name, runs]), flush=True)
        # What was rolled back lies about: the next one would stumble over it.
        settle(env, *TABLES)
        print()
        if plans:
            print("\n\n".join(plans.texts))


if __name__ == "__main__":
    main(sys.argv[1:])
