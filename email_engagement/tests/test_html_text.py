from hypothesis import given, reject, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase
from odoo.tools.mail import html2plaintext

from ..tools.html import scan
from ..tools.plaintext import TextTemplate, inline_addresses, placeholders
from .test_html_oracle import anything, soup

# What our addresses are made of; none of it is escaped in HTML.
addresses = st.from_regex(r"\Ahttps://[a-z0-9.:-]{1,20}/ee/c/[A-Za-z0-9_-]{1,40}\Z")


class TestTextTemplate(BaseCase):
    def text(self, html, urls):
        return scan(html).text(html2plaintext).render(urls)

    def test_equals_what_odoo_makes_of_each_body(self):
        for html in [
            "",
            "text",
            "<p>a <a href='https://x.y/1'>b</a></p><p>c</p>",
            (
                "<a href=https://x.y/1>a</a><a href=https://x.y/2>b</a>"
                "<img src='/i.png'>"
                "<a href=https://x.y/1>c</a><a href=mailto:a@b.c>d</a>"
            ),
            # What html2plaintext lets out of comments
            (
                "<!--[if mso]><a\nhref='https://x.y/1'>a</a><![endif]-->b"
                "<a href=https://x.y/2>c</a>"
            ),
            "<area href='https://x.y/1'><a href='https://x.y/2' data-engagement=off>",
            "<a href=https://x.y/1>" * 12,
            "<p>https://x.y/1 <a href='https://x.y/1'>https://x.y/1</a> [1]",
            "<p>a&amp;b\xa0c&#13;\r\nd  e<br/>f<h1>g</h1><li>h <a href=https://x.y/&amp;>",
        ]:
            with self.subTest(html=html):
                body = scan(html)
                urls = [f"https://t.e/ee/c/{n}" for n in range(len(body.targets))]
                expected = html2plaintext(body.render(urls, None))
                self.assertEqual(body.text(html2plaintext).render(urls), expected)
                by_url = {t.url: u for t, u in zip(body.targets, urls, strict=True)}
                self.assertEqual(body.text(html2plaintext).render(by_url), expected)

    @settings(max_examples=300, derandomize=True, deadline=None)
    @given(soup | anything, st.lists(addresses, min_size=8, max_size=8))
    def test_equals_it_for_any_body(self, html, some):
        try:
            html2plaintext(html)
        except (AttributeError, ValueError):
            # Odoo's own: nothing but a comment, or a control character in a link
            reject()
        body = scan(html)
        urls = (some * len(body.targets))[: len(body.targets)]
        self.assertEqual(
            body.text(html2plaintext).render(urls),
            html2plaintext(body.render(urls, None)),
        )

    def test_is_made_once(self):
        calls = []

        def to_text(html):
            calls.append(html)
            return html2plaintext(html)

        template = scan("<p>a <a href='https://x.y/1'>b</a>").text(to_text)
        self.assertEqual(template.render(["n:1"]), "a b [1]\n\n\n[1] n:1")
        self.assertEqual(template.render(["n:2"]), "a b [1]\n\n\n[1] n:2")
        self.assertEqual(len(calls), 1)

    def test_left_as_it_was(self):
        html = "<a href='https://x.y/?1&amp;2'>a</a><a href='https://z.z'>b</a>"
        template = scan(html).text(html2plaintext)
        for urls in (["n:1"], ["n:1", None], {"https://x.y/?1&2": "n:1"}):
            self.assertEqual(
                template.render(urls), "a [1] b [2]\n\n[1] n:1\n[2] https://z.z"
            )
        self.assertEqual(template.render([]), html2plaintext(html))

    def test_the_author_cannot_forge_a_place(self):
        html = "<a href='https://x.y/1'>a</a>"
        (key,) = placeholders(1, html)
        self.assertNotIn(key, html)
        body = scan(html + key)
        text = body.text(html2plaintext).render(["n:1"])
        self.assertIn(key, text)
        self.assertEqual(text.count("n:1"), 1)


class TestInlineAddresses(BaseCase):
    def test_below_their_links(self):
        html = "<p>We [1] look. <a href='n:1'>Stop</a> <a href='n:2'>Why</a>?</p>"
        for text, expected in (
            (html2plaintext(html), "We [1] look. Stop\nn:1\nWhy\nn:2\n?"),
            (html2plaintext("<a href='n:1'>Stop\n</a>"), "Stop\nn:1"),
            (html2plaintext("<p>No [1] link</p>"), "No [1] link"),
            ("", ""),
        ):
            self.assertEqual(inline_addresses(text), expected)

    def test_more_than_nine(self):
        html = "".join(f"<a href='n:{n}'>a</a>" for n in range(12))
        text = inline_addresses(html2plaintext(html))
        self.assertEqual(text.split(), [w for n in range(12) for w in ("a", f"n:{n}")])


class TestPlaceholders(BaseCase):
    def test_none_is_part_of_another(self):
        keys = placeholders(120, "x")
        self.assertEqual(len(set(keys)), 120)
        for key in keys:
            self.assertEqual([other for other in keys if key in other], [key])
        self.assertEqual(placeholders(0, ""), [])
        self.assertNotEqual(keys, placeholders(120, "y"))

    def test_any_order_and_number(self):
        keys = placeholders(12, "x")
        text = f"{keys[11]}a{keys[1]}{keys[1]}b{keys[10]}"
        template = TextTemplate.from_text(text, keys)
        self.assertEqual(template.render([str(n) for n in range(12)]), "11a11b10")
        self.assertEqual(template.render([]), text)
        self.assertEqual(TextTemplate.from_text("a", []).render([]), "a")
