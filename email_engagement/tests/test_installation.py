from unittest.mock import patch

from odoo.tests import TransactionCase

from .. import hooks
from ..models import email_engagement_health as health_model


class TestInstallation(TransactionCase):
    """Whoever installs from a command line reads the log."""

    def install(self, databases):
        with patch.object(health_model, "db_list", return_value=databases):
            hooks.post_init_hook(self.env)

    def test_says_what_is_not_possible(self):
        self.env.company.engagement_base_url = "https://mail.example.com"
        with self.assertLogs(hooks._logger, "WARNING") as logs:
            self.install(["a", "b"])
        self.assertIn("https://mail.example.com", "".join(logs.output))

    def test_says_nothing_where_it_is(self):
        with self.assertNoLogs(hooks._logger, "WARNING"):
            self.install([self.env.cr.dbname])
