"""Waiting hits as a mailing to many gets them: people, image proxies, scanners.

Who does what is drawn at random with a fixed seed, so that every run digests the same.
User agents are those of the addon's own test data.
"""

import json
import random
from datetime import datetime, timedelta

from odoo.tools import SQL

from devtools.paths import ROOT

from .bulk import settle
from .seed import followed_emails

SENT = datetime(2026, 1, 5, 8, 0, 0)  # noqa: DTZ001 - as Odoo stores it
AGENTS = ROOT / "email_engagement" / "tests" / "data"
COLUMNS = {
    "kind": "varchar",
    "trace_id": "int",
    "link_id": "int",
    "date": "timestamp",
    "head": "bool",
    "user_agent": "varchar",
    "purpose": "varchar",
    "language": "bool",
    "address": "varchar",
    "repeats": "int",
}


class Crowd:
    def __init__(self, seed: int = 19):
        self.random = random.Random(seed)
        people = json.loads((AGENTS / "user_agents_people.json").read_text())
        machines = json.loads((AGENTS / "user_agents_machines.json").read_text())
        self.people = [each["ua"] for each in people]
        self.proxies = [each["ua"] for each in machines if each["open"] == "proxy"]
        self.machines = [each["ua"] for each in machines if each["open"] != "proxy"]

    def hits_of(self, trace: int, links: list[int]) -> list[tuple]:
        """What one recipient's copy gets, as rows of ``COLUMNS``."""
        draw = self.random.random()
        if draw < 0.60:
            return self._person(trace, links)
        if draw < 0.80:
            return self._proxy(trace, links)
        if draw < 0.92:
            return self._scanner(trace, links)
        agent = self.random.choice(self.machines)
        return [self._hit("open", trace, None, self._moment(10), agent)]

    def _person(self, trace, links):
        agent, address = self.random.choice(self.people), self._address()
        hits = []
        for _visit in range(self.random.randint(1, 3)):
            moment = self._moment(7200)
            hits.append(self._hit("open", trace, None, moment, agent, address))
            if self.random.random() < 0.4:
                later = moment + timedelta(seconds=self.random.uniform(2, 40))
                link = self.random.choice(links)
                hits.append(self._hit("click", trace, link, later, agent, address))
        return hits

    def _proxy(self, trace, links):
        agent = self.random.choice(self.proxies)
        times = self.random.randint(1, 3)
        return [
            self._hit("open", trace, None, self._moment(7200), agent)
            for _time in range(times)
        ] + self._person(trace, links)[1:2]

    def _scanner(self, trace, links):
        """Every link within a second, and then the reader."""
        moment, address = self._moment(20), self._address()
        agent = self.random.choice(self.people)
        burst = [
            self._hit("click", trace, link, moment + timedelta(milliseconds=n * 200),
                      agent, address)
            for n, link in enumerate(links)
        ]  # fmt: skip
        return burst + self._person(trace, links)

    def _hit(self, kind, trace, link, moment, agent, address=None):
        head = kind == "click" and self.random.random() < 0.02
        return (kind, trace, link, moment, head, agent, "", True,
                address or self._address(), 0)  # fmt: skip

    def _moment(self, seconds):
        return SENT + timedelta(seconds=self.random.expovariate(1 / seconds))

    def _address(self):
        octets = (self.random.randint(1, 223), *self.random.choices(range(256), k=3))
        return ".".join(map(str, octets))


def let_wait(env, count: int, spread: str) -> None:
    """Put ``count`` hits into the inbox: of ``many`` traces, or all of ``one``."""
    crowd = Crowd()
    rows = []
    traces, links_of = followed_emails(
        env, count // 2 if spread == "many" else 4, sent=str(SENT)
    )
    position = 0
    while len(rows) < count:
        trace = traces[position % len(traces) if spread == "many" else 0]
        rows += crowd.hits_of(trace, links_of[trace])
        position += 1
    del rows[count:]
    rows.sort(key=lambda row: row[3])
    for start in range(0, count, 10_000):
        _insert(env, rows[start : start + 10_000])
    settle(env)


def _insert(env, rows: list[tuple]) -> None:
    columns = zip(*rows, strict=True)
    env.cr.execute(
        SQL(
            "INSERT INTO email_engagement_hit (%s) SELECT * FROM unnest(%s)",
            SQL(", ").join(map(SQL.identifier, COLUMNS)),
            SQL(", ").join(
                SQL("%s::%s[]", list(values), SQL(type_))
                for values, type_ in zip(columns, COLUMNS.values(), strict=True)
            ),
        )
    )
