"""One route under one load: what came back, what was stored, what the server logged."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from . import cpu
from .load import Load, run
from .routes import Route
from .server import Server


@dataclass
class Result:
    """``lost``: answered as if it had been stored, and is not there. ``cpu``: seconds
    that Odoo and PostgreSQL took for it.
    """

    load: Load
    cpu: tuple[float, float] | None = None
    queries: list[int] = field(default_factory=list)
    retries: int = 0
    lost: int = 0
    errors: int = 0
    overrun: bool = False

    def cpu_ms(self, which: int) -> float | None:
        """Milliseconds of processor time per request: 0 for Odoo, 1 for PostgreSQL."""
        return self.cpu and 1e3 * self.cpu[which] / max(1, self.load.requests)


class Bench:
    """:param folder: where the paths are"""

    def __init__(
        self, server: Server, database: str, folder: Path, routes: list[Route]
    ):
        self.routes = routes
        self.server = server
        self.database = database
        self.folder = folder

    def warm_up(self) -> None:
        for name in {route.paths for route in self.routes}:
            run(self.server.port, self.folder / name, 2, 1)
        self.server.wait_until_idle()

    def measure(self, route: Route, connections: int, seconds: float) -> Result:
        paths = self._paths(route)
        self._sql(route.reset)
        mark, before = self.server.mark(), self._cpu()
        load = run(self.server.port, paths, connections, seconds)
        after = self._cpu()
        self.server.wait_until_idle()
        answered = load.requests - load.status_errors
        stored = self._stored(route, answered)
        log = self.server.log_since(mark)
        return Result(
            load=load,
            cpu=after and tuple(b - a for a, b in zip(before, after, strict=True)),
            queries=log.queries,
            retries=log.retries,
            lost=max(0, answered - stored) if route.stored else 0,
            errors=load.failed + log.given_up + len(log.errors),
            overrun=route.first and load.requests > len(paths.read_text().split()),
        )

    def _stored(self, route: Route, answered: int) -> int:
        """How many were stored. Those of one copy beyond its bound are counted in
        memory for a second.
        """
        deadline = time.monotonic() + 3
        while route.stored:
            stored = int(self._sql(route.stored))
            if stored >= answered or time.monotonic() > deadline:
                return stored
            time.sleep(0.1)
        return 0

    def _cpu(self) -> tuple[float, float] | None:
        pids = self.server.process.pid, self.server.site.cluster.pid
        times = tuple(cpu.of_tree(pid) for pid in pids)
        return times if None not in times else None

    def _paths(self, route: Route) -> Path:
        whole = self.folder / route.paths
        if not route.spread:
            return whole
        part = whole.with_name(f"{route.paths}_{route.spread}")
        if not part.exists():
            lines = whole.read_text().splitlines(keepends=True)
            part.write_text("".join(lines[: route.spread]))
        return part

    def _sql(self, sql: str) -> str:
        return self.server.site.cluster.query(sql, self.database)
