from odoo.tools.mail import html_sanitize

from ..tools.html import Target, scan
from .html_case import URL, WRITTEN, HtmlCase


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
