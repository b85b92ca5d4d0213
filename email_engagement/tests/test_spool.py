import json
import os
import tempfile
import threading
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ..tools import spool as spool_module
from ..tools.limiter import Limiter
from ..tools.spool import CURRENT, Spool


@tagged("at_install")
class TestSpool(BaseCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.spool = Spool(os.path.join(folder.name, "deep", "spool"))

    def take(self):
        rows = []
        for name, part in self.spool.take():
            rows += part
            self.spool.forget(name)
        return rows

    def test_what_goes_in_comes_out(self):
        self.assertEqual(self.take(), [])
        self.assertFalse(self.spool)
        rows = [{"n": n, "text": "Zoë \u2028 \n 😀"} for n in range(3)]
        for row in rows:
            self.assertTrue(self.spool.append(row))
        self.assertTrue(self.spool)
        self.assertEqual(self.take(), rows)
        self.assertEqual(self.take(), [])
        self.assertFalse(self.spool)

    def test_is_private(self):
        self.spool.append({})
        self.assertEqual(self.spool.folder.stat().st_mode & 0o777, 0o700)
        self.assertEqual((self.spool.folder / CURRENT).stat().st_mode & 0o777, 0o600)

    def test_taker_that_died(self):
        """Its file keeps its name, so that it is known whether it was stored."""
        self.spool.append({"n": 1})
        ((name, _rows),) = self.spool.take()
        self.spool.append({"n": 2})
        again = dict(self.spool.take())
        self.assertEqual(again[name], [{"n": 1}])
        self.assertEqual(sorted(map(len, again.values())), [1, 1])

    def test_line_that_was_cut(self):
        self.spool.append({"n": 1})
        with open(self.spool.folder / CURRENT, "a") as file:
            file.write('[1]\n"text"\n{"n": 2, "te')
        self.assertEqual(self.take(), [{"n": 1}])

    def test_full(self):
        self.spool.append({"n": 1})
        with patch.object(spool_module, "SIZE_MAX", 3):
            self.assertFalse(self.spool.append({"n": 2}))
        self.assertEqual(self.take(), [{"n": 1}])

    def test_writers_and_takers_at_once(self):
        """No line is lost between a writer's open and a taker's rename."""
        taken = []
        done = threading.Event()

        def write(writer):
            for n in range(200):
                self.spool.append({"writer": writer, "n": n})

        def read():
            while not done.is_set():
                taken.extend(self.take())

        writers = [threading.Thread(target=write, args=(w,)) for w in range(4)]
        reader = threading.Thread(target=read)
        for thread in (*writers, reader):
            thread.start()
        for thread in writers:
            thread.join()
        done.set()
        reader.join()
        taken.extend(self.take())
        self.assertEqual(len(taken), 800)
        self.assertEqual(len({json.dumps(row) for row in taken}), 800)


@tagged("at_install")
class TestLimiter(BaseCase):
    def test_bound(self):
        limiter = Limiter()
        allowed = [limiter.allow("a", 3, 100.0) for _n in range(10)]
        self.assertEqual(sum(allowed), 3)
        self.assertTrue(limiter.allow("b", 3, 100.0))
        self.assertTrue(limiter.allow("a", 3, 160.0), "a new minute")
        for _n in range(7):
            limiter.count("a")
        self.assertEqual(limiter.drain(), {"a": 7})
        self.assertEqual(limiter.drain(), {})

    def test_no_bound(self):
        limiter = Limiter()
        self.assertTrue(all(limiter.allow("a", 0, 0.0) for _n in range(1000)))
        self.assertEqual(limiter.drain(), {})
