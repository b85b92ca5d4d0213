"""tools/kpi.py: formulas against published values."""

import doctest
import math

from odoo.tests import BaseCase

from ..tools import kpi


class TestWilson(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(kpi)
        self.assertGreater(result.attempted, 0)
        self.assertEqual(result.failed, 0)

    def test_published(self):
        """Newcombe 1998, Stat. Med. 17:857-872, table I, method 3."""
        for count, sample, low, high in (
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0000, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ):
            found = kpi.wilson(count, sample)
            self.assertEqual((round(found.low, 4), round(found.high, 4)), (low, high))

    def test_ends_are_exact(self):
        for sample in (1, 3, 20, 29, 97, 1000, 12345):
            self.assertEqual(kpi.wilson(0, sample).low, 0.0)
            self.assertEqual(kpi.wilson(sample, sample).high, 1.0)
            self.assertLess(kpi.wilson(0, sample).high, 1.0)

    def test_mirrored(self):
        """Successes and failures exchanged: the same interval from the other end."""
        for count, sample in ((1, 29), (15, 148), (3, 7)):
            one, other = kpi.wilson(count, sample), kpi.wilson(sample - count, sample)
            self.assertAlmostEqual(one.low, 1 - other.high, places=12)
            self.assertAlmostEqual(one.high, 1 - other.low, places=12)

    def test_bounds_solve_the_score_equation(self):
        """Wilson 1927: at a bound, the observed share is just z errors away."""
        z = 1.959963984540054
        for count, sample in ((81, 263), (1, 29), (19, 20)):
            for bound in kpi.wilson(count, sample):
                error = math.sqrt(bound * (1 - bound) / sample)
                self.assertAlmostEqual(abs(count / sample - bound) / error, z, places=6)

    def test_wider_with_more_confidence(self):
        sure, usual = kpi.wilson(5, 20, 0.99), kpi.wilson(5, 20)
        self.assertLess(sure.low, usual.low)
        self.assertGreater(sure.high, usual.high)

    def test_nonsense(self):
        for count, sample in ((1, 0), (-1, 5), (6, 5), (0, 0)):
            with self.assertRaises(ValueError):
                kpi.wilson(count, sample)
        for confidence in (0, 1, 95):
            with self.assertRaises(ValueError):
                kpi.wilson(1, 2, confidence)


class TestRate(BaseCase):
    def test_percent_with_sample_and_interval(self):
        rate = kpi.rate(81, 263)
        self.assertAlmostEqual(rate.percent, 30.798, places=3)
        self.assertEqual(rate.sample, 263)
        self.assertEqual((round(rate.low, 2), round(rate.high, 2)), (25.53, 36.62))

    def test_no_sample_no_rate(self):
        self.assertEqual(kpi.rate(0, 0), (None, 0, None, None))

    def test_nobody_is_a_rate(self):
        self.assertEqual(kpi.rate(0, 20).percent, 0.0)

    def test_nonsense(self):
        with self.assertRaises(ValueError):
            kpi.rate(1, 0)

    def test_pooled_is_weighted(self):
        self.assertEqual(kpi.pooled([(9, 10), (10, 90)]), 0.19)  # not 0.505
        self.assertIsNone(kpi.pooled([]))
        self.assertIsNone(kpi.pooled([(0, 0)]))
        with self.assertRaises(ValueError):
            kpi.pooled([(2, 1)])


class TestRecommended(BaseCase):
    def test_open_rate_or_reply_rate(self):
        # 15 of 20: Wilson 0.5313..0.8881
        self.assertTrue(kpi.recommended(20, 15, 0, 0.53, 0.9))
        self.assertFalse(kpi.recommended(20, 15, 0, 0.54, 0.9))
        self.assertTrue(kpi.recommended(20, 0, 15, 0.9, 0.53))
        self.assertFalse(kpi.recommended(20, 0, 0, 0.0, 0.0))

    def test_not_before_the_sample(self):
        self.assertFalse(kpi.recommended(19, 19, 19, 0.1, 0.1))
        self.assertTrue(kpi.recommended(20, 20, 20, 0.1, 0.1))
        self.assertTrue(kpi.recommended(5, 5, 0, 0.1, None, min_sample=5))

    def test_nothing_to_compare_with(self):
        self.assertFalse(kpi.recommended(50, 50, 50, None, None))
        self.assertFalse(kpi.recommended(0, 0, 0, 0.2, 0.2, min_sample=0))

    def test_the_only_template_is_never_better_than_itself(self):
        for opened in range(41):
            self.assertFalse(kpi.recommended(40, opened, 0, opened / 40, None))

    def test_clearly_worse(self):
        # 1 of 29: Wilson 0.0061..0.1718
        self.assertTrue(kpi.clearly_worse(1, 29, 0.172))
        self.assertFalse(kpi.clearly_worse(1, 29, 0.171))
        self.assertFalse(kpi.clearly_worse(0, 19, 0.9))
        self.assertTrue(kpi.clearly_worse(0, 20, 0.9))
        self.assertFalse(kpi.clearly_worse(0, 20, None))
        self.assertFalse(kpi.clearly_worse(0, 0, 0.5, min_sample=0))

    def test_on_the_bound_is_neither(self):
        low, high = kpi.wilson(7, 30)
        self.assertFalse(kpi.recommended(30, 7, 0, low, None))
        self.assertFalse(kpi.clearly_worse(7, 30, high))

    def test_one_mail_can_be_enough_if_one_says_so(self):
        self.assertTrue(kpi.recommended(1, 1, 0, 0.2, None, min_sample=1))
        self.assertTrue(kpi.clearly_worse(0, 1, 0.8, min_sample=0))


class TestDifference(BaseCase):
    # Newcombe 1998, Stat. Med. 17:873-890, table II, method 10
    PUBLISHED = (
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0000),
        (10, 10, 0, 10, 0.6075, 1.0000),
    )

    def test_published(self):
        for *counts, low, high in self.PUBLISHED:
            found = kpi.difference(*counts)
            self.assertEqual(
                (round(found.low, 4), round(found.high, 4)), (low, high), counts
            )

    def test_exchanged(self):
        for a, of_a, b, of_b, *_bounds in self.PUBLISHED:
            one = kpi.difference(a, of_a, b, of_b)
            other = kpi.difference(b, of_b, a, of_a)
            self.assertAlmostEqual(one.low, -other.high)
            self.assertAlmostEqual(one.high, -other.low)

    def test_empty_sample(self):
        with self.assertRaises(ValueError):
            kpi.difference(0, 0, 1, 2)


