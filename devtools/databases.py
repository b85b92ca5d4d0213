"""Databases made quickly: each level is a copy of the one below.

    base_<key>     Odoo with the modules that the addons depend on
    addons_<key>   a copy, with the addons installed
    test_<pid>     a copy for one run of the tests

A key is a hash of what the database was made from, so nothing stale is ever used and
nothing is made twice.
"""

import ast
import os
import shutil
import subprocess
from pathlib import Path

from . import expected_logs
from .odoo import environment
from .output import Failure, Step
from .paths import DATA, DEV, LOGS, ODOO_BIN, PYTHON, ROOT, addons
from .postgres import Server
from .process import run_step
from .steps import digest, lock, remove

FILESTORE = DATA / "filestore"


class Databases:
    def __init__(self, source: Path, server: Server):
        self.source = source
        self.server = server
        self.env = environment(source, server)

    # Levels

    def base(self) -> str:
        modules = standard_modules()
        name = f"base_{digest(source_version(self.source), *modules)}"
        if name not in self.server.databases():
            self._forget("base_")
            with Step(f"Database: Odoo with {', '.join(modules)}") as step:
                self.make(name, step, modules)
        return name

    def with_addons(self) -> str:
        base = self.base()
        name = f"addons_{digest(base, *addon_inputs())}"
        if name not in self.server.databases():
            self._forget("addons_")
            with Step(f"Database: {', '.join(addons())}") as step:
                log = self.make(name, step, addons(), template=base)
            if complaints := expected_logs.unexpected(log):
                self.drop(name)
                raise Failure(
                    "installing the addons logged warnings or errors:\n"
                    + "\n".join(complaints)
                )
        return name

    def for_tests(self) -> str:
        with lock(DEV / "databases.lock", "it makes the database"):
            self._forget_dead_tests()
            name = f"test_{os.getpid()}"
            self.copy(self.with_addons(), name)
        return name

    # Steps

    def copy(self, template: str, name: str) -> None:
        self.server.query(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        if (FILESTORE / template).exists():
            remove(FILESTORE / name)
            # Files of a file store are never written again: links are copies.
            shutil.copytree(FILESTORE / template, FILESTORE / name, copy_function=os.link)

    def drop(self, name: str) -> None:
        self.server.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        remove(FILESTORE / name)

    def _rename(self, old: str, new: str) -> None:
        remove(FILESTORE / new)
        if (FILESTORE / old).exists():
            (FILESTORE / old).rename(FILESTORE / new)
        self.server.query(f'ALTER DATABASE "{old}" RENAME TO "{new}"')

    def make(
        self, name: str, step: Step, modules: list[str], template="", options=()
    ) -> list[str]:
        """Install modules; the database gets its name when all went well.

        :return: the lines that Odoo logged
        """
        part = f"part_{name}"
        self.drop(part)
        if template:
            self.copy(template, part)
        log = LOGS / "database.log"
        log.unlink(missing_ok=True)
        command = [PYTHON, ODOO_BIN, "-d", part, "-i", ",".join(modules)]
        command += ["--stop-after-init", "--no-http", "--max-cron-threads=0", *options]
        run_step(step, command, log="database", env=self.env)
        self._rename(part, name)
        return log.read_text(errors="replace").splitlines()

    def _forget(self, prefix: str) -> None:
        for name in self.server.databases():
            if name.startswith(prefix):
                self.drop(name)

    def _forget_dead_tests(self) -> None:
        for name in self.server.databases():
            prefix, _, pid = name.partition("_")
            if prefix == "test" and pid.isdigit() and not is_alive(int(pid)):
                self.drop(name)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def manifest(addon: str) -> dict:
    return ast.literal_eval((ROOT / addon / "__manifest__.py").read_text())


def standard_modules() -> list[str]:
    """Modules of Odoo itself that the addons depend on."""
    own = addons()
    needed = {name for addon in own for name in manifest(addon).get("depends", ())}
    return sorted(needed - set(own) | {"mail"})


def source_version(source: Path) -> str:
    """What tells one version of Odoo's source from another."""
    release = (source / "odoo" / "release.py").read_text()
    head = ""
    if (source / ".git").exists():
        command = ["git", "-C", source, "rev-parse", "HEAD"]
        head = subprocess.run(command, capture_output=True, text=True).stdout
    return f"{source} {head} {release}"


def addon_inputs() -> list:
    """All files of the addons that an installed database may depend on."""
    files = []
    for addon in addons():
        for path in sorted((ROOT / addon).rglob("*")):
            inside = path.relative_to(ROOT / addon).parts
            if path.is_file() and not {"tests", "__pycache__"} & set(inside):
                files += [str(path.relative_to(ROOT)), path]
    return files
