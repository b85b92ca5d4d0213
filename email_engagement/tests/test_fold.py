"""tools/fold.py: what is one repeat of another."""

import doctest
import random

from odoo.tests import BaseCase

from ..tools import fold
from ..tools.fold import implied_open, implies_open, key


def counted(*hits):
    """Which of (kind, link, date) of one trace count."""
    return fold.fold([(key(1, kind, link), date) for kind, link, date in hits], {})


class TestFold(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(fold)
        self.assertGreater(result.attempted, 0)
        self.assertEqual(result.failed, 0)

    def test_windows_are_the_design_s(self):
        for kind, seconds in (("open", 10), ("click", 10), ("attachment", 60)):
            self.assertEqual(counted((kind, 5, 0), (kind, 5, seconds)), [True, False])
            self.assertEqual(
                counted((kind, 5, 0), (kind, 5, seconds + 0.001)), [True, True]
            )

    def test_the_gap_decides_not_the_first(self):
        """Somebody reads a file for ten minutes, a range each half minute: one view."""
        hits = [("attachment", 5, 30.0 * n) for n in range(20)]
        self.assertEqual(counted(*hits), [True] + [False] * 19)

    def test_other_links_are_other_clicks(self):
        self.assertEqual(counted(("click", 5, 0), ("click", 6, 1)), [True, True])

    def test_a_click_is_no_repeat_of_an_open(self):
        self.assertEqual(counted(("open", None, 0), ("click", None, 1)), [True, True])
        self.assertEqual(counted(("click", 5, 0), ("attachment", 5, 1)), [True, True])

    def test_pictures_are_the_same_open(self):
        self.assertEqual(
            counted(("open", None, 0), ("image", 3, 1), ("image", 4, 2)),
            [True, False, False],
        )

    def test_traces_do_not_mix(self):
        hits = [(key(1, "open"), 0.0), (key(2, "open"), 1.0)]
        self.assertEqual(fold.fold(hits, {}), [True, True])

    def test_late_arrival(self):
        """A hit that was stored late is a repeat of the one after it, too, and does
        not set the clock back.
        """
        seen = {}
        self.assertEqual(fold.fold([(key(1, "open"), 100.0)], seen), [True])
        self.assertEqual(fold.fold([(key(1, "open"), 95.0)], seen), [False])
        self.assertEqual(seen[key(1, "open")], 100.0)
        self.assertEqual(fold.fold([(key(1, "open"), 109.0)], seen), [False])
        self.assertEqual(fold.fold([(key(1, "open"), 50.0)], seen), [True])

    def test_any_cut_gives_the_same(self):
        """Hits folded at once, one by one, or cut anywhere: the same ones count."""
        draw = random.Random(7)
        for _round in range(200):
            date, hits = 0.0, []
            for _hit in range(draw.randrange(1, 40)):
                date += draw.choice((0, 0.5, 4, 9.9, 10, 10.1, 45, 60, 61, 300))
                kind = draw.choice(("open", "image", "click", "attachment"))
                where = draw.randrange(2), kind, draw.randrange(2)
                hits.append((key(*where), date))
            at_once = fold.fold(hits, {})
            seen, in_parts, rest = {}, [], hits
            while rest:
                size = draw.randrange(1, len(rest) + 1)
                in_parts += fold.fold(rest[:size], seen)
                rest = rest[size:]
            self.assertEqual(in_parts, at_once)

    def test_is_the_statement_of_its_docstring(self):
        """``date - lag(date) > window``, per key: SQL rebuilds what was counted."""
        draw = random.Random(11)
        for _round in range(100):
            date, hits = 0.0, []
            for _hit in range(30):
                date += draw.choice((0, 3, 10, 11, 59, 60, 61))
                kind = draw.choice(("open", "click", "attachment"))
                hits.append((key(draw.randrange(2), kind, draw.randrange(2)), date))
            lag, expected = {}, []
            for hit_key, hit_date in hits:
                gap = hit_date - lag.get(hit_key, float("-inf"))
                expected.append(gap > fold.WINDOWS[hit_key.kind])
                lag[hit_key] = hit_date
            self.assertEqual(fold.fold(hits, {}), expected)


class TestImpliedOpen(BaseCase):
    def test_what_implies(self):
        for kind in ("click", "attachment", "reply"):
            self.assertTrue(implies_open(kind, 5.0, None))
            self.assertTrue(implies_open(kind, 5.0, 5.1))
            self.assertFalse(implies_open(kind, 5.0, 5.0))
            self.assertFalse(implies_open(kind, 5.0, 4.9))
        for kind in ("open", "sent", "bounce", "alert"):
            self.assertFalse(implies_open(kind, 5.0, None))

    def test_of_a_whole_trace(self):
        self.assertIsNone(implied_open([]))
        self.assertIsNone(implied_open([("open", 1.0)]))
        self.assertIsNone(implied_open([("bounce", 1.0)]))
        self.assertIsNone(implied_open([("click", 5.0), ("open", 1.0)]))
        self.assertEqual(implied_open([("open", 9.0), ("click", 5.0)]), 5.0)
        self.assertEqual(implied_open([("click", 5.0), ("reply", 3.0)]), 3.0)

    def test_one_by_one_or_all_together(self):
        draw = random.Random(3)
        for _round in range(200):
            kinds = ("open", "click", "attachment", "reply", "bounce")
            events = [
                (draw.choice(kinds), float(draw.randrange(20)))
                for _event in range(draw.randrange(8))
            ]
            opens = [date for kind, date in events if kind == "open"]
            first_open = min(opens, default=None)
            found = [d for kind, d in events if implies_open(kind, d, first_open)]
            self.assertEqual(implied_open(events), min(found, default=None))
