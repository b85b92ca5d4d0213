import tempfile
import threading
from pathlib import Path
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ..tools import known_targets
from ..tools.known_targets import DAYS_MAX, Known, KnownTargets

DAY = 86400.0
OFFER = Known("db", (7, 9), "https://example.com/offer?a=ü")


@tagged("at_install")
class TestKnownTargets(BaseCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name, "deep", "targets.sqlite")
        self.targets = KnownTargets(self.path)

    def test_another_process_knows(self):
        self.assertIsNone(self.targets.find("token"))
        self.assertFalse(self.path.exists(), "reading leaves nothing behind")
        self.assertTrue(self.targets.add([("token", OFFER)], now=0))
        self.assertEqual(KnownTargets(self.path).find("token"), OFFER)
        self.assertIsNone(self.targets.find("\udcff"))

    def test_is_private_and_names_no_token(self):
        self.targets.add([("secret-token", OFFER)], now=0)
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)
        self.assertNotIn(b"secret-token", self.path.read_bytes())

    def test_bounds(self):
        with patch.object(known_targets, "ROWS_MAX", 20):
            for day in range(30):
                self.targets.add([(f"t{day}", OFFER)], now=day * DAY / 10)
            self.assertIsNone(self.targets.find("t0"))
            self.assertEqual(self.targets.find("t29"), OFFER)
            left = sum(bool(self.targets.find(f"t{day}")) for day in range(30))
            self.assertLessEqual(left, 20)
        self.targets.add([("new", OFFER)], now=(DAYS_MAX + 4) * DAY)
        self.assertIsNone(self.targets.find("t29"))
        self.assertEqual(self.targets.find("new"), OFFER)

    def test_age_without_anything_new(self):
        self.targets.shrink(now=0)
        self.assertFalse(self.path.exists())
        self.targets.add([("old", OFFER)], now=0)
        self.targets.shrink(now=DAYS_MAX * DAY)
        self.assertEqual(self.targets.find("old"), OFFER)
        self.targets.shrink(now=(DAYS_MAX + 1) * DAY)
        self.assertIsNone(self.targets.find("old"))

    def test_forget(self):
        self.targets.forget()
        self.targets.add([("token", OFFER)], now=0)
        self.targets.forget()
        self.assertFalse(self.path.exists())
        self.assertTrue(self.targets.add([("token", OFFER)], now=0))

    def test_broken_file(self):
        self.path.parent.mkdir()
        self.path.write_bytes(b"no database at all" * 100)
        self.assertIsNone(self.targets.find("token"))
        self.assertFalse(self.targets.add([("token", OFFER)], now=0))
        self.assertTrue(self.targets.add([("token", OFFER)], now=0))
        self.assertEqual(self.targets.find("token"), OFFER)

    def test_cannot_be_written(self):
        self.path.parent.write_text("a file where the folder should be")
        self.assertFalse(self.targets.add([("token", OFFER)], now=0))
        self.assertIsNone(self.targets.find("token"))

    def test_several_at_once(self):
        def write(number):
            for n in range(20):
                self.targets.add([(f"{number}-{n}", OFFER)], now=0)

        threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.targets.find("3-19"), OFFER)
