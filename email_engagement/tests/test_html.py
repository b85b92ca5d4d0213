from dataclasses import FrozenInstanceError

from markupsafe import Markup

from odoo.tests import BaseCase
from odoo.tools.mail import html_sanitize

from ..tools import html as html_tools
from ..tools.html import Target, scan

URL = "https://x.y/a?b=c&d=e#f"
WRITTEN = "https://x.y/a?b=c&amp;d=e#f"
NEW = "https://t.example/ee/c/AbC-_9"


class HtmlCase(BaseCase):
    def urls(self, html, **options):
        return [target.url for target in scan(html, **options).targets]

    def assertFollowed(self, html, expected, **options):
        """``expected`` is ``html`` with "NEW" in place of what is followed."""
        body = scan(html, **options)
        self.assertTrue(body.targets, f"nothing is followed in {html!r}")
        self.assertEqual(
            body.render([NEW] * len(body.targets), None), expected.replace("NEW", NEW)
        )
        self.assertEqual(body.render({}, None), html)

    def assertNotFollowed(self, html, **options):
        body = scan(html, **options)
        self.assertEqual(body.targets, [], f"in {html!r}")
        self.assertEqual(body.render([NEW], None), html)
        self.assertEqual(body.render({URL: NEW}, None), html)


class TestForms(HtmlCase):
    """The ways to write one link."""

    def test_written_in_many_ways(self):
        for before, after in [
            ('<a href="', '">x</a>'),
            ("<a href='", "'>x</a>"),
            ("<a href=", ">x</a>"),
            ("<a href=", " class=z>x</a>"),
            ("<a href=", "\n>x</a>"),
            ("<A HREF=", ">x</A>"),
            ('<a\n\thref\n=\n"', '"\n>x</a\n>'),
            ("<a/href=", ">x"),
            ('<a class=""href="', '"title=z>x'),
            ('<a title=">" href="', '">x</a>'),
            ("<a title='<a href=\"z\">' href='", "'>x</a>"),
            ('<a ="" href="', '">x</a>'),
            ('<a "href=z" href="', '">x</a>'),
            ('<a disabled href="', '">x</a>'),
            ('<a data-href="https://z.z" href="', '">x</a>'),
            ('<a href="', '" href="https://z.z">the first counts</a>'),
            ('<a href="', '" />'),
            ('<a href="', '"/>'),
            ('<area shape="rect" href="', '">'),
            ('<!DOCTYPE html><a href="', '">'),
            ('<?xml version="1.0"?><a href="', '">'),
            ('< a href="z"><a href="', '">'),
            ('<<a href="', '">'),
            ('a < b <a href="', '"> c > d'),
            ('</><a href="', '">'),
            ('</ <a href="z"><a href="', '">'),
            ('<!><a href="', '">'),
            ('<p <a href="z"><a href="', '">'),
            ('<!-- > --><a href="', '">'),
            ('<!--><a href="', '">'),
            ('<!---><a href="', '">'),
            ('<!-- --!><a href="', '">'),
            ('<svg><a href="', '"></a></svg>'),
            ('<svg><style/><a href="', '"></a></svg>'),
            ('<svg><![CDATA[ <a href="z"> ]]><a href="', '"></a></svg>'),
            # what is open there, and how deep
            ('<svg w=1/><style/><a href="', '">'),
            ('<svg><svg></svg><style/><a href="', '">'),
            ('</svg><svg><style/><a href="', '">'),
            ('<svg></svg><![CDATA[ > <a href="', '">'),
            ('<script><script><script></script><a href="', '">'),
            ('<script><!-- </script><a href="', '">'),
            ('<script><!-- <script> --></script><a href="', '">'),
            ('<script><!-- <script></script></script><a href="', '">'),
            ('<noscript><a href="', '"></a></noscript>'),
            ('<b><i><a href="', '"></b></i>'),
            ("<styles><a href='", "'></styles>"),
        ]:
            with self.subTest(before=before):
                self.assertFollowed(f"{before}{WRITTEN}{after}", f"{before}NEW{after}")
                self.assertEqual(self.urls(f"{before}{WRITTEN}{after}"), [URL])

    def test_address_written_in_many_ways(self):
        for written, url in [
            ("https://x.y/?a=1&b=2", "https://x.y/?a=1&b=2"),
            ("https://x.y/?a=1&amp;b=2", "https://x.y/?a=1&b=2"),
            ("https://x.y/?a=1&#x26;b=2", "https://x.y/?a=1&b=2"),
            ("https://x.y/?a=1&copy=2", "https://x.y/?a=1&copy=2"),
            ("https://x.y/?a=1&copy;=2", "https://x.y/?a=1©=2"),
            ("&#104;ttps&colon;//x.y", "https://x.y"),
            ("  https://x.y/\n", "https://x.y/"),
            ("https://x.y/a\n   b", "https://x.y/a   b"),
            ("HTTP://X.Y", "HTTP://X.Y"),
            ("https://münchen.de/ü", "https://münchen.de/ü"),
            ("https://x.y/?q=%20+%2B&r=#%23", "https://x.y/?q=%20+%2B&r=#%23"),
        ]:
            with self.subTest(written=written):
                html = f'<a href="{written}">x</a>'
                self.assertEqual(self.urls(html), [url])
                self.assertFollowed(html, '<a href="NEW">x</a>')

    def test_not_followed(self):
        for html in [
            "",
            " ",
            "text",
            "https://x.y",
            "<https://x.y>",
            "<a>",
            "<a href>x</a>",
            "<a href=>x</a>",
            '<a href="">x</a>',
            "<a name='https://x.y'>x</a>",
            '<a xlink:href="https://x.y">x</a>',
            '<a data-href="https://x.y">x</a>',
            '<abbr href="https://x.y">x</abbr>',
            '<link href="https://x.y">',
            '<img src="https://x.y">',
            '<form action="https://x.y">',
            '<button formaction="https://x.y">',
            '<v:fill href="https://x.y">',
            '<v:imagedata href="https://x.y" o:href="https://x.y"/>',
            '<v:roundrect o:href="https://x.y">',
            '<a href="#top">x</a>',
            '<a href="/web">x</a>',
            '<a href="x.y">x</a>',
            '<a href="//x.y">x</a>',
            '<a href="?a=b">x</a>',
            '<a href="mailto:a@b.c?subject=https://x.y">x</a>',
            '<a href="tel:+32">x</a>',
            '<a href="sms:+32">x</a>',
            '<a href="cid:a@b">x</a>',
            '<a href="data:text/html,x">x</a>',
            '<a href="JavaScript:x()">x</a>',
            '<a href="java\nscript:x()">x</a>',
            '<a href="file:///etc/passwd">x</a>',
            '<a href="ftp://x.y">x</a>',
            '<a href="https:x.y">x</a>',
            '<a href="https:\\\\x.y">x</a>',
            '<a href="https://user:pass@x.y">x</a>',
            '<a href="https://x.y/{{ a }}">x</a>',
            '<a href="https://x.y/unsubscribe">x</a>',
            '<a href="https://x.y/web/reset_password?token=z">x</a>',
            '<a =""href="https://x.y">x</a>',
            "<a href='' href='https://x.y'>the first counts</a>",
            "<a href href='https://x.y'>the first counts</a>",
            '</a href="https://x.y">',
            '<!-- <a href="https://x.y">x</a> -->',
            '<!-- [if mso]> <a href="https://x.y">x</a> -->',
            '<!--[if mso] <a href="https://x.y">x</a> -->',
            '<!--[if mso]><!-- <a href="https://x.y">x</a> --><![endif]-->',
            '<? <a href="https://x.y" ?>',
            '<!DOCTYPE <a href="https://x.y">',
            "<![CDATA[ <a href='https://x.y'>",
            '<svg><![CDATA[ <a href="https://x.y"> ]]></svg>',
            '<style><a href="https://x.y"></style>',
            '<style><a href="https://x.y"></styles></ style></style x>',
            '<script>"<a href=https://x.y>"</script>',
            "<script><!--<script></script><a href='https://x.y'></script>-->",
            '<svg></svg><style/><a href="https://x.y"></style>',
            '<svg/><style/><a href="https://x.y"></style>',
            '<svg><p><style/><a href="https://x.y"></style>',
            '<textarea><a href="https://x.y"></textarea>',
            '<title><a href="https://x.y"></title>',
            '<TITLE><a href="https://x.y"></tiTLE>',
            '<xmp><a href="https://x.y"></xmp>',
            '<iframe><a href="https://x.y"></iframe>',
            '<noembed><a href="https://x.y"></noembed>',
            '<noframes><a href="https://x.y"></noframes>',
            '<plaintext><a href="https://x.y"></plaintext>',
            '<style></style <a href="https://x.y"',
            # never finished
            "<a href=https://x.y",
            '<a href="https://x.y',
            '<a href="https://x.y"',
            "<a href='https://x.y\">",
            '<p title="><a href="https://x.y',
            '<!-- <a href="https://x.y">',
            '<!--[if mso]> <a href="https://x.y">',
            '<style><a href="https://x.y">',
            '<a href="https://x.y/\0">x</a>',
            '<a\0 href="https://x.y">x</a>',
        ]:
            with self.subTest(html=html):
                self.assertNotFollowed(html)

    def test_marked_off(self):
        for mark in (
            "data-engagement=off",
            "data-engagement=' OFF '",
            "class='btn o_engagement_off'",
        ):
            self.assertNotFollowed(f'<a href="https://x.y" {mark}>x</a>')
            self.assertNotFollowed(f'<a {mark} href="https://x.y">x</a>')
        for mark in ("data-engagement", "data-engagement=on", "class=o_engagement"):
            self.assertEqual(self.urls(f'<a href="{URL}" {mark}>x</a>'), [URL])
        # the other link to the same address is followed all the same
        self.assertFollowed(
            f'<a href="{URL}" data-engagement="off">x</a><a href="{URL}">x</a>',
            f'<a href="{URL}" data-engagement="off">x</a><a href="NEW">x</a>',
        )

    def test_a_mark_that_odoo_keeps(self):
        """The body of a message is sanitized before it is sent."""
        html = f'<p><a href="{URL}" class="o_engagement_off">x</a></p>'
        self.assertNotFollowed(html_sanitize(html))
        self.assertFollowed(
            html_sanitize(f'<p><a href="{WRITTEN}">x</a></p>'),
            html_sanitize('<p><a href="https://NEW">x</a></p>').replace("https://", ""),
        )

    def test_own_and_skipped(self):
        html = '<a href="https://T.example/ee/c/Abc">x</a>'
        own = ["https://t.example/ee/", ""]
        self.assertNotFollowed(html, own_prefixes=own)
        self.assertEqual(self.urls(f'{html}<a href="{URL}">', own_prefixes=own), [URL])
        asked = []

        def skip(url):
            asked.append(url)
            return "a" in url

        html = "<a href=https://a.y></a><a href='https://b.y'></a><a href=mailto:a></a>"
        self.assertEqual(self.urls(html + html, skip=skip), ["https://b.y"])
        self.assertEqual(asked, ["https://a.y", "https://b.y"])


