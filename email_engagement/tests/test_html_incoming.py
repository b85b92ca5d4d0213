import time
from urllib.parse import quote

from hypothesis import given, settings
from markupsafe import Markup

from odoo.tests import BaseCase

from ..tools.html import scan
from ..tools.incoming import clean_incoming, unwrap
from .test_html_oracle import anything

OWN = "https://t.example/ee/"
LINK = f"{OWN}c/AbC-9_"
ORIGINAL = "https://x.y/?a=1&b=2"
GIF = f"{OWN}o/AbC.gif"


def resolve(url):
    return {LINK: ORIGINAL, GIF: ""}.get(url)


def safelink(url):
    return (
        "https://eur01.safelinks.protection.outlook.com/?url="
        f"{quote(url, safe='')}&data=05%7C02%7C&sdata=x%3D&reserved=0"
    )


def proofpoint(url):
    for char, code in (("-", "-2D"), ("_", "-5F"), (":", "-3A"), ("/", "_")):
        url = url.replace(char, code)
    return f"https://urldefense.proofpoint.com/v2/url?u={url}&d=DwMFaQ&c=x&r=y&e="


class TestCleanIncoming(BaseCase):
    def clean(self, html, resolve=resolve):
        return clean_incoming(html, resolve=resolve)

    def test_links_become_what_they_were(self):
        for html, expected in [
            (f'<a href="{LINK}">x</a>', '<a href="https://x.y/?a=1&amp;b=2">x</a>'),
            (f"<A HREF='{LINK}'>x</A>", "<A HREF='https://x.y/?a=1&amp;b=2'>x</A>"),
            (f"<a href={LINK}>x</a>", '<a href="https://x.y/?a=1&amp;b=2">x</a>'),
            (f'<a href=" {LINK} ">x', '<a href="https://x.y/?a=1&amp;b=2">x'),
            (
                f'<!--[if mso]><v:rect href="{LINK}"><![endif]-->',
                '<!--[if mso]><v:rect href="https://x.y/?a=1&amp;b=2"><![endif]-->',
            ),
            (
                f'<a originalsrc="{LINK}" href="{safelink(LINK)}">x</a>',
                (
                    '<a originalsrc="https://x.y/?a=1&amp;b=2"'
                    ' href="https://x.y/?a=1&amp;b=2">x</a>'
                ),
            ),
        ]:
            with self.subTest(html=html):
                self.assertEqual(self.clean(html), expected)

    def test_pixels_go(self):
        for image in [
            f'<img src="{GIF}" width="1" height="1" alt="">',
            f"<IMG alt='' SRC='{GIF}'/>",
            f"<img src={GIF} >",
            f'<img src="https://ci3.googleusercontent.com/meips/AB=s0-d-e1-ft#{GIF}">',
            f"<!--[if vml]><v:imagedata src='{GIF}'/><![endif]-->",
        ]:
            with self.subTest(image=image):
                cleaned = self.clean(f"<p>a{image}b</p>")
                self.assertEqual(scan(cleaned).render([], None), cleaned)
                self.assertNotIn(OWN, cleaned)
                self.assertNotIn("<img", cleaned.lower())
                self.assertIn(
                    cleaned.replace("<!--[if vml]><![endif]-->", ""), "<p>ab</p>"
                )

    def test_pictures_become_what_they_were(self):
        """Only '' takes an image out; and of a link '' leaves the rest."""
        image = f"{OWN}i/AbC"
        for html, original, expected in [
            (f"<img src='{image}' alt=a>", "https://x.y/a.png", "https://x.y/a.png"),
            (f"<a href='{image}'>a</a>", "", "<a href=''>a</a>"),
        ]:
            cleaned = self.clean(html, resolve=lambda url, found=original: found)
            self.assertIn(expected, cleaned)
            self.assertEqual(cleaned, html.replace(image, original))

    def test_in_text(self):
        for html, expected in [
            (f"see {LINK}.", "see https://x.y/?a=1&amp;b=2."),
            (f"<p>[1] {LINK}<br>", "<p>[1] https://x.y/?a=1&amp;b=2<br>"),
            (f"x&lt;{LINK}&gt;", "x&lt;https://x.y/?a=1&amp;b=2&gt;"),
            (f"({LINK})", "(https://x.y/?a=1&amp;b=2)"),
            (f"*{LINK}*", "*https://x.y/?a=1&amp;b=2*"),
            (
                safelink(LINK).replace("&", "&amp;") + " y",
                "https://x.y/?a=1&amp;b=2 y",
            ),
            (f"a {GIF} b", "a  b"),
        ]:
            with self.subTest(html=html):
                self.assertEqual(self.clean(html), expected)

    def test_everything_else_stays(self):
        for html in [
            "",
            "text",
            "<a href='https://x.y/'>x</a><img src='cid:a'>",
            # ours by its beginning, unknown to resolve
            f"<a href='{OWN}c/unknown'>{OWN}c/no</a><img src='{OWN}o/unknown.gif'>",
            # another host that begins or ends alike
            f"<a href='{LINK.replace('t.example', 't.example.z')}'>x</a> t.example",
            f"<a href='{LINK.replace('t.example', 'at.example')}'>x</a>",
            f"<a href='https://z.z/?{LINK}'>x</a>",
            f"<a href='{LINK.replace('https', 'ftp')}'>x</a>",
            f"<a title='{LINK}' data-x='{LINK}'>x</a>",
            f"<style>{LINK}</style><!-- {LINK} --><a href='{LINK}",
            f"<a href='https://z.z'>t.example</a>\r\n\0{OWN}",
        ]:
            with self.subTest(html=html):
                self.assertEqual(self.clean(html), html)

    def test_hosts_in_any_case_and_with_port(self):
        self.assertEqual(
            self.clean(
                "<a href='HTTPS://T.Example:8069/ee/c/x'>", resolve=lambda url: "n:1"
            ),
            "<a href='n:1'>",
        )

    def test_asked_once_per_address(self):
        asked = []

        def resolve(url):
            asked.append(url)
            return "n:1"

        self.clean(f"<a href='{LINK}'>{LINK}</a>" * 3, resolve=resolve)
        self.assertEqual(asked, [LINK])

    @settings(max_examples=300, derandomize=True, deadline=None)
    @given(anything)
    def test_undoes_what_was_done(self, html):
        """A body that was followed comes back as it was, but for how it is quoted."""
        body = scan(html)
        urls = [f"{OWN}c/{number}" for number in range(len(body.targets))]
        back = dict(zip(urls, (t.url for t in body.targets), strict=True))
        cleaned = self.clean(
            body.render(urls, GIF),
            resolve=lambda url: back.get(url, "" if url == GIF else None),
        )
        self.assertNotIn(OWN, cleaned)
        self.assertEqual(cleaned, body.render([t.url for t in body.targets], None))

    def test_markup(self):
        cleaned = self.clean(Markup("<a href='{}'>a</a>").format(LINK))
        self.assertIs(type(cleaned), str)
        self.assertEqual(cleaned, "<a href='https://x.y/?a=1&amp;b=2'>a</a>")

    def test_recognized_by_the_path(self):
        """Where ``resolve`` can tell by the token, no host is needed."""
        for url in (LINK, LINK.replace("t.example", "elsewhere.example:8069")):
            for written in (url, safelink(url).replace("&", "&amp;"), proofpoint(url)):
                self.assertEqual(
                    clean_incoming(
                        f"<a href='{written}'>", resolve=lambda url: "https://x.y/"
                    ),
                    "<a href='https://x.y/'>",
                )
        for html in ("<a href='https://x.y/ee'>", "<a href='https://x.y/?/ee/c/t'>"):
            self.assertEqual(clean_incoming(html, resolve=lambda url: "n:1"), html)

    def test_hostile_input_takes_linear_time(self):
        """Twice the input, twice the time; it was quadratic where gateways nest."""
        wrapped = "https://urldefense.com/v3/__http:/"
        for unit in (
            wrapped,
            f"<a href='{wrapped}' ",
            f"<a href='{wrapped * 100}{LINK}'>",
            f"<a href='{safelink(LINK)}'>{OWN}",
            f"{OWN}c/x ",
            "%252525",
            "https://h/ee/c/",
            "http" + OWN,
            "&amp;" * 20 + LINK,
        ):
            with self.subTest(unit=unit[:40]):
                html = f"{LINK} {unit * (2_000_000 // len(unit))}"
                start = time.process_time()
                clean_incoming(html, resolve=lambda url: None)
                self.assertLess(time.process_time() - start, 20)

    def test_never_raises(self):
        for html in (
            "https://t.example]/",
            "<a href='https://[t.example'>",
            "t.example",
        ):
            self.assertEqual(self.clean(html), html)


