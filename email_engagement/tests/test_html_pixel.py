import re

from odoo.tests import BaseCase

from ..tools import html as html_tools
from ..tools.html import GMAIL_CLIP, PIXEL_ON_TOP_FROM, scan

PIXEL = "https://t.example/ee/o/AbC.gif"
IMAGE = (
    f'<img src="{PIXEL}" width="1" height="1" alt="" border="0"'
    ' style="display:block;width:1px;height:1px;border:0;margin:0;padding:0">'
)


class PixelCase(BaseCase):
    def assertPixel(self, marked):
        """``marked`` is a body with "PIXEL" where the pixel is to stand."""
        html = marked.replace("PIXEL", "")
        body = scan(html)
        self.assertEqual(body.render([], PIXEL), marked.replace("PIXEL", IMAGE))
        self.assertEqual(body.render([], None), html)

    def assertNoPixel(self, html):
        body = scan(html)
        self.assertEqual(body.render([], PIXEL), html)


class TestBottom(PixelCase):
    """As a rule the pixel stands at the end: what a reader waits for comes first."""

    def test_before_the_end_of_the_body(self):
        for marked in [
            "<html><body><p>text</p>PIXEL</body></html>",
            "<HTML><BODY>textPIXEL</BODY\n></HTML>",
            "textPIXEL</body>",
            "textPIXEL</html>",
            "<p>text</p>PIXEL",
            "textPIXEL",
            "text\n PIXEL",
            "PIXEL",
            "  PIXEL",
            "a < b and PIXEL</body>",
            "<style></style </body>PIXEL",
            # the last one, as a parser goes on after the first
            "<body>quoted</body></html><p>answer</p>PIXEL</body></html>",
            "<body>text</html>PIXEL</body>",
            # one in there is none
            "text<!-- </body> -->PIXEL",
            "text<!--[if mso]></body><![endif]-->PIXEL",
            "text<style></body></style>PIXEL</body>",
            "<table><tr><td>text</td></tr></table>PIXEL</body>",
            "<table><tr><td>textPIXEL</body>",
            "<table><tr><td><table></table>textPIXEL",
            "<table><caption>textPIXEL",
            "<video>x</video>PIXEL",
            "<svg><g/></svg>PIXEL",
            "<svg/>PIXEL",
            "</table></td></select></template>PIXEL",
            '<a href="https://x.y">text</a>PIXEL',
            '<a href="mailto:x">text</a>PIXEL',
        ]:
            with self.subTest(marked=marked):
                self.assertPixel(marked)

    def test_before_what_is_never_finished(self):
        for marked in [
            "textPIXEL<p",
            'textPIXEL<a href="https://x.y',
            "textPIXEL<p title='></body>",
            "textPIXEL<!-- </body>",
            "textPIXEL<!--[if mso]> </body>",
            "textPIXEL<!",
            "textPIXEL</",
            "textPIXEL</body",
            "textPIXEL<?xml",
            "textPIXEL<style></body>",
            "textPIXEL<textarea>more</body>",
            "textPIXEL<style></style",
            "textPIXEL<style>a</style p",
            "textPIXEL<script><!--<script></script></body>",
            "textPIXEL<plaintext></body>",
            "text <PIXEL",
            "text &ampPIXEL",
            "textPIXEL</body><!-- never",
        ]:
            with self.subTest(marked=marked):
                self.assertPixel(marked)


class TestTop(PixelCase):
    """Where it cannot stand at the end, or would be cut off with it."""

    def test_what_would_hide_it(self):
        for marked in [
            "PIXEL<p>text<template>",
            "PIXEL<p>text<select><option>",
            "<body>PIXEL<p>text<video><body></body>",
            "PIXEL<p>text<object>",
            "PIXEL<p>text<noscript>",
            "PIXEL<p>text<svg>",
            "PIXEL<p>text<math><mi>",
            # a parser would move it out of these
            "PIXEL<table>",
            "PIXEL<table><tr><td>text</td>",
            "PIXEL<table><tr><td>text</td></tr></body>",
            "PIXEL<table><tr><td><table></table></td></body>",
        ]:
            with self.subTest(marked=marked):
                self.assertPixel(marked)

    def test_nowhere(self):
        for html in ("<template>", "<template><p>text", "<noscript>text"):
            with self.subTest(html=html):
                self.assertNoPixel(html)

    def test_large(self):
        """Gmail shows the first 102 KB only."""
        fill = "x" * PIXEL_ON_TOP_FROM
        for marked in [
            "PIXEL<p>text",
            "\n PIXELtext",
            "<!DOCTYPE html>\n<!-- c -->PIXEL<p>text",
            (
                "<html><head><meta charset=utf-8><title>t</title><style>s</style>"
                "<!--[if mso]><xml><p>x</p></xml><![endif]--></head>\n<body class='b'>"
                "PIXEL<div>hidden preview</div>"
            ),
            "<html><head></head>PIXEL<p>text",
            "<html><body>PIXEL\n <p>text",
            "<head><noscript>text</noscript></head>PIXELtext",
            "<head><template><p>text</template></head>PIXELtext",
            "<![if !mso]>PIXELtext",
            "<?xml version='1.0'?>PIXEL<p>text<body>",
            "PIXEL<a href='https://x.y'>",
        ]:
            with self.subTest(marked=marked):
                self.assertPixel(marked + fill + "</body>")

    def test_size_is_in_bytes(self):
        limit = PIXEL_ON_TOP_FROM
        self.assertEqual((limit, GMAIL_CLIP), (92_160, 104_448))
        for char, width in (("x", 1), ("é", 2), ("€", 3), ("😀", 4), ("\ud800", 3)):
            with self.subTest(char=char):
                text = char * ((limit - 1) // width)
                text += "x" * (limit - 1 - len(text) * width)
                self.assertPixel(text + "PIXEL")
                self.assertPixel("PIXEL" + text + "x")


class TestImage(PixelCase):
    def test_has_width_height_and_empty_alt(self):
        image = re.search("<img[^>]+>", scan("text").render([], PIXEL))[0]
        for attribute in ('width="1"', 'height="1"', 'alt=""', f'src="{PIXEL}"'):
            self.assertIn(attribute, image)

    def test_stands_between_links(self):
        html = "<a href=https://x.y></a></body><a href=https://z.z></a>"
        self.assertEqual(
            scan(html).render(["n:1", "n:2"], PIXEL),
            f"<a href=n:1></a>{IMAGE}</body><a href=n:2></a>",
        )

    def test_on_top_of_links(self):
        self.patch(html_tools, "PIXEL_ON_TOP_FROM", 8)
        html = "<p><a href=https://x.y></a></p>"
        self.assertEqual(
            scan(html).render(["n:1"], PIXEL), f"{IMAGE}<p><a href=n:1></a></p>"
        )