class TestOutlook(HtmlCase):
    def test_button_of_vml_and_its_twin(self):
        html = (
            '<!--[if mso]><v:roundrect xmlns:v="urn:schemas-microsoft-com:vml"'
            f' href="{WRITTEN}" style="height:40px"><center>Buy</center></v:roundrect>'
            f"<![endif]--><![if !mso]><a href='{WRITTEN}'>Buy now</a><![endif]>"
        )
        self.assertFollowed(html, html.replace(WRITTEN, "NEW"))
        self.assertEqual(scan(html).targets, [Target(URL, "Buy")])

    def test_conditional_comments(self):
        link = f'<a href="{URL}">x</a>'
        for html in [
            f"<!--[if mso]>{link}<![endif]-->",
            f"<!--[if gte mso 9]><xml></xml>{link}<![endif]-->",
            f"<!--[if (gte mso 9)|(IE)]>{link}<![endif]-->",
            f"<!--[IF MSO]>{link}<![ENDIF]-->",
            f"<!--[if mso]>{link}-->",
            f"<!--[if mso]>{link}--!>",
            f"<!--[if !mso]><!-->{link}<!--<![endif]-->",
            f"<!--[if !mso]> -->{link}<!-- <![endif]-->",
            f"<![if !mso]>{link}<![endif]>",
            f"<!--[if mso]><!--[if gte mso 12]>{link}<![endif]-->",
            f"<!--[if mso]><style>a</style>{link}<![endif]-->",
            f"<!--[if mso]><table><td><![endif]-->{link}<!--[if mso]></td><![endif]-->",
        ]:
            with self.subTest(html=html):
                self.assertFollowed(html, html.replace(URL, "NEW"))

    def test_what_is_open_in_a_comment_ends_with_it(self):
        for inside in ("<style>", "<a href='", "<!--", "<plaintext>", "<p title="):
            html = f"<!--[if mso]>{inside}<![endif]--><a href='{URL}'>x</a>"
            with self.subTest(inside=inside):
                self.assertFollowed(html, html.replace(URL, "NEW"))

    def test_all_shapes(self):
        for name in (
            "v:rect",
            "v:RoundRect",
            "V:SHAPE",
            "v:oval",
            "v:image",
            "v:group",
        ):
            html = f"<!--[if mso]><{name} href={URL}></{name}><![endif]-->"
            with self.subTest(name=name):
                self.assertFollowed(html, html.replace(URL, "NEW"))


