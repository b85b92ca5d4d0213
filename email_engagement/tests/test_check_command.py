import io
import os
import subprocess
import sys
from argparse import Namespace
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import NamedTemporaryFile
from unittest.mock import patch

from odoo.cli.command import find_command
from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools import config, mute_logger

from ..tools import setup_check
from ..wizard.email_engagement_check_trial import Trial

LEVELS = {
    "ok": setup_check.ok("crons_ok"),
    "warning": setup_check.warning("country_missing"),
    "error": setup_check.error("digest_failed"),
}


@tagged("post_install", "-at_install")
class TestCheckCommand(TransactionCase):
    def status(self, found=(), **options):
        """:return: exit status, standard output, standard error"""
        options = {"company": None, "email": None, "no_mail": True, **options}
        options.setdefault("database", self.env.cr.dbname)
        command = find_command("engagement_check")()
        steps = patch.object(Trial, "steps", lambda _trial: [("crons", lambda: found)])
        output, errors = io.StringIO(), io.StringIO()
        with (
            steps,
            redirect_stdout(output),
            redirect_stderr(errors),
            self.enter_registry_test_mode(),
        ):
            status = command._status(Namespace(**options))
        return status, output.getvalue(), errors.getvalue()

    def test_status(self):
        for expected, level in enumerate(("ok", "warning", "error")):
            status, output, _errors = self.status([LEVELS["ok"], LEVELS[level]])
            self.assertEqual(status, expected)
            self.assertIn(f"\n{level} ", "\n" + output)
        self.assertIn("-> Odoo's log says why.", output)
        self.assertFalse(self.env["email.engagement.check"].search([]))

    def test_not_made(self):
        status, _output, errors = self.status(company=2**31 - 1)
        self.assertEqual(status, 2)
        self.assertIn("no such company", errors)

    def test_breaks_off(self):
        checks = self.registry["email.engagement.check"]
        broken = patch.object(checks, "_run", side_effect=ZeroDivisionError)
        with broken, mute_logger("odoo.cli.engagement_check"):
            self.assertEqual(self.status()[0], 2)


class TestCheckProgram(BaseCase):
    """As scripts call it, where nothing names the addons but what they say."""

    def run_odoo(self, *args, **env):
        clean = {k: v for k, v in os.environ.items() if k != "ODOO_RC"}
        clean.update(env, PYTHONPATH=os.pathsep.join(sys.path), HOME="/nonexistent")
        return subprocess.run(
            [sys.executable, "-m", "odoo", *args],
            env=clean,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def test_named_by_the_environment(self):
        """The option -c comes too late for Odoo to find the command."""
        with NamedTemporaryFile("w", suffix=".conf") as file:
            file.write(f"[options]\naddons_path = {','.join(config['addons_path'])}\n")
            file.flush()
            done = self.run_odoo("engagement_check", "--help", ODOO_RC=file.name)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("--no-mail", done.stdout)

    def test_options_of_the_server(self):
        """Among them those of the database server, which nobody reaches here."""
        folder = Path(__file__).parents[2]
        done = self.run_odoo(
            f"--addons-path={folder}",
            "engagement_check",
            *("-d", "no_such_database"),
            *("--db_host", "127.0.0.1", "--db_port", "9"),
        )
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("could not be made", done.stderr)
