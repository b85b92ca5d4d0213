"""Pure: names, types and places of followed files, and addresses of pictures."""

import doctest
import re
import time

from odoo.tests import BaseCase

from ..tools import file_place, files, pictures
from ..tools.file_place import mark, put_mark, replace_mark

MARK = mark([7])


class TestFileNames(BaseCase):
    def test_doctests(self):
        for module in (files, file_place, pictures):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 0, module)
            self.assertEqual(result.failed, 0, module)

    def test_names(self):
        for name, clean in [
            ("Offer.pdf", "Offer.pdf"),
            ("Ä ö 漢字.pdf", "Ä ö 漢字.pdf"),
            ("A\u0308.pdf", "Ä.pdf"),
            ('say "hi".pdf', 'say "hi".pdf'),
            ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie: x=1.pdf"),
            ("invoice\u202efdp.exe", "invoicefdp.exe"),
            ("a\u2066\u2069\u200b.pdf", "a.pdf"),
            ("../../etc/passwd", ".._.._etc_passwd"),
            ("..\\x.pdf", ".._x.pdf"),
            ("", "file"),
            (" . ", "file"),
            ("\ud800.pdf", ".pdf"),
        ]:
            with self.subTest(name):
                self.assertEqual(files.clean_name(name), clean)
                self.assertEqual(files.clean_name(clean), clean)

    def test_long_names_keep_their_extension(self):
        name = files.clean_name("x" * 1000 + ".pdf")
        self.assertEqual(len(name), files.NAME_MAX)
        self.assertTrue(name.endswith(".pdf"))

    def test_content_disposition(self):
        for name in ['a"b.pdf', "ä.pdf", "a\r\nb.pdf", "漢字", "a;b.pdf", "%41.pdf"]:
            for inline in (True, False):
                with self.subTest(name):
                    header = files.content_disposition(name, inline)
                    self.assertTrue(header.isascii() and header.isprintable())
                    start = "inline" if inline else "attachment"
                    self.assertTrue(header.startswith(f'{start}; filename="'))
                    quoted = header.split("filename=")[1].split("; filename*")[0]
                    self.assertEqual(quoted.count('"'), 2)

    def test_types(self):
        for mimetype in (
            *("image/svg+xml", "text/html", "application/xhtml+xml", "text/xml"),
            *("application/javascript", "", "nonsense", "image/png\r\nX: y", None),
        ):
            with self.subTest(mimetype):
                self.assertEqual(files.served_type(mimetype), files.OTHER)
        docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        for mimetype in ("application/pdf", "image/png", "video/mp4", "text/csv", docx):
            self.assertEqual(files.served_type(mimetype), mimetype)

    def test_inline(self):
        self.assertTrue(files.is_inline("application/pdf"))
        self.assertTrue(files.is_inline("image/jpeg"))
        for mimetype in ("image/svg+xml", "text/html", "text/plain", "video/mp4"):
            self.assertFalse(files.is_inline(mimetype))


class TestFilePlace(BaseCase):
    def place(self, text, before="<html><body><p>Head</p><div>", after="</div><p>Foot"):
        html = f"{before}{text}{after}</p></body></html>"
        marked = put_mark(html, text, [7])
        self.assertEqual(replace_mark(marked, ""), html)
        self.assertEqual(marked.count(MARK), 1)
        inside = marked.removeprefix(before)
        return inside.removesuffix(f"{after}</p></body></html>")

    def test_end_of_text(self):
        self.assertEqual(self.place("<p>Hello</p>"), f"<p>Hello</p>{MARK}")

    def test_before_signature_and_quote(self):
        for tail in (
            '<div data-o-mail-quote="1">-- <br>Sally</div>',
            '<div class="o-signature-container">--<div>Sally</div></div>',
            "<blockquote><p>You wrote</p></blockquote>",
            '<div class="gmail_quote">On Monday <blockquote>x</blockquote></div>',
            '<blockquote>x</blockquote><br><div class="o_signature">Sally</div>&nbsp;',
        ):
            with self.subTest(tail):
                self.assertEqual(
                    self.place(f"<p>Hello</p>{tail}"), f"<p>Hello</p>{MARK}{tail}"
                )

    def test_quote_within_the_text(self):
        text = "<p>You wrote:</p><blockquote>price?</blockquote><p>100 €</p>"
        self.assertEqual(self.place(text), f"{text}{MARK}")

    def test_text_not_found(self):
        html = "<html><body><p>Changed by a layout</p></body></html>"
        self.assertEqual(
            put_mark(html, "<p>Hello</p>", [7]),
            f"<html><body><p>Changed by a layout</p>{MARK}</body></html>",
        )
        self.assertEqual(put_mark("no html", "", [7]), f"no html{MARK}")
        self.assertEqual(put_mark("no html", "", []), "no html")

    def test_mark_is_what_odoo_looks_for(self):
        found = re.findall(r"/web/(?:content|image)/([0-9]+)", mark([3, 45]))
        self.assertEqual(found, ["3", "45"])

    def test_linear(self):
        for hostile in ("<div class=o_signature>", "<blockquote>", "<!--", "<div "):
            start = time.monotonic()
            put_mark(hostile * 50_000, "", [7])
            self.assertLess(time.monotonic() - start, 10, hostile)


class TestPictureAddresses(BaseCase):
    BASES = ("https://o.example/",)

    def parse(self, url):
        return pictures.parse(url, self.BASES)

    def test_own(self):
        picture = self.parse(
            "https://o.example/web/image/12-abc/300x200/a%20b.png?access_token=t&crop=1"
        )
        self.assertEqual(picture, (12, "t", 300, 200, True, True))
        picture = self.parse("https://o.example/web/image/12?width=99&height=x")
        self.assertEqual(picture, (12, "", 99, 0, False, False))
        self.assertEqual(self.parse("HTTPS://O.EXAMPLE/web/image/12").attachment_id, 12)

    def test_others(self):
        for url in (
            "https://else.example/web/image/12",
            "http://o.example/web/image/12",
            "https://o.example.evil.example/web/image/12",
            "https://o.example@evil.example/web/image/12",
            "https://o.example/web/image/res.partner/3/avatar_128",
            "https://o.example/web/image/12/a/b",
            "https://o.example/web/static/img/logo.png",
            "https://o.example/web/image/99999999999",
            "data:image/png;base64,AAAA",
            "cid:12",
            "https://[broken/web/image/1",
        ):
            with self.subTest(url):
                self.assertIsNone(self.parse(url))

    def test_sizes_are_bounded(self):
        picture = self.parse("https://o.example/web/image/1/99999x99999")
        self.assertEqual(picture[2:4], (pictures.SIZE_MAX,) * 2)