class TestBase(HtmlCase):
    def test_relative_to_base(self):
        html = (
            '<head><base href="https://b.c/d/e"></head>'
            '<a href="/p?a=1&amp;b=2">1</a><a href="q">2</a><a href="//x.y/z">3</a>'
            '<a href="#x">4</a><a href="https://w.z">5</a><a href="mailto:a@b.c">6</a>'
        )
        self.assertEqual(
            self.urls(html),
            [
                "https://b.c/p?a=1&b=2",
                "https://b.c/d/q",
                "https://x.y/z",
                "https://w.z",
            ],
        )
        self.assertIn(
            '<base href="https://b.c/d/e">', scan(html).render([NEW] * 4, None)
        )

    def test_counts_for_what_stands_before(self):
        self.assertEqual(
            self.urls("<a href=p>x</a><base href=https://b.c/>"), ["https://b.c/p"]
        )

    def test_the_first_with_an_address_counts(self):
        link = "<a href=p>x</a>"
        for bases, expected in [
            ("<base target=_blank><base href=https://b.c/>", ["https://b.c/p"]),
            ("<base href=https://b.c/><base href=https://z.z/>", ["https://b.c/p"]),
            ("<base href=mailto:a@b.c><base href=https://b.c/>", []),
            ("<base href=/x/><base href=https://b.c/>", []),
            ("<base href=https://u:p@b.c/><a href=//x.y/></a>", []),
            ("<!--[if mso]><base href=https://b.c/><![endif]-->", []),
            ("<template><base href=https://b.c/></template>", []),
            ("<style><base href=https://b.c/></style>", []),
        ]:
            with self.subTest(bases=bases):
                self.assertEqual(self.urls(bases + link), expected)

    def test_excluded_after_it_was_resolved(self):
        self.assertNotFollowed(
            '<base href="https://b.c/mail/"><a href="unsubscribe"></a><a href="/view">'
        )


