"""Runs the embedded PostgreSQL server until no `./dev` command needs it any more.

Started in the background by `postgres`, once per checkout (it holds `KEEPER`).
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from .paths import POSTGRES
from .postgres import CLUSTER, KEEPER, USER, USERS, binary, socket_folder
from .process import die_with_parent

#: A development server: answers quickly, and is safe when it is stopped or killed.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": 200,
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "wal_level": "minimal",
    "max_wal_senders": 0,
    "checkpoint_timeout": "30min",
    "log_min_messages": "fatal",
    "log_checkpoints": "off",
    "unix_socket_permissions": "0700",
}


class Identity:
    """Who the server runs as. PostgreSQL refuses root, so root steps down for it."""

    def __init__(self):
        self.prefix: list[str] = []
        self.options: dict = {}
        if os.geteuid() == 0:
            self._step_down()

    def _step_down(self) -> None:
        user = _unprivileged_user()
        for folder in (POSTGRES, socket_folder()):
            folder.mkdir(parents=True, exist_ok=True)
            shutil.chown(folder, user.pw_uid, user.pw_gid)
        if _may_reach(Path(binary("postgres"))) and _may_reach(POSTGRES):
            self.options = {
                "user": user.pw_uid,
                "group": user.pw_gid,
                "extra_groups": [],
            }
            return
        # The checkout is in a folder that only root may enter (like /root): keep
        # root's right to pass there, and give up everything else.
        setpriv = shutil.which("setpriv")
        if not setpriv:
            sys.exit(
                f"the user {user.pw_name} cannot reach {POSTGRES}: move the checkout, "
                "or name a server in PGHOST"
            )
        self.prefix = [
            setpriv,
            f"--reuid={user.pw_uid}",
            f"--regid={user.pw_gid}",
            # Without this, access(2) would not take that right into account.
            "--securebits=+no_setuid_fixup",
            "--clear-groups",
            "--inh-caps=-all,+dac_override",
            "--ambient-caps=-all,+dac_override",
            "--bounding-set=-all,+dac_override",
            "--pdeathsig=SIGINT",
            "--",
        ]

    def popen(self, program: str, *args: str) -> subprocess.Popen:
        return subprocess.Popen(
            [*self.prefix, binary(program), *args],
            cwd=POSTGRES,
            preexec_fn=_stop_with_keeper,
            **self.options,
        )


def _stop_with_keeper() -> None:
    die_with_parent(signal.SIGINT)


def _unprivileged_user() -> pwd.struct_passwd:
    """The user that owns the cluster already, else `postgres` or `nobody`."""
    with contextlib.suppress(OSError, KeyError):
        owner = pwd.getpwuid(CLUSTER.stat().st_uid)
        if owner.pw_uid:
            return owner
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    sys.exit("no user to run PostgreSQL as: root may not, name a server in PGHOST")


def _may_reach(path: Path) -> bool:
    """Whether any user may enter all folders above a path."""
    return all(folder.stat().st_mode & 0o001 for folder in path.parents)


#: What every cluster of this project is made with.
INITDB = (
    f"--username={USER}",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
)


def create_cluster(identity: Identity) -> None:
    if (CLUSTER / "PG_VERSION").exists():
        return
    part = POSTGRES / "data.part"
    shutil.rmtree(part, ignore_errors=True)
    process = identity.popen(
        "initdb",
        f"--pgdata={part}",
        *INITDB,
    )
    if process.wait():
        sys.exit("initdb failed")
    part.rename(CLUSTER)


def forget_dead_server() -> None:
    """Remove the pid file of a server that was killed.

    PostgreSQL takes any living process with the old number for a server, which is
    wrong in a container that starts numbering anew. This keeper is the only one that
    starts a server here, and it has just started: there can be none.
    """
    pid_file = CLUSTER / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    with contextlib.suppress(OSError):
        if "postgres" in Path(f"/proc/{pid}/comm").read_text():
            os.kill(pid, signal.SIGINT)
            _wait_for_end_of(pid)
    pid_file.unlink(missing_ok=True)


def _wait_for_end_of(pid: int) -> None:
    for _attempt in range(100):
        if not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.1)


def serve(identity: Identity) -> int:
    folder = socket_folder()
    folder.mkdir(parents=True, exist_ok=True)
    options = {**SETTINGS, "unix_socket_directories": folder}
    args = [f"-c{name}={value}" for name, value in options.items()]
    server = identity.popen("postgres", "-D", str(CLUSTER), *args)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with USERS.open("a") as users:
            while server.poll() is None and not _try_lock(users):
                time.sleep(0.2)
            # New commands wait for the lock here, until the server is gone.
            _stop(server)
    finally:
        _stop(server)
    return server.returncode


def _try_lock(handle) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _stop(server: subprocess.Popen) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        server.wait()


def main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with KEEPER.open("a") as keeper:
        if not _try_lock(keeper):
            return 0
        identity = Identity()
        create_cluster(identity)
        forget_dead_server()
        # Go on in a process that is nobody's child: Odoo, which may replace the
        # process that started this one, would wait for it.
        if os.fork():
            return 0
        os.setsid()
        return serve(identity)


if __name__ == "__main__":
    sys.exit(main())