class TestSampleSize(BaseCase):
    def test_published(self):
        """R's own example: power.prop.test(p1 = .50, p2 = .75, power = .90) is 76.7;
        the others are of the table in Fleiss, Levin & Paik (and of that function).
        """
        self.assertEqual(kpi.sample_size(0.50, 0.75, power=0.90), 77)
        self.assertEqual(kpi.sample_size(0.10, 0.20), 199)
        self.assertEqual(kpi.sample_size(0.20, 0.30), 294)
        self.assertEqual(kpi.sample_size(0.60, 0.70), 356)

    def test_symmetric(self):
        self.assertEqual(kpi.sample_size(0.1, 0.2), kpi.sample_size(0.2, 0.1))
        self.assertEqual(kpi.sample_size(0.1, 0.2), kpi.sample_size(0.9, 0.8))

    def test_no_difference_needs_no_end_of_mails(self):
        self.assertIsNone(kpi.sample_size(0.3, 0.3))

    def test_that_many_do_show_it(self):
        """With the size asked for, the rates as they are make a real difference."""
        for share_a, share_b in ((0.1, 0.2), (0.5, 0.75), (0.05, 0.15)):
            size = kpi.sample_size(share_a, share_b)
            counts = round(share_a * size), size, round(share_b * size), size
            self.assertLess(kpi.difference(*counts).high, 0)


