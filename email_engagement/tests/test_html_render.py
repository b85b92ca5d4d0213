from markupsafe import Markup

from ..tools import html as html_tools
from ..tools.html import Target, scan
from .html_case import NEW, URL, WRITTEN, HtmlCase


class TestRender(HtmlCase):
    HTML = f"<a href=\"{WRITTEN}\">1</a><a href='https://z.z'>2</a><a href=https://w.w>3</a>"

    def test_by_position_or_by_address(self):
        body = scan(self.HTML)
        expected = "<a href=\"n:1\">1</a><a href='https://z.z'>2</a><a href=n:3>3</a>"
        for urls in (
            ["n:1", None, "n:3"],
            ("n:1", None, "n:3"),
            {URL: "n:1", "https://w.w": "n:3", "https://other.z": "n:4"},
        ):
            self.assertEqual(body.render(urls, None), expected)
        self.assertEqual(body.render(["n:1"], None), self.HTML.replace(WRITTEN, "n:1"))
        self.assertEqual(body.render([], None), self.HTML)

    def test_again_and_again(self):
        """A body is shared by its recipients: none leaves anything to the next."""
        body = scan(self.HTML)
        first = body.render(["n:1"] * 3, "p:1")
        body.render(["n:2"] * 3, "p:2")
        self.assertEqual(body.render(["n:1"] * 3, "p:1"), first)
        self.assertEqual(body.render({}, None), self.HTML)

    def test_escaping(self):
        url = "https://t.example/?a=1&copy=2\"3'4<5> 6"
        body = scan(self.HTML)
        rendered = body.render([url] * 3, url)
        self.assertEqual(
            rendered,
            '<a href="https://t.example/?a=1&amp;copy=2&quot;3\'4&lt;5&gt; 6">1</a>'
            "<a href='https://t.example/?a=1&amp;copy=2\"3&#39;4&lt;5&gt; 6'>2</a>"
            '<a href="https://t.example/?a=1&amp;copy=2&quot;3\'4&lt;5&gt; 6">3</a>'
            '<img src="https://t.example/?a=1&amp;copy=2&quot;3&#x27;4&lt;5&gt; 6"'
            ' width="1" height="1" alt="" border="0"'
            ' style="display:block;width:1px;height:1px;border:0;margin:0;padding:0">',
        )
        self.assertEqual(self.urls(rendered, skip=lambda found: found != url), [url])

    def test_markup(self):
        body = scan(Markup(self.HTML))
        rendered = body.render([Markup("https://t.example/?a&b")] * 3, None)
        self.assertIs(type(rendered), str)
        self.assertIs(type(body.targets[0].url), str)
        self.assertIn('"https://t.example/?a&amp;b"', rendered)

    def test_strange_characters_stay(self):
        for char in (
            "\0",
            "\r\n",
            "\r",
            "\ufeff",
            "\ud800",
            "\U0001f600",
            "\x85",
            "\x0c",
        ):
            html = f"{char}<p>{char}</p><a {char}href='{URL}'>{char}</a>{char}"
            body = scan(html)
            self.assertEqual(body.render({}, None), html)
            self.assertIn(char, body.render({}, "p"))


class TestLimits(HtmlCase):
    def test_too_large(self):
        self.patch(html_tools, "SIZE_MAX", 100)
        html = f'<a href="{URL}">x</a>'.ljust(101)
        body = scan(html)
        self.assertEqual(body.reason, "too_large")
        self.assertEqual(body.targets, [])
        self.assertEqual(body.render([NEW], NEW), html)
        self.assertIsNone(scan(html[:100]).reason)

    def test_too_many_links(self):
        self.patch(html_tools, "LINKS_MAX", 3)
        html = f'<a href="{URL}">x</a>'
        self.assertIsNone(scan(html * 3).reason)
        body = scan(html * 4)
        self.assertEqual(body.reason, "too_many_links")
        self.assertEqual(body.render([NEW], NEW), html * 4)

    def test_frameset(self):
        html = f"<html><head></head><frameset><a href='{URL}'></frameset></html>"
        body = scan(html)
        self.assertEqual(body.reason, "frameset")
        self.assertEqual(body.render([NEW], NEW), html)
        self.assertIsNone(scan("text <frameset>").reason)

    def test_as_a_rule_there_is_no_reason(self):
        for html in ("", "text", "<p>", "<!--", f'<a href="{URL}">', "<plaintext>"):
            self.assertIsNone(scan(html).reason)

    def test_long_address(self):
        for length, followed in [(2048, True), (2049, False), (100_000, False)]:
            url = "https://x.y/".ljust(length, "a")
            self.assertEqual(bool(self.urls(f"<a href={url}>")), followed)
        many = "&#x61;" * 2000
        self.assertEqual(self.urls(f"<a href=https://x.y/{many}>")[0][-3:], "aaa")

    def test_many_links(self):
        html = "".join(f'<a href="https://x.y/{n}">{n}</a> ' for n in range(5000))
        body = scan(html)
        self.assertEqual(len(body.targets), 5000)
        self.assertEqual(body.targets[-1], Target("https://x.y/4999", "4999"))
        rendered = body.render([f"n:{n}" for n in range(5000)], None)
        self.assertEqual(rendered, html.replace("https://x.y/", "n:"))
