"""Used, updated, upgraded, uninstalled: one database, one step after the other."""

import json
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from odoo.tests import BaseCase

from benchmarks.inside.catalogue import CATALOGUE
from benchmarks.lib.small_site import SmallSite
from devtools import modules
from devtools.paths import ROOT, addons
from devtools.test import BESIDE

ADDON = "email_engagement"
NEXT = "19.0.99.0.0"
#: Leaves a trace of itself that is gone with the addon.
MIGRATION = """
def migrate(cr, version):
    cr.execute(
        "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)",
        ["email_engagement.test_{step}", version],
    )
"""
STEPS = ("end", "post", "pre")
#: What Odoo itself keeps of an addon that is there and not installed.
OF_ADDONS_THERE = {
    "ir_module_module.name",
    "ir_module_module.icon",
    "ir_module_module_dependency.name",
    "ir_model_data.name",
}
#: Tables in which Odoo describes addons: it writes them anew with every update.
WRITTEN_BY_UPDATES = {
    "ir_act_window_view",
    "ir_attachment",
    "ir_config_parameter",
    "ir_cron_trigger",
    "ir_model",
    "ir_model_data",
    "ir_model_fields",
    "ir_model_fields_selection",
    "ir_module_module",
    "ir_ui_view",
    "orm_signaling_registry",
}


# Odoo is loaded ten times: a minute or two, and more on a machine with other work.
@pytest.mark.timeout(1800)
class TestLifecycle(BaseCase):
    maxDiff = None

    def test_update_upgrade_uninstall(self):
        with SmallSite() as site:
            database = site.database("chaos")
            site.script("lifecycle", database, "use")
            used = self.look(site, database)
            self.assertTrue(used["files"])
            self.assertTrue(used["kept"]["activities"])

            with self.subTest("update"):
                site.update(database, [ADDON])
                self.assertUnchanged(used, self.look(site, database))

            with self.subTest("upgrade"):
                scripts = {f"{s}-log.py": MIGRATION.format(step=s) for s in STEPS}
                site.use_addons(self.next_version(scripts))
                for _number in range(2):  # a script that ran again would fail
                    site.update(database, [ADDON])
                self.assertUnchanged(used, self.look(site, database))
                ran = site.cluster.query(
                    "SELECT key, value FROM ir_config_parameter"
                    " WHERE key LIKE 'email_engagement.test%' ORDER BY key",
                    database,
                )
                version = modules.manifest(ADDON)["version"]
                self.assertEqual(
                    ran.splitlines(),
                    [f"email_engagement.test_{step}|{version}" for step in STEPS],
                )

            with self.subTest("uninstall"):
                site.script("lifecycle", database, "uninstall")
                self.assertGone(site, used, self.look(site, database))

    def look(self, site, database) -> dict:
        return json.loads(site.script("lifecycle", database, "look").splitlines()[-1])

    def assertUnchanged(self, before, after):
        """Neither schema nor data."""
        self.assertEqual(after["catalogue"], before["catalogue"])
        self.assertEqual(after["kept"], before["kept"])
        changed = {
            table
            for table, checksum in before["rows"].items()
            if after["rows"][table] != checksum
        }
        self.assertLessEqual(changed, WRITTEN_BY_UPDATES)

    def assertGone(self, site, before, after):
        """As in a database that never had it, but for the users' own."""
        needed = sorted({*modules.standard(addons()), *BESIDE})
        without = site.cluster.query(
            CATALOGUE, site.databases.base(needed, demo=False)
        ).splitlines()
        self.assertEqual(after["installed"], 0)
        self.assertEqual(after["files"], [])
        named = after["named"].items()
        self.assertEqual({k: v for k, v in named if k not in OF_ADDONS_THERE}, {})
        self.assertLessEqual(
            set(after["named"]["ir_model_data.name"]),
            {f"module_{name}" for name in addons()},
        )
        self.assertEqual(set(after["catalogue"]), set(without))
        self.assertEqual(after["kept"], before["kept"])

    def next_version(self, scripts: dict[str, str]) -> Path:
        """A folder of addons like ours, of the next version.

        :param scripts: migrations of it, by the names of their files
        """
        folder = Path(tempfile.mkdtemp(prefix="next-"))
        self.addCleanup(shutil.rmtree, folder)
        for name in addons():
            ignore = shutil.ignore_patterns("__pycache__", "tests")
            shutil.copytree(ROOT / name, folder / name, ignore=ignore)
        manifest = folder / ADDON / "__manifest__.py"
        text = manifest.read_text()
        manifest.write_text(re.sub(r'("version": )"[^"]+"', rf'\1"{NEXT}"', text))
        migrations = folder / ADDON / "migrations" / NEXT
        migrations.mkdir(parents=True)
        for name, script in scripts.items():
            (migrations / name).write_text(script)
        return folder