class TestCompare(BaseCase):
    def test_really_better(self):
        found = kpi.compare(56, 70, 48, 80)
        self.assertEqual((found.verdict, found.more), ("a", 0))
        self.assertAlmostEqual(found.difference, 20.0)
        self.assertEqual((round(found.low, 2), round(found.high, 2)), (5.24, 33.39))
        self.assertEqual(kpi.compare(48, 80, 56, 70).verdict, "b")

    def test_not_enough_mails_yet(self):
        # 30 % against 20 %: 294 each, and 100 each are there
        found = kpi.compare(30, 100, 20, 100)
        self.assertEqual((found.verdict, found.more), ("more", 388))

    def test_what_one_variant_has_too_much_is_no_gain(self):
        # 25 % against 20 % asks for more than 1 000 each; A has 200 to spare
        needed = kpi.sample_size(0.25, 0.2)
        self.assertLess(needed, 1200)
        found = kpi.compare(300, 1200, 20, 100)
        self.assertEqual((found.verdict, found.more), ("more", needed - 100))

    def test_below_the_minimum_nothing_is_real(self):
        """10 of 10 against 0 of 10 leaves out zero; it is still too early."""
        found = kpi.compare(10, 10, 0, 10)
        self.assertGreater(found.low, 0)
        self.assertEqual((found.verdict, found.more), ("more", 20))

    def test_no_mails(self):
        self.assertEqual(kpi.compare(0, 0, 0, 0), (None, None, None, "more", 40))
        self.assertEqual(kpi.compare(0, 0, 5, 30), (None, None, None, "more", 20))
        self.assertEqual(kpi.compare(0, 0, 5, 30, min_sample=0)[3:], ("more", 1))

    def test_equal_rates_ask_for_a_finite_number(self):
        found = kpi.compare(5, 25, 5, 25)
        self.assertEqual(found.verdict, "more")
        # five points around 20 %: 17.5 % against 22.5 %
        self.assertEqual(found.more, 2 * (kpi.sample_size(0.175, 0.225) - 25))

    def test_no_difference_worth_the_name(self):
        found = kpi.compare(1000, 5000, 1005, 5000)
        self.assertEqual((found.verdict, found.more), ("none", 0))

    def test_no_difference_even_before_the_sample_is_full(self):
        """With 100 each and no reply, five points are out of the question."""
        self.assertGreater(kpi.sample_size(0, 0.05), 100)
        self.assertEqual(kpi.compare(0, 100, 0, 100).verdict, "none")

    def test_nobody_opens_either(self):
        """Five points from there: 0 % against 5 %, 95 % against 100 %."""
        missing = 2 * (kpi.sample_size(0, 0.05) - 20)
        for count in (0, 20):
            found = kpi.compare(count, 20, count, 20)
            self.assertEqual((found.verdict, found.more), ("more", missing))
        self.assertEqual(kpi.compare(0, 3000, 0, 3000).verdict, "none")
        self.assertEqual(kpi.compare(3000, 3000, 3000, 3000).verdict, "none")

    def test_more_leads_to_an_end(self):
        """Sending what is asked for, at the same rates, ends the question."""
        for a, b, size in ((3, 5, 20), (10, 11, 40), (30, 30, 60), (0, 1, 25)):
            counts = [a, size, b, size]
            for _round in range(6):
                found = kpi.compare(*counts)
                if found.verdict != "more":
                    break
                grown = counts[1] + -(-found.more // 2)
                counts = [
                    round(a * grown / size),
                    grown,
                    round(b * grown / size),
                    grown,
                ]
            self.assertNotEqual(found.verdict, "more", (a, b, size))

    def test_nonsense(self):
        with self.assertRaises(ValueError):
            kpi.compare(6, 5, 0, 5)
