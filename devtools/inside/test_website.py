"""What Odoo's `website` makes of addresses and requests, in a database that has it."""

import subprocess
import sys

import pytest

from odoo.tests import BaseCase

from benchmarks.lib.small_site import SmallSite
from devtools.output import Step
from devtools.paths import ROOT

CASES = ROOT / "devtools" / "inside" / "website_cases.py"


class TestWebsite(BaseCase):
    # Odoo is loaded twice, once to install: half a minute, more on a busy machine.
    @pytest.mark.timeout(900)
    def test_with_website(self):
        with SmallSite() as site:
            database = site.database("chaos")
            with Step("Database: installing website") as step:
                site.databases.install(
                    database, step, ["-i", "website"], demo=False, log="website"
                )
            command = [
                *(sys.executable, "-m", "pytest", CASES, "-q"),
                f"--config-file={ROOT / 'pyproject.toml'}",
                f"--rootdir={ROOT}",
                f"--odoo-config={site.config}",
                f"--odoo-database={database}",
                "--odoo-http",
            ]
            done = subprocess.run(
                list(map(str, command)), capture_output=True, text=True
            )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
