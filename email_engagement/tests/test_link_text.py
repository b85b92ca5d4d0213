import doctest

from odoo.tests import BaseCase

from ..tools import link_text


class TestLinkText(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(link_text)
        self.assertGreater(result.attempted, 3)
        self.assertFalse(result.failed)

    def test_pasted_addresses(self):
        for text in (
            "https://x.example.com/s/SECRET",
            " HTTP://x.example.com/s/SECRET ",
            "x.example.com/s/SECRET",
            "www.example.com?token=SECRET",
            "x.example.com:8069/s/SECRET",
            "https://localhost/s/SECRET",
            "https://[::1/s/SECRET",
        ):
            with self.subTest(text):
                self.assertEqual(link_text.label(text), "")
                inside = link_text.label(f"see {text.strip()}, please")
                self.assertTrue(inside.startswith("see "))
                self.assertNotIn("SECRET", inside)

    def test_other_texts(self):
        for text in ("", "Offer", "and/or", "me@x.example.com", "3.5/5", "a b/c.d"):
            with self.subTest(text):
                self.assertEqual(link_text.label(text), text)

    def test_shown(self):
        url = "https://x.example.com/s/SECRET"
        self.assertEqual(link_text.shown(url, is_readable=True), url)
        self.assertEqual(link_text.shown(url, is_readable=False), "x.example.com")
