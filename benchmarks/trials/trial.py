"""What the trials have in common: a database of their own, a server, a verdict."""

import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.lib.server import Server
from benchmarks.lib.site import Site

from .ledger import Account, Ledger, Link

#: As an administrator would have it: also answers while there is no database.
SERVER_WIDE = "--load=base,rpc,web,email_engagement"
WAITING = "SELECT count(*) FROM email_engagement_hit"


@dataclass
class Finding:
    """What one trial found. ``broken``: what must not be, in words."""

    title: str
    account: Account
    longest: float | None = None
    notes: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def expect(self, good: bool, otherwise: str) -> None:
        if not good:
            self.broken.append(otherwise)


class Trial:
    """A context: the database is dropped at the end.

    :param links: number of links that can be followed
    :param waiting: they have been followed, and wait for the digest
    """

    def __init__(self, site: Site, links: int, waiting: bool = False):
        self.site, self.cluster = site, site.cluster
        self.database = site.database("chaos")
        self.ledger = Ledger()
        with tempfile.NamedTemporaryFile(prefix="bench-") as file:
            options = ["--waiting"] if waiting else []
            site.script("seed_chaos", self.database, links, file.name, *options)
            self.links = Link.read(Path(file.name))
        # Before it PostgreSQL does not log each step of a copied database's sequences,
        # which would go back in a crash and give numbers twice.
        self.cluster.query("CHECKPOINT")
        if waiting:
            self.ledger.sent.update(self.links)
            self.ledger.arrived.update(self.links)

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.site.drop(self.database)

    def server(self, workers: int = 2, crons: int = 1) -> Server:
        return Server(self.site, self.database, workers, crons, SERVER_WIDE)

    def cron_server(self) -> Server:
        """Crons in a server of their own, whose HTTP nobody asks for.

        It has workers: the cron thread of a threaded server that loses its database
        dies and is not missed; a server with workers ends itself and is started again.
        """
        return Server(self.site, self.database, 1, 1)

    def sql(self, sql: str) -> str:
        return self.cluster.query(sql, self.database)

    def spooled(self) -> int:
        """Files in the spool."""
        folder = self.site.spool(self.database)
        return len(list(folder.iterdir())) if folder.is_dir() else 0

    def wait_until_digested(self, seconds: float = 240) -> float | None:
        """Seconds until neither inbox nor spool holds anything; None: it never was."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            if not self.spooled() and not int(self.sql(WAITING)):
                return time.monotonic() - started
            time.sleep(0.2)
        return None

    def finding(self, title: str, **values) -> Finding:
        """The verdict that all trials have in common."""
        account = Account.of(self.ledger, self.cluster, self.database)
        finding = Finding(title, account, **values)
        finding.expect(not account.lost, f"{account.lost} answered, but not stored")
        finding.expect(not account.doubled, f"{account.doubled} stored twice")
        finding.expect(not self.ledger.astray, f"{self.ledger.astray} led astray")
        return finding


class Supervisor(threading.Thread):
    """Starts servers again that end by themselves, as systemd does (Restart=always)."""

    def __init__(self, servers: list[Server], pause: float = 1.0):
        super().__init__(daemon=True)
        self.servers, self.pause = servers, pause
        self._end = threading.Event()

    def __enter__(self):
        for server in self.servers:
            if not server.process:
                server.start(wait=False)
        self.start()
        return self

    def __exit__(self, *exc_info):
        self._end.set()
        self.join()
        for server in self.servers:
            server.stop()

    def run(self):
        while not self._end.wait(self.pause):
            for server in self.servers:
                if server.process.poll() is not None:
                    server.kill()  # what is left of its process group
                    server.start(wait=False)
