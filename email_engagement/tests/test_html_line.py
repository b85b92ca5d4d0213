from odoo.tests import BaseCase

from ..tools.html import scan

LINE = "<p>The last line</p>"
PIXEL = "https://t.example/ee/o/AbC.gif"


class TestLine(BaseCase):
    """A line after all content, that is put in without reading the body again."""

    def test_place(self):
        for marked in [
            "<html><body><p>text</p>LINE</body></html>",
            "<p>text</p>LINE",
            "textLINE</body>",
            "<table><tr><td>text</td></tr></table>LINE",
            # Nothing can stand at the end: better above than nowhere.
            "LINE<p>text</p><table><tr>",
        ]:
            with self.subTest(marked):
                body = scan(marked.replace("LINE", ""))
                self.assertTrue(body.line_possible)
                self.assertEqual(
                    body.render([], None, line=LINE), marked.replace("LINE", LINE)
                )
                self.assertEqual(body.render([], None), marked.replace("LINE", ""))

    def test_before_the_pixel(self):
        rendered = scan("<p>text</p>").render([], PIXEL, line=LINE)
        self.assertTrue(rendered.startswith(f"<p>text</p>{LINE}<img"))

    def test_pixel_on_top(self):
        html = "<p>" + "x" * 200_000 + "</p>"
        rendered = scan(html).render([], PIXEL, line=LINE)
        self.assertTrue(rendered.startswith("<img"))
        self.assertTrue(rendered.endswith(LINE))

    def test_no_place(self):
        for html in ("", "<frameset><frame></frameset>", "<svg><text>x</text>"):
            with self.subTest(html):
                rendered = scan(html).render([], PIXEL, line=None)
                self.assertEqual(rendered.count("Last"), 0)
        self.assertFalse(scan("<frameset>").line_possible)