class TestTargets(HtmlCase):
    def test_one_per_address_in_order(self):
        html = (
            '<a href="https://x.y/2"></a><a href="https://x.y/1">one</a>'
            "<a href='https://x.y/2'>two</a><a href=https://x.y/?a&b></a>"
            '<a href="https://x.y/?a&amp;b">b</a><a href=" https://x.y/1 ">eins</a>'
        )
        self.assertEqual(
            scan(html).targets,
            [
                Target("https://x.y/2", "two"),
                Target("https://x.y/1", "one"),
                Target("https://x.y/?a&b", "b"),
            ],
        )

    def test_case_and_bytes_make_a_difference(self):
        html = "".join(
            f'<a href="{url}">'
            for url in (
                "https://x.y/A",
                "https://x.y/a",
                "https://x.y/%61",
                "https://x.y/a#",
            )
        )
        self.assertEqual(len(scan(html).targets), 4)

    def test_frozen(self):
        with self.assertRaises(FrozenInstanceError):
            Target("a", "b").url = "c"

    def test_label(self):
        for inside, label in [
            ("text", "text"),
            (" a\n  b\t<b>c</b>d ", "a b cd"),
            ("a<br>b<p>c</p>d", "a b c d"),
            ("a &amp; b&nbsp;c &lt;d&gt; &copy", "a & b c <d> ©"),
            ("<span style='x'>a<!-- no -->b</span>", "ab"),
            ("a<!--[if mso]><i>no</i><![endif]-->b", "ab"),
            ("a<style>no</style>b", "ab"),
            ("<img src=x alt=' the  alt '>", "the alt"),
            ("<img src=x alt=''><img alt='second &amp; more'>", "second & more"),
            ("<img src=x alt='alt'>text", "text"),
            ("\u200b&zwnj;&nbsp;\u00ad<img alt=alt>", "alt"),
            ("a\u202etxt.exe\u202c", "atxt.exe"),
            ("👨\u200d👩\u200d👧 family", "👨\u200d👩\u200d👧 family"),
            ("", ""),
            ("<b></b> ", ""),
            ("x" * 120, "x" * 120),
            ("x" * 121, "x" * 119 + "…"),
            ("word " * 40, "word " * 23 + "word…"),
            (" " * 1000 + "far", "far"),
            ("<b>" * 1000 + "deep", "deep"),
        ]:
            with self.subTest(inside=inside):
                target = scan(f'<a href="{URL}">{inside}</a>after').targets[0]
                self.assertEqual(target.label, label)
                self.assertLessEqual(len(label), 120)

    def test_label_without_text(self):
        for attributes, label in [
            ("title='the  title' aria-label=aria", "the title"),
            ("aria-label='a &quot;b&quot;'", 'a "b"'),
            ("title='' aria-label=aria", "aria"),
        ]:
            with self.subTest(attributes=attributes):
                html = f"<a href={URL} {attributes}><img alt=' '></a>"
                self.assertEqual(scan(html).targets[0].label, label)
        area = f"<area href={URL} alt='the alt' title=no>text"
        self.assertEqual(scan(area).targets[0].label, "the alt")

    def test_label_ends_with_the_link(self):
        html = (
            f"<a href={URL}>one<a href=https://z.z>two</a>three</a>four<a name=x>five"
        )
        self.assertEqual([t.label for t in scan(html).targets], ["one", "two"])
        html = f"<a href={URL}>one<a name=x>two</a>"
        self.assertEqual([t.label for t in scan(html).targets], ["one"])
        html = (
            f"<!--[if mso]><a href={URL}><![endif]-->no<!--[if mso]>no</a><![endif]-->"
        )
        self.assertEqual(scan(html).targets[0].label, "")
        html = f"<!--[if mso]><a href={URL}><![endif]--><!--[if mso]>no</a><![endif]-->"
        self.assertEqual(scan(html).targets[0].label, "")


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
        self.assertEqual((body.reason, body.pixel_possible), ("too_large", False))
        self.assertEqual(body.targets, [])
        self.assertEqual(body.render([NEW], NEW), html)
        self.assertIsNone(scan(html[:100]).reason)

    def test_too_many_links(self):
        self.patch(html_tools, "LINKS_MAX", 3)
        html = f'<a href="{URL}">x</a>'
        self.assertIsNone(scan(html * 3).reason)
        body = scan(html * 4)
        self.assertEqual((body.reason, body.pixel_possible), ("too_many_links", False))
        self.assertEqual(body.render([NEW], NEW), html * 4)

    def test_frameset(self):
        html = f"<html><head></head><frameset><a href='{URL}'></frameset></html>"
        body = scan(html)
        self.assertEqual((body.reason, body.pixel_possible), ("frameset", False))
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
