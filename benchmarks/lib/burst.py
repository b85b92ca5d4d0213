"""A burst of hits while other crons are due and a user works.

One cron thread only, so that whoever is stopped by the digest shows; Odoo's own default
is two.
"""

import statistics
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from .load import Load, run
from .requests import REQUESTS
from .server import Server
from .site import Site
from .user import User, Watcher

LISTS = {
    "email.engagement": ["subject", "recipients", "date", "open_count", "status_text"],
    "res.partner": ["display_name", "email", "phone", "country_id", "company_id"],
}
WAITING = "SELECT count(*) FROM email_engagement_hit"
LIMIT = 180  # seconds after which the burst is given up
QUIET = 6  # seconds that are measured before


@dataclass
class Outcome:
    """Times in milliseconds, (median, 95th percentile); waits of other crons in
    seconds. ``lost``: hits that neither wait nor became part of an event.
    """

    seconds: float
    quiet: dict[str, tuple[float, float]]
    busy: dict[str, tuple[float, float]]
    waits_quiet: list[float]
    waits_busy: list[float]
    load: Load
    retries: int
    lost: int


class Burst:
    def __init__(self, site: Site, count: int, workers: int):
        self.site, self.count = site, count
        self.database = site.database("burst")
        self.server = Server(site, self.database, workers, 1)

    def run(self) -> Outcome:
        with tempfile.NamedTemporaryFile(prefix="bench-") as paths:
            self.site.script("seed_burst", self.database, self.count, paths.name)
            with self.server:
                return self._run(Path(paths.name))

    def _run(self, paths: Path) -> Outcome:
        self.user = User(self.server.port, self.database)
        mark = self.server.mark()
        with Beats(self, pause=1.0) as beats:
            quiet = self._watch(lambda: time.sleep(QUIET))
            waits_quiet = beats.waits()
            answers = []
            asking = threading.Thread(target=self._ask, args=(paths, answers))
            self._start_digest()
            started = time.monotonic()
            asking.start()
            busy = self._watch(self._until_digested)
            seconds = time.monotonic() - started
            asking.join()
            self._until_digested()
            waits_busy = beats.waits()
        load = answers[0]
        return Outcome(
            seconds=seconds,
            quiet=quiet,
            busy=busy,
            waits_quiet=waits_quiet,
            waits_busy=waits_busy,
            load=load,
            retries=self.server.log_since(mark).retries,
            lost=max(0, self.count + load.requests - self._accounted()),
        )

    def _watch(self, meanwhile) -> dict:
        watchers = {
            model: Watcher(self.user, model, names) for model, names in LISTS.items()
        }
        for watcher in watchers.values():
            watcher.start()
        meanwhile()
        return {model: watcher.result() for model, watcher in watchers.items()}

    def _ask(self, paths: Path, answers: list) -> None:
        answers.append(run(self.server.port, paths, 2, 8))

    def _start_digest(self) -> None:
        self.sql(
            """
            UPDATE ir_cron SET active = TRUE, nextcall = now() AT TIME ZONE 'UTC'
             WHERE id = (SELECT res_id FROM ir_model_data
                          WHERE module = 'email_engagement'
                            AND name = 'ir_cron_digest')
            """
        )
        self.wake_crons()

    def _until_digested(self) -> None:
        deadline = time.monotonic() + LIMIT
        while int(self.sql(WAITING)) and time.monotonic() < deadline:
            time.sleep(0.25)

    def _accounted(self) -> int:
        return int(self.sql(REQUESTS)) + int(self.sql(WAITING))

    def wake_crons(self) -> None:
        self.site.cluster.query(f"NOTIFY cron_trigger, '{self.database}'")

    def sql(self, sql: str) -> str:
        return self.site.cluster.query(sql, self.database)


class Beats(threading.Thread):
    """Triggers a cron once it has run, and notes how long it had to wait."""

    def __init__(self, burst: Burst, pause: float):
        super().__init__(daemon=True)
        self.burst, self.pause = burst, pause
        self._waits = []
        self._end = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc_info):
        self._end.set()
        self.join()

    def waits(self) -> list[float]:
        """Seconds of each beat since this was last asked, the current one included."""
        waits, self._waits = self._waits, []
        return waits

    def run(self):
        ran = "SELECT count(*) FROM ir_logging WHERE message = 'beat'"
        while not self._end.is_set():
            before = self.burst.sql(ran)
            self.burst.sql(
                """
                INSERT INTO ir_cron_trigger (cron_id, call_at)
                SELECT id, now() AT TIME ZONE 'UTC' FROM ir_cron
                 WHERE cron_name = 'Bench: beat'
                """
            )
            started = time.monotonic()
            self.burst.wake_crons()
            while self.burst.sql(ran) == before and not self._end.is_set():
                time.sleep(0.1)
            self._waits.append(time.monotonic() - started)
            self._end.wait(self.pause)


def rows(outcomes: list[Outcome]) -> list[list]:
    """What was measured, quiet and busy: medians of the rounds, maxima of waits."""

    def median(get):
        return statistics.median(get(outcome) for outcome in outcomes)

    result = []
    for model in LISTS:
        for place, title in enumerate(("median", "95 %")):
            result.append(
                [
                    f"list of {model}, ms, {title}",
                    median(lambda o, m=model, p=place: o.quiet[m][p]),
                    median(lambda o, m=model, p=place: o.busy[m][p]),
                ]
            )
    waits = [
        max(wait for outcome in outcomes for wait in getattr(outcome, name))
        for name in ("waits_quiet", "waits_busy")
    ]
    result.append(["longest wait of another cron, s", *waits])
    result.append(["pixel meanwhile, ms, median", None, median(lambda o: o.load.p50)])
    result.append(["pixel meanwhile, ms, 99 %", None, median(lambda o: o.load.p99)])
    result.append(["burst digested after, s", None, median(lambda o: o.seconds)])
    result.extend(
        [name, None, sum(getattr(o, name) for o in outcomes)]
        for name in ("retries", "lost")
    )
    return result
