import queue

from odoo.tests import BaseCase

from ..tools.later import Later


class TestLater(BaseCase):
    def test_once_for_all_who_ask(self):
        done = queue.Queue()
        later = Later(done.put)
        for key in ("one", "one", "other", "one"):
            later.ask(key, 0.05)
        self.assertEqual({done.get(timeout=10), done.get(timeout=10)}, {"one", "other"})
        with self.assertRaises(queue.Empty):
            done.get(timeout=0.2)

    def test_who_asks_while_it_is_done_asks_anew(self):
        done, asked = queue.Queue(), []

        def run(key):
            done.put(key)
            asked.append(key)
            if len(asked) == 1:
                later.ask(key, 0.01)

        later = Later(run)
        later.ask("one", 0.01)
        self.assertEqual([done.get(timeout=10), done.get(timeout=10)], ["one", "one"])
