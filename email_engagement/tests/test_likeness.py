"""tools/likeness.py: how much of a template is left."""

import doctest
import time

from odoo.tests import BaseCase

from ..tools import likeness

TEMPLATE = """
<p>Hello Anna,</p>
<p>thank you for your time on the phone. As promised, here is the offer for the twelve
oak tables, including delivery and assembly in your office.</p>
<p>The prices are valid until the end of the month. Shall we fix a date for the
delivery?</p>
<p>Best regards</p>
"""
OTHER = """
<p>Hello Anna,</p>
<p>your invoice is attached. Please pay it within thirty days, as agreed in the
contract; the account is at the bottom of the page.</p>
<p>Should anything be unclear, the team in our office is there for you.</p>
<p>Best regards</p>
"""


class TestLikeness(BaseCase):
    def left(self, template, body):
        return likeness.containment(likeness.fingerprint(template), body)

    def test_doctests(self):
        result = doctest.testmod(likeness)
        self.assertGreater(result.attempted, 0)
        self.assertEqual(result.failed, 0)

    def test_unchanged(self):
        self.assertEqual(self.left(TEMPLATE, TEMPLATE), 1)

    def test_markup_is_no_text(self):
        changed = TEMPLATE.replace("<p>", '<div style="margin:0"><p class="a b">')
        changed = "<style>p {color: red}</style><!-- a note -->" + changed
        self.assertEqual(self.left(TEMPLATE, changed), 1)

    def test_what_is_added_does_not_matter(self):
        self.assertEqual(self.left(TEMPLATE, OTHER + TEMPLATE + OTHER), 1)

    def test_half_of_it(self):
        half = TEMPLATE.partition("The prices")[0]
        self.assertAlmostEqual(self.left(TEMPLATE, half), 0.6, delta=0.1)

    def test_mostly_rewritten(self):
        """A sentence in five is left: above the default threshold."""
        rewritten = "Hi! The prices are valid until the end of the month. See you."
        self.assertAlmostEqual(self.left(TEMPLATE, rewritten), 0.2, delta=0.05)

    def test_another_letter(self):
        self.assertLess(self.left(TEMPLATE, OTHER), 0.15)
        self.assertLess(self.left(OTHER, TEMPLATE), 0.15)

    def test_order_of_paragraphs(self):
        first, second, third, fourth = TEMPLATE.split("</p>")[:4]
        turned = "</p>".join([first, third, second, fourth])
        self.assertGreater(self.left(TEMPLATE, turned), 0.9)

    def test_other_scripts(self):
        self.assertEqual(self.left("Добрый день, Анна", "добрый день, анна!"), 1)
        self.assertEqual(self.left("お世話になります", "お世話になります。"), 1)

    def test_nothing_to_compare(self):
        for empty in ("", None, "<p><br></p>", "<img src='a.png'>", "<!-- a -->"):
            self.assertEqual(likeness.fingerprint(empty), "")
            self.assertIsNone(self.left(empty, TEMPLATE))
        self.assertEqual(self.left(TEMPLATE, ""), 0)
        self.assertEqual(self.left("Hello", "<b>hello</b>"), 1)

    def test_no_fingerprint(self):
        for nonsense in ("x", "äöü", "AAA=", None, False, ""):
            self.assertIsNone(likeness.containment(nonsense, TEMPLATE), nonsense)

    def test_a_sample_of_a_long_template(self):
        words = [f"word{number}" for number in range(20_000)]
        print_ = likeness.fingerprint(" ".join(words))
        self.assertLessEqual(len(print_), 4 * likeness.SIZE * 4 // 3 + 4)
        half = likeness.containment(print_, " ".join(words[:10_000]))
        self.assertAlmostEqual(half, 0.5, delta=0.1)

    def test_bounded(self):
        start = time.process_time()
        for body in ("<" * 10**6, "<p>" * 10**6, "a " * 10**6, "&amp;" * 10**6):
            likeness.containment(likeness.fingerprint(body), body)
        self.assertLess(time.process_time() - start, 10)
