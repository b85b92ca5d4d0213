"""An Odoo of the benchmarks' own: configuration, addons, databases.

The addons of this repository are copied at the start, so that a file saved while a
benchmark runs does not reach a server that it starts later on.
"""

import itertools
import os
import shutil
import subprocess
from pathlib import Path

from devtools import modules, odoo_source
from devtools.output import Failure, Step
from devtools.paths import ODOO_BIN, PYTHON, ROOT, addons
from devtools.process import die_with_parent, run_step
from devtools.steps import digest, write_atomically

from . import peers
from .cluster import BENCH, Cluster

OWN_ADDONS = ROOT / "benchmarks" / "addons"
PEERS = ["mass_mailing", "mail_tracking", "bench_noop"]

#: Databases that are kept as templates, of each kind: two versions, side by side.
KEPT = 2

NEW_IDENTITY = """
UPDATE ir_config_parameter SET value = gen_random_uuid()::text
 WHERE key = 'database.uuid'
"""

_numbers = itertools.count(1)


class Site:
    """:param source: another folder of addons to measure, instead of this checkout"""

    def __init__(self, odoo: Path, cluster: Cluster, source: Path | None = None):
        self.cluster = cluster
        self.odoo = odoo
        self.source = source or ROOT
        self.key = f"{os.getpid()}_{next(_numbers)}"
        self.snapshot = BENCH / f"addons_{self.key}"
        self.config = BENCH / f"odoo_{self.key}.conf"
        self.data_dir = BENCH / "data"
        self.made = []

    def __enter__(self):
        for name in addons():
            if (self.source / name).exists():
                ignore = shutil.ignore_patterns("__pycache__", "tests")
                shutil.copytree(self.source / name, self.snapshot / name, ignore=ignore)
        self._write_config()
        return self

    def __exit__(self, *exc_info):
        for name in list(self.made):
            self.drop(name)
        shutil.rmtree(self.snapshot, ignore_errors=True)
        self.config.unlink(missing_ok=True)

    def _write_config(self) -> None:
        folders = [
            *odoo_source.addons_folders(self.odoo),
            self.snapshot,
            OWN_ADDONS,
            peers.fetch(),
        ]
        options = {
            "addons_path": ",".join(map(str, folders)),
            "data_dir": self.data_dir,
            "db_host": self.cluster.env["PGHOST"],
            "db_port": self.cluster.env["PGPORT"],
            "db_user": self.cluster.env["PGUSER"],
            "http_interface": "127.0.0.1",
            "list_db": False,
            "admin_passwd": "bench",
        }
        self.data_dir.mkdir(parents=True, exist_ok=True)
        lines = [f"{name} = {value}" for name, value in options.items()]
        write_atomically(self.config, "\n".join(["[options]", *lines, ""]), mode=0o600)

    @property
    def env(self) -> dict:
        return {
            **os.environ,
            **self.cluster.env,
            "ODOO_RC": str(self.config),
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
        }

    # Databases

    def database(self, name: str, beside=PEERS, keep=False) -> str:
        """A new database with the addons, dropped at the end.

        :param beside: addons that are installed before ours
        :param keep: it stays, and is taken up again by the next one of this name
        """
        kept = f"bench_{name}"
        if keep and kept in self.cluster.databases():
            return kept
        own = [path.name for path in sorted(self.snapshot.iterdir())]
        standard = modules.source_version(self.odoo)
        kind = "" if beside == PEERS else f"{'_'.join(beside)}_"
        base = f"bench_{kind}base_{digest(standard, peers.OCA, *beside)}"
        self._level(base, f"Odoo with {' and '.join(beside)}", list(beside))
        files = [
            part
            for path in sorted(self.snapshot.rglob("*"))
            if path.is_file()
            for part in (str(path.relative_to(self.snapshot)), path)
        ]
        full = f"bench_{kind}full_{digest(base, *files)}"
        self._level(full, ", ".join(own), ["email_engagement"], base)
        if keep:
            self.cluster.query(f'CREATE DATABASE "{kept}" TEMPLATE "{full}"')
            return kept
        return self.copy(full, name)

    def copy(self, template: str, name: str) -> str:
        """A copy of a database, with an identity of its own; dropped at the end."""
        name = f"bench_{name}_{self.key}_{next(_numbers)}"
        self.made.append(name)
        self.cluster.query(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        # As Odoo does. What is remembered on the disk of one copy is not the others'.
        self.cluster.query(NEW_IDENTITY, name)
        return name

    def without_addons(self) -> str:
        """The name of a database with what the addon depends on, to be copied."""
        name = f"bench_mail_{digest(modules.source_version(self.odoo))}"
        self._level(name, "Odoo with mail", ["mail"])
        return name

    def drop(self, name: str) -> None:
        self.cluster.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self.spool(name), ignore_errors=True)
        self.made.remove(name)

    def spool(self, database: str) -> Path:
        """Where the addon keeps hits that the database does not take."""
        return self.data_dir / "email_engagement" / database

    def _level(self, name: str, title: str, install: list[str], template="") -> None:
        if name in self.cluster.databases():
            return
        prefix = name.rpartition("_")[0]
        known = [each for each in self.cluster.databases() if each.startswith(prefix)]
        for old in known[: max(0, len(known) - KEPT + 1)]:
            self.cluster.query(f'DROP DATABASE "{old}" WITH (FORCE)')
        part = f"part_{name}"
        self.cluster.query(f'DROP DATABASE IF EXISTS "{part}" WITH (FORCE)')
        if template:
            self.cluster.query(f'CREATE DATABASE "{part}" TEMPLATE "{template}"')
        self._load(f"Database: {title}", part, "-i", install)
        self.cluster.query(f'ALTER DATABASE "{part}" RENAME TO "{name}"')

    def install(self, name: str, addons: list[str]) -> None:
        self._load(f"Installing {', '.join(addons)}", name, "-i", addons)

    def update(self, name: str, addons: list[str]) -> None:
        self._load(f"Updating {', '.join(addons)}", name, "-u", addons)

    def _load(self, title: str, name: str, option: str, addons: list[str]) -> None:
        options = ["--stop-after-init", "--no-http", "--max-cron-threads=0"]
        command = [PYTHON, ODOO_BIN, "-d", name, option, ",".join(addons), *options]
        with Step(title) as step:
            run_step(step, command, log="bench", env=self.env)

    # Scripts

    def script(self, name: str, database: str, *arguments) -> str:
        """Run `benchmarks/inside/<name>.py`; return what it printed."""
        process = self.start_script(name, database, *arguments)
        out, err = process.communicate()
        if process.returncode:
            raise Failure(f"{name} failed:\n{err[-3000:]}")
        return out

    def start_script(self, name: str, database: str, *arguments) -> subprocess.Popen:
        command = [PYTHON, "-m", f"benchmarks.inside.{name}", database, *arguments]
        return subprocess.Popen(
            list(map(str, command)),
            env=self.env,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=die_with_parent,
        )
