"""A PostgreSQL of the benchmarks' own, in `.dev/bench/`.

Not the one that `./dev run` and `./dev test` share: chaos kills it, and the settings
that decide about speed (`fsync`, `synchronous_commit`) are those of production here.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from devtools.output import Failure
from devtools.paths import DEV
from devtools.postgres import PORT, USER, Server
from devtools.postgres_keeper import INITDB, Identity

BENCH = DEV / "bench"
DATA = BENCH / "postgres"

SETTINGS = {
    "listen_addresses": "",
    "max_connections": 200,
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "log_min_messages": "log",
    "log_checkpoints": "off",
    # Those of a server that must lose nothing.
    "fsync": "on",
    "synchronous_commit": "on",
}


class Cluster(Server):
    """Use it as a context manager: it is stopped at the end, however that comes.

    :param settings: of PostgreSQL, as ``name=value``, instead of ours
    """

    def __init__(self, settings: list[str] = ()):
        self._settings = [f"-c{setting}" for setting in settings]
        # A socket's path may have 107 bytes at most.
        self.folder = Path(tempfile.mkdtemp(prefix="bench-pg-"))
        super().__init__(
            {"PGHOST": str(self.folder), "PGPORT": str(PORT), "PGUSER": USER}
        )
        self.log = BENCH / "postgres.log"
        self._process = None
        self._identity = Identity()
        BENCH.mkdir(parents=True, exist_ok=True)
        self._own(self.folder)
        self._create()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc_info):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        return self._process.pid

    # Life

    def start(self) -> None:
        self._forget_dead()
        options = {**SETTINGS, "unix_socket_directories": self.folder}
        arguments = [f"-c{name}={value}" for name, value in options.items()]
        arguments += self._settings
        self._process = self._popen("postgres", "-D", str(DATA), *arguments)
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while True:
            with contextlib.suppress(Failure):
                self.query("SELECT 1")
                return
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Failure(f"PostgreSQL did not start ({self.log})")
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGINT) -> None:
        """SIGINT: a fast shutdown; SIGQUIT: as if the power had failed."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(60)

    def restart(self, number: int = signal.SIGINT, pause: float = 0.0) -> None:
        self.stop(number)
        time.sleep(pause)
        self.start()

    # Files

    def _create(self) -> None:
        if (DATA / "PG_VERSION").exists():
            return
        shutil.rmtree(DATA, ignore_errors=True)
        DATA.mkdir(parents=True)
        self._own(DATA)
        process = self._popen(
            "initdb",
            f"--pgdata={DATA}",
            *INITDB,
        )
        if process.wait():
            raise Failure(f"initdb failed ({self.log})")

    def _own(self, folder: Path) -> None:
        """Give a folder to the user that the server runs as."""
        user = self._identity.options.get("user")
        if user is not None:
            os.chown(folder, user, self._identity.options["group"])

    def _popen(self, program: str, *arguments: str) -> subprocess.Popen:
        with self.log.open("a") as log:
            # Its output goes where ours does: into the log while it starts.
            out, err = os.dup(1), os.dup(2)
            try:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
                return self._identity.popen(program, *arguments)
            finally:
                os.dup2(out, 1)
                os.dup2(err, 2)
                os.close(out)
                os.close(err)

    def _forget_dead(self) -> None:
        """End the server that a killed benchmark left behind."""
        pid_file = DATA / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
            running = "postgres" in Path(f"/proc/{pid}/comm").read_text()
            command = Path(f"/proc/{pid}/cmdline").read_text()
        except (OSError, ValueError, IndexError):
            return
        if running and str(DATA) in command:
            raise Failure("another benchmark is running, or was killed: wait for it.")
