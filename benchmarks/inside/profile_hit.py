"""Where the time of a request goes, without a socket: calls of the WSGI application.

    python -m benchmarks.inside.profile_hit DATABASE PATHS COUNT [--profile]

Prints microseconds per request, and with ``--profile`` what they went to.
"""

import cProfile
import io
import pstats
import sys
import time
from pathlib import Path

import odoo.http
from odoo.modules.registry import Registry

from .odoo_env import configure

AGENT = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"


def environ(path: str) -> dict:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "RAW_URI": path,
        "REQUEST_URI": path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8191",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8191",
        "HTTP_USER_AGENT": AGENT,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }


def main(database: str, paths: Path, count: int, profile: bool) -> None:
    configure(database)
    Registry(database)
    lines = paths.read_text().split()
    wanted = [lines[number % len(lines)] for number in range(count)]
    root = odoo.http.root
    root.initialize()
    statuses = {}

    def start_response(status, _headers, _info=None):
        statuses[status] = statuses.get(status, 0) + 1

    def ask(paths):
        for path in paths:
            answer = root(environ(path), start_response)
            b"".join(answer)
            if hasattr(answer, "close"):
                answer.close()

    ask(wanted[:100])
    profiler = cProfile.Profile()
    started, cpu = time.perf_counter(), time.process_time()
    if profile:
        profiler.runcall(ask, wanted)
    else:
        ask(wanted)
    wall = 1e6 * (time.perf_counter() - started) / count
    cpu = 1e6 * (time.process_time() - cpu) / count
    print(f"{paths.name}: {wall:.0f} µs per request, {cpu:.0f} µs of them Python's")
    print(statuses)
    if profile:
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(90)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), "--profile" in sys.argv)
