"""What `hits` has to reach, with two workers and sixteen connections."""

import statistics

from devtools.output import say

from .table import table

WORKERS, CONNECTIONS = 2, 16

#: route, at least so many times the requests per second of, route
RATIOS = [
    ("pixel", 0.65, "noop"),
    ("pixel", 1.6, "core_pixel"),
    ("pixel", 2.4, "oca_pixel"),
    ("link", 3.5, "core_r"),
    ("pixel_one", 0.95, "pixel"),
    ("link_one", 0.95, "link"),
]
SQL_MAX = 3
OURS = ("pixel", "link")


def rate(result) -> float:
    return result.load.rate


def thrift(result) -> float | None:
    """Requests per second of processor time, Odoo's and PostgreSQL's."""
    return result.cpu and result.load.requests / max(1e-3, sum(result.cpu))


def ratio(rounds, workers, connections, route: str, other: str, of=rate):
    """Median of the ratios within each round; None when it was not measured."""
    pairs = [
        (of(each[workers, connections, route]), of(each[workers, connections, other]))
        for each in rounds
        if {(workers, connections, route), (workers, connections, other)} <= each.keys()
    ]
    ratios = [own / peer for own, peer in pairs if own and peer]
    return statistics.median(ratios) if ratios else None


def show(rounds, routes) -> int:
    """Print the targets that were measured; return how many were missed."""
    names = {route.name: route.title for route in routes}
    rows = []

    def add(text, wanted, value, good, cpu=""):
        rows.append([text, wanted, value, cpu, "reached" if good else "MISSED"])

    for route, wanted, other in RATIOS:
        value = ratio(rounds, WORKERS, CONNECTIONS, route, other)
        if value is not None:
            cpu = ratio(rounds, WORKERS, CONNECTIONS, route, other, thrift)
            title = f"{names[route]} ÷ {names[other]}"
            add(title, f"≥ {wanted}", value, value >= wanted, cpu)
    _add_latency(rounds, add)
    _add_counts(rounds, add)
    if rows:
        head = ["target", "wanted", "measured", "by processor time", ""]
        say(table(head, rows))
    return sum(row[-1] == "MISSED" for row in rows)


def _add_latency(rounds, add) -> None:
    pairs = [
        (each[WORKERS, CONNECTIONS, "link"], each[WORKERS, CONNECTIONS, "core_r"])
        for each in rounds
        if {(WORKERS, CONNECTIONS, n) for n in ("link", "core_r")} <= each.keys()
    ]
    if pairs:
        own = statistics.median(link.load.p99 for link, _ in pairs)
        core = statistics.median(other.load.p50 for _, other in pairs)
        add("p99 of our link, ms", f"< {core:.0f} (core's p50)", own, own < core)


def _add_counts(rounds, add) -> None:
    ours = [
        result
        for each in rounds
        for (_, _, name), result in each.items()
        if name.startswith(OURS)
    ]
    if not ours:
        return
    queries = statistics.median(number for result in ours for number in result.queries)
    add("SQL statements per hit", f"≤ {SQL_MAX}", queries, queries <= SQL_MAX)
    for what in ("retries", "lost", "errors"):
        count = sum(getattr(result, what) for result in ours)
        add(f"{what}, all cases of ours", "0", count, not count)
