"""The part of `./dev bench chaos` that is quick enough for `./dev test`."""

from odoo.tests import BaseCase

from benchmarks.lib.small_site import SmallSite
from benchmarks.trials.kill_digest import digest_killed
from benchmarks.trials.kill_server import server_killed


class TestChaos(BaseCase):
    def assertNothingLostOrDoubled(self, trial):
        with SmallSite() as site:
            finding = trial(site, quick=True)
        self.assertFalse(finding.broken, finding)
        self.assertTrue(finding.account.arrived, "nothing was at stake")

    def test_server_killed_in_a_burst(self):
        self.assertNothingLostOrDoubled(server_killed)

    def test_digest_killed_in_a_batch(self):
        self.assertNothingLostOrDoubled(digest_killed)