class TestUnwrap(BaseCase):
    def test_gateways(self):
        for wrapped in [
            safelink(LINK),
            safelink(LINK).replace("eur01", "nam12.x").replace("https", "http", 1),
            f"https://urldefense.com/v3/__{LINK}__;!!AbC!xyz$",
            f"https://urldefense.com/v3/__{LINK.replace('//', '/')}__;Iw!!AbC!xyz$",
            proofpoint(LINK),
            f"https://www.google.com/url?q={quote(LINK, safe='')}&source=gmail&ust=1",
            f"https://linkprotect.cudasvc.com/url?a={quote(LINK, safe='')}&c=E,1,x",
            f"https://ci5.googleusercontent.com/proxy/x=s0-d-e1-ft#{LINK}",
            safelink(safelink(LINK)),
            LINK,
        ]:
            with self.subTest(wrapped=wrapped):
                self.assertEqual(unwrap(wrapped), LINK)

    def test_others(self):
        for url in [
            "",
            "https://x.y/?url=https://z.z",
            "https://safelinks.protection.outlook.com.evil.z/?url=https%3A%2F%2Fx.y",
            "https://eur01.safelinks.protection.outlook.com/",
            "https://eur01.safelinks.protection.outlook.com/?url=javascript%3Ax",
            "https://www.google.com/search?q=https",
            "https://urldefense.com/v3/x",
            "https://urldefense.com/v2/__https://x.y__;",
            "https://[",
        ]:
            with self.subTest(url=url):
                self.assertEqual(unwrap(url), url)
