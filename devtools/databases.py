"""Databases made quickly: each level is a copy of the one below.

    base_<version>_<key>   Odoo with some of its own modules
    addons_<kind>_<key>    a copy, with addons of this repository installed
    assets_<addons>        a copy with all that a browser loads
    test_<pid>             a copy for one run of the tests
    chaos_<pid>            a copy for the tests that kill servers

A key is a hash of what the database was made from, so nothing stale is ever used and
nothing is made twice.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from . import expected_logs, modules
from .odoo import environment
from .output import Failure, Step, say
from .paths import DATA, DEV, LOGS, ODOO_BIN, PYTHON, ROOT
from .postgres import Server
from .process import run_step
from .steps import digest, lock, remove

FILESTORE = DATA / "filestore"
ASSETS = "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()"


class Databases:
    def __init__(self, source: Path, server: Server):
        self.source = source
        self.server = server
        self.env = environment(source, server)

    # Levels

    def base(self, names: list[str], demo: bool) -> str:
        """Odoo with some of its own modules."""
        version = digest(modules.source_version(self.source))
        self._forget("base_", keep=f"base_{version}_")
        name = f"base_{version}_{digest(demo, *names)}"
        title = f"Database: Odoo with {', '.join(names)}"
        title += " and demo data" if demo else ""
        # Whatever there is besides comes quickly in a copy of the most usual one.
        template = self.base(["mail"], demo) if set(names) > {"mail"} else ""
        return self._level(name, title, names, demo, template)

    def with_addons(self, kind: str, addons: list[str], more=(), demo=False) -> str:
        """Addons of this repository and what they depend on.

        Fails if the installation logs a warning or an error.
        """
        base = self.base(sorted({*modules.standard(addons), *more}), demo)
        name = f"addons_{kind}_{digest(base, *modules.files(addons))}"
        self._forget(f"addons_{kind}_", keep=name)
        title = f"Database: installing {', '.join(addons)}"
        title += " with demo data" if demo else ""
        return self._level(name, title, addons, demo, base, strict=True)

    def for_tests(self, addons: list[str], more: list[str], browser=False) -> str:
        """:param browser: with all that a browser loads, which takes a while"""
        with lock(DEV / "databases.lock", "it makes the database"):
            self._forget_dead_tests()
            name = f"test_{os.getpid()}"
            template = self.with_addons("tests", addons, more)
            if browser:
                template = self._with_assets(template)
            self.copy(template, name)
        return name

    def _with_assets(self, template: str) -> str:
        """Scripts and style sheets ready to be served. A test that has to make them
        keeps its browser waiting, and they are gone with it.
        """
        name = f"assets_{template}"
        self._forget("assets_", keep=name)
        if name not in self.server.databases():
            with Step("Database: scripts and style sheets"):
                self.drop(f"part_{name}")
                self.copy(template, f"part_{name}")
                self.shell(f"part_{name}", ASSETS)
            self.rename(f"part_{name}", name)
        return name

    # Steps

    def shell(self, name: str, script: str) -> str:
        """Run lines in `odoo shell`; return what they printed."""
        done = subprocess.run(
            [PYTHON, ODOO_BIN, "shell", "-d", name, "--no-http"],
            input=script,
            env={**self.env, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Failure(f"odoo shell failed:\n{done.stderr}")
        return done.stdout

    def _level(self, name, title, names, demo, template="", strict=False) -> str:
        if name in self.server.databases():
            return name
        with Step(title) as step:
            log = self.make(f"part_{name}", step, names, demo, template)
        complaints = expected_logs.unexpected(log)
        if complaints and strict:
            self.drop(f"part_{name}")
            say("\n".join(complaints))
            raise Failure(f"installing {', '.join(names)} logged what is above.")
        self.rename(f"part_{name}", name)
        return name

    def make(self, name: str, step: Step, names, demo: bool, template="") -> list[str]:
        """Install modules in a new database; return the lines that Odoo logged."""
        self.drop(name)
        if template:
            self.copy(template, name)
        log = LOGS / "database.log"
        log.unlink(missing_ok=True)
        self.install(name, step, ["-i", ",".join(names)], demo, log.stem)
        return log.read_text(errors="replace").splitlines()

    def install(self, name: str, step: Step, what: list, demo: bool, log: str) -> None:
        """Let Odoo install (`-i`) or update (`-u`) modules."""
        options = ["--stop-after-init", "--no-http", "--max-cron-threads=0"]
        if demo:
            options.append("--with-demo")
        step.show = _progress
        command = [PYTHON, ODOO_BIN, "-d", name, *what, *options]
        run_step(step, command, log=log, env=self.env)

    def copy(self, template: str, name: str) -> None:
        self.server.query(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        if (FILESTORE / template).exists():
            remove(FILESTORE / name)
            # Files of a file store are never written again: links are copies.
            shutil.copytree(
                FILESTORE / template, FILESTORE / name, copy_function=os.link
            )

    def rename(self, old: str, new: str) -> None:
        remove(FILESTORE / new)
        if (FILESTORE / old).exists():
            (FILESTORE / old).rename(FILESTORE / new)
        self.server.query(f'ALTER DATABASE "{old}" RENAME TO "{new}"')

    def drop(self, name: str) -> None:
        self.server.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        remove(FILESTORE / name)

    def _forget(self, prefix: str, keep: str) -> None:
        for name in self.server.databases():
            if name.startswith(prefix) and not name.startswith(keep):
                self.drop(name)

    def _forget_dead_tests(self) -> None:
        for name in self.server.databases():
            prefix, _, pid = name.partition("_")
            if (
                prefix in ("test", "chaos")
                and pid.isdigit()
                and not _is_alive(int(pid))
            ):
                self.drop(name)


def _progress(line: str) -> str:
    """What a line of Odoo's log tells about how far it is."""
    found = re.search(r"Loading module (\w+) \((\d+)/(\d+)\)", line)
    return f"{found[2]} of {found[3]}: {found[1]}" if found else ""


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
