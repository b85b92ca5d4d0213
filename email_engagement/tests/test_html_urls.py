import html as stdlib_html
from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..tools.urls import (
    NEVER_FOLLOWED,
    URL_MAX,
    escape_attribute,
    is_followable,
    is_safe_target,
    location,
    refusal,
    resolve,
    unescape_attribute,
)

SAFE = [
    "http://x.y",
    "https://x.y/",
    "HTTPS://X.Y/Z",
    "https://localhost:8069/web#id=1&model=crm.lead",
    "https://a_b.example.com/",
    "https://r3---sn-x.example.com./",
    "https://x.y:/",
    "https://x.y:65535",
    f"https://{'a.' * 126}a",
    f"https://{'a.' * 126}a.",
    "https://x.y:443/a;b=c/d?e=f&g[]=h#i?j#k",
    "https://x.y?q",
    "https://x.y#f",
    "https://x.y/%7Euser/%zz?100%",
    "https://x.y/?to=a@b.c",
    "https://x.y/@user",
    "https://127.0.0.1/",
    "https://[2001:db8::1]:8443/x",
    "https://xn--mnchen-3ya.example/",
    "https://x.y/a|b^c{d}'e",
]
UNSAFE = [
    "",
    " https://x.y",
    "x.y",
    "/x",
    "//x.y",
    "ftp://x.y",
    "javascript:alert(1)",
    "data:text/html,x",
    "mailto:a@b.c",
    "http:x.y",
    "http:/x.y",
    "http:///x.y",
    "https:////x.y",
    "https:\\\\x.y",
    "https:/\\x.y",
    "https://x.y\\@z.z",
    "https://good\\@evil",
    "https://x.y/\\..\\",
    "https://user@x.y",
    "https://user:pass@x.y/",
    "https://@x.y",
    "https://x.y:80:80/",
    "https://x.y:65536/",
    "https://x.y:-1/",
    "https://x.y:٣/",
    "https://",
    "https://?q",
    "https://.",
    "https://...",
    "https://a..b/",
    "https://.a/",
    "https://a b/",
    "https://a%2eb/",
    "https://a%00b/",
    "https://a<b/",
    'https://a"b/',
    "https://a,b/",
    f"https://{'a' * 64}.y/",
    f"https://{'a.' * 126}aa/",
    f"https://{'a.' * 126}aa./",
    "https://[::1/",
    "https://[x]/",
    "https://[abc]/",
    "https://[1:2]/",
    "https://[1::2::3]/",
    "https://[fe80::1%25eth0]/",
    "https://1.2.3/",
    "https://1.2.3.4.5/",
    "https://256.1.1.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://x.0x/",
    "https://x.y/a\r\nSet-Cookie: a=b",
    "https://x.y/a\nb",
    "https://x.y/a\tb",
    "https://x.y/\0",
    "https://x.y/\x7f",
    "https://x.y/\x85",
    "https://x.y/\u2028",
    "https://x.y/\ufffd",
    "https://x.y/\ud800",
    "https://a\u2100b/",  # "a/c" after normalization
    "https://evil.com\uff0fgood.com/",  # a wide slash
    "https://evil.com\uff20good.com/",
    "https://x.y/" + "a" * URL_MAX,
    "https://x.y/" + "é" * (URL_MAX // 5),
]

FOLLOWED = [
    "https://www.odoo.com?utm_source=db&utm_medium=email",
    "https://shop.example.com/register?code=WELCOME",
    "https://example.com/event/signup",
    "https://example.com/blog/our-new-login-page",
    "https://example.com/mail/view?model=sale.order&res_id=1&access_token=x&pid=2&hash=y",
    "https://example.com/my/orders/12?access_token=x",
    "https://example.com/view/12",
    "https://example.com/pages/view?id=3",
    "https://example.com/mailing",
    "https://example.com/r/AbC",
    "https://example.com/coffee/preferencesque",
    "https://example.com/calendar/meeting/accept?token=x&id=1",
    "https://example.com/survey/start/x?answer_token=y",
    "https://example.com/shopoutlet",
    "https://example.com/adopt-outlaws",
    "https://example.com/sunsubtropical",
    "https://example.com/a$b{c}",
]
NOT_FOLLOWED = {
    "placeholder": [
        "https://x.y/{{ object.id }}",
        "https://x.y/%7B%7B%20object.id%20%7D%7D",
        "https://x.y/${object.id}",
        "https://x.y/%24%7bobject.id%7d",
        "https://x.y/{% if x %}",
        "https://x.y/<%= x %>",
        "https://x.y/*|ID|*",
        "https://x.y/%%[x]%%",
    ],
    "unsubscribe": [
        "https://x.y/unsubscribe",
        "https://x.y/UNSUBSCRIBE?id=1",
        "https://x.y/a?action=unsubscribe",
        "https://x.y/a?next=%2Funsubscribe",
        "https://x.y/#/unsubscribe",
        "https://unsubscribe.x.y/",
        "https://x.y/groups/unsubscribe",
        "https://x.y/u/unsub?x",
        "https://x.y/opt-out",
        "https://x.y/opt_out/1",
        "https://x.y/optout",
        "https://x.y/mail/unfollow?model=x",
        "https://x.y/abmelden",
        "https://x.y/d%C3%A9sabonnement",
        "https://x.y/desinscription",
        "https://x.y/newsletter/darse-de-baja",
        "https://x.y/disiscrizione",
        "https://x.y/uitschrijven",
        "https://x.y/mail/unsubscribe/1",
    ],
    "preferences": [
        "https://x.y/preferences",
        "https://x.y/email-preference-center",
        "https://x.y/a?page=preferences",
        "https://x.y/notification/settings",
        "https://x.y/email_settings",
        "https://x.y/manage-your-subscriptions",
    ],
    "password": [
        "https://x.y/web/reset_password?token=x",
        "https://x.y/users/password/new",
        "https://x.y/forgot-password",
        "https://x.y/account/set-your-password/x",
        "https://x.y/password-reset",
    ],
    "sign up": [
        "https://x.y/web/signup?token=x",
        "https://x.y/web/login?redirect=x",
        "https://x.y/fr_FR/web/login",
        "https://x.y/auth_oauth/signin",
        "https://x.y/mail/view?auth_signup_token=x",
        "https://x.y/invite?token=x",
        "https://x.y/confirm-email?confirmation_token=x",
        "https://x.y/magic-login#access_token=x",
    ],
    "mass mailing": [
        "https://x.y/unsubscribe_from_list",
        "https://x.y/view",
        "https://x.y/view?x",
        "https://x.y:8069/cards/3/preview",
        "https://x.y/mailing/12/view?document_id=1",
        "https://x.y/mailing/12/confirm_unsubscribe",
    ],
}


class TestSafety(BaseCase):
    def test_safe(self):
        for url in SAFE:
            with self.subTest(url=url):
                self.assertEqual(location(url), url)
                self.assertTrue(is_safe_target(url))

    def test_unsafe(self):
        for url in UNSAFE:
            with self.subTest(url=url):
                self.assertIsNone(location(url))
                self.assertFalse(is_safe_target(url))
                self.assertFalse(is_followable(url))
                self.assertEqual(refusal(url), "unsafe")

    def test_not_a_string(self):
        for url in (None, False, 1, b"https://x.y", []):
            self.assertFalse(is_safe_target(url))

    def test_location_in_ascii(self):
        for url, expected in {
            "https://münchen.de/straße?q=ü#ö": (
                "https://xn--mnchen-3ya.de/stra%C3%9Fe?q=%C3%BC#%C3%B6"
            ),
            "https://straße.de": "https://xn--strae-oqa.de",
            "https://MÜNCHEN.DE.": "https://xn--mnchen-3ya.de.",
            "https://例え。jp/": "https://xn--r8jz45g.jp/",
            "https://x.y/a b?c d#e f": "https://x.y/a%20b?c%20d#e%20f",
            'https://x.y/"<>`': "https://x.y/%22%3C%3E%60",
            "https://x.y/%C3%BC": "https://x.y/%C3%BC",
        }.items():
            with self.subTest(url=url):
                self.assertEqual(location(url), expected)

    @given(st.text())
    def test_any_text(self, text):
        for url in (text, f"https://x.y/{text}", f"https://{text}/", f"http:{text}"):
            found = location(url)
            self.assertEqual(is_safe_target(url), found is not None)
            if found is not None:
                self.assertSafeHeader(found)

    def assertSafeHeader(self, url):
        self.assertTrue(url.isascii() and url.isprintable() and " " not in url)
        self.assertLessEqual(len(url), URL_MAX)
        parts = urlsplit(url)
        self.assertIn(parts.scheme, ("http", "https"))
        self.assertTrue(parts.hostname)
        self.assertIsNone(parts.username)
        self.assertNotIn("\\", url)
        # what a browser takes for the host is what everyone takes for it
        self.assertRegex(url, r"(?i)\Ahttps?://[a-z0-9._\[\]:-]+(?:[/?#]|\Z)")

    @given(st.text(), st.text())
    def test_the_host_cannot_be_turned(self, before, after):
        """Whatever stands around a good host, nobody is sent to another one."""
        for url in (
            f"https://good.example/{after}",
            f"https://good.example{after}",
            f"https://{before}good.example/{after}",
        ):
            found = location(url)
            if found is not None and url.startswith("https://good.example/"):
                self.assertEqual(urlsplit(found).hostname, "good.example")

    @given(st.from_regex(r"\Ahttps://x\.y/[!-\[\]-~]{0,60}\Z").map(str))
    def test_ascii_comes_back_to_the_byte(self, url):
        if not set('"<>`') & set(url):
            self.assertEqual(location(url), url)


class TestPolicy(BaseCase):
    def test_followed(self):
        for url in FOLLOWED:
            with self.subTest(url=url):
                self.assertIsNone(refusal(url))
                self.assertTrue(is_followable(url))

    def test_not_followed(self):
        for urls in NOT_FOLLOWED.values():
            for url in urls:
                with self.subTest(url=url):
                    self.assertFalse(is_followable(url))
                    # safe all the same: a mail may lead to it
                    self.assertTrue(is_safe_target(url))
        # Each rule is needed by some address, whichever of them comes first.
        reasons = {refusal(url) for urls in NOT_FOLLOWED.values() for url in urls}
        self.assertEqual(reasons, {*NEVER_FOLLOWED, "sign up"})

    def test_safe_ones_are_followed(self):
        for url in SAFE:
            with self.subTest(url=url):
                self.assertTrue(is_followable(url))


class TestAttributes(BaseCase):
    def test_references(self):
        for written, meant in {
            "a&amp;b": "a&b",
            "a&ampb": "a&ampb",
            "a&amp=b": "a&amp=b",
            "a&amp b": "a& b",
            "a&amp": "a&",
            "a&copy=1": "a&copy=1",
            "a&copy1=1": "a&copy1=1",
            "a&copy;=1": "a©=1",
            "a&notit;": "a&notit;",
            "a&notin;": "a∉",
            "&nosuch;": "&nosuch;",
            "&#38;&#x26;&#X26;&#38": "&&&&",
            "&#x26a": "\u026a",
            "&#0;&#xD800;&#1114112;&#99999999999999999999;": "\ufffd" * 4,
            "&#128;&#x81;&#x9f;&#xA0;&#10;&#1;": "€\x81Ÿ\xa0\n\x01",
            "&#xD7FF;&#xDFFF;&#xE000;&#x10FFFF;": "\ud7ff\ufffd\ue000\U0010ffff",
            "&#x00FFFFFF;&#x100000000;": "\ufffd\ufffd",
            "&#;&#x;&": "&#;&#x;&",
            "&#00000000000065;": "A",
            "\0": "\ufffd",
            "a&": "a&",
        }.items():
            with self.subTest(written=written):
                self.assertEqual(unescape_attribute(written), meant)

    @given(st.text())
    def test_escaped_comes_back(self, text):
        text = text.replace("\0", "")
        for quote in ("'", '"', ""):
            written = escape_attribute(text, quote)
            if not quote and written[:1] == '"':
                written = written[1:-1]
                self.assertNotIn('"', written)
            elif quote:
                self.assertNotIn(quote, written)
            else:
                self.assertRegex(written, r"\A[^\s\"'<>=`&]+\Z")
            self.assertEqual(unescape_attribute(written), text)
            self.assertEqual(
                stdlib_html.unescape(written), stdlib_html.unescape(written)
            )

    def test_resolve(self):
        base = "https://b.c/d/e?f"
        for reference, without, with_base in [
            ("https://x.y/ z", "https://x.y/ z", "https://x.y/ z"),
            (" \n\x0c\x01https://x.y/\x1f ", "https://x.y/", "https://x.y/"),
            ("https://x.y/!", "https://x.y/!", "https://x.y/!"),
            ("htt\nps://x.\ty/\r", "https://x.y/", "https://x.y/"),
            ("/p?q#r", None, "https://b.c/p?q#r"),
            ("p", None, "https://b.c/d/p"),
            ("../p", None, "https://b.c/p"),
            ("?q=1&r", None, "https://b.c/d/e?q=1&r"),
            ("//x.y/z", None, "https://x.y/z"),
            ("#x", None, None),
            (" # ", None, None),
            ("", None, None),
            ("  ", None, None),
            ("\\\\x.y", None, None),
            ("/\\x.y", None, None),
            ("mailto:a@b.c", "mailto:a@b.c", "mailto:a@b.c"),
            ("//[", None, None),
        ]:
            with self.subTest(reference=reference):
                self.assertEqual(resolve(reference), without)
                self.assertEqual(resolve(reference, base), with_base)
