"""What only happens between two real connections."""

import json

from odoo.tests import BaseCase

from benchmarks.lib.small_site import SmallSite


class TestRace(BaseCase):
    def test_first_recipient_reads_before_the_last_copy_is_sent(self):
        with SmallSite() as site:
            database = site.database("chaos")
            outcome = json.loads(site.script("race_sender", database).splitlines()[-1])
        self.assertEqual(len(outcome["sent"]), 2, "no copy is sent twice")
        self.assertEqual(outcome["errors"], [])
        self.assertEqual(outcome["states"], ["sent", "sent"])
        self.assertEqual(outcome["sent_count"], 2)
        self.assertEqual(outcome["opens"], 2, "nor is a reader forgotten")
