"""What a trial needs of a `Site`, made of the database that `./dev test` has anyway."""

import os
import shutil
import tempfile
from pathlib import Path

from devtools import postgres
from devtools.databases import Databases
from devtools.paths import ODOO_CONF, ROOT, addons
from devtools.steps import write_atomically
from devtools.test import BESIDE

from .cluster import BENCH
from .site import Site


class SmallSite(Site):
    """On the tests' own PostgreSQL, which only the trials of Odoo's death can use.

    It has one database at a time.
    """

    def __init__(self):
        self.cluster = postgres.connect()
        self.databases = Databases(Path(os.environ["ODOO_SOURCE"]), self.cluster)
        self.made = []
        self.data_dir = Path(tempfile.mkdtemp(prefix="chaos-"))
        self.config = self.data_dir / "odoo.conf"

    def __enter__(self):
        BENCH.mkdir(parents=True, exist_ok=True)
        lines = ODOO_CONF.read_text().splitlines()
        lines = [line for line in lines if not line.startswith("data_dir")]
        lines += [f"data_dir = {self.data_dir}", "list_db = False", ""]
        write_atomically(self.config, "\n".join(lines), mode=0o600)
        return self

    def __exit__(self, *exc_info):
        for name in list(self.made):
            self.drop(name)
        shutil.rmtree(self.data_dir, ignore_errors=True)
        self.cluster.release()

    def use_addons(self, folder: Path) -> None:
        """Have Odoo load the addons from another folder than this repository."""
        text = self.config.read_text()
        assert f",{ROOT}" in text, "no addons of this repository in the configuration"
        text = text.replace(f",{ROOT}", f",{folder}")
        write_atomically(self.config, text, mode=0o600)

    def drop(self, name: str) -> None:
        self.databases.drop(name)
        self.made.remove(name)

    def database(self, name: str) -> str:
        copy = f"{name}_{os.getpid()}"
        template = self.databases.with_addons("tests", addons(), BESIDE)
        self.databases.drop(copy)
        self.made.append(copy)
        self.databases.copy(template, copy)
        return copy
