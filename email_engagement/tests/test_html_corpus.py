"""Every mail that Odoo itself brings, every theme of its mailings, and the mails that
it tests itself with.

They are read from the installed source. Templates are not rendered, but the links
that a rendering would fill in are.
"""

import itertools
import re
from html import unescape
from pathlib import Path

from lxml import etree

from odoo.tools.mail import html2plaintext

import odoo.addons
from odoo.addons.base.tests import mail_examples

from ..tools.html import scan
from ..tools.urls import is_followable, resolve
from .test_html_oracle import (
    PIXEL,
    OracleCase,
    html5lib,
    markers,
    parse_html5lib,
    parse_lxml,
    text_of,
)

DATA = Path(__file__).parent / "data" / "html"
PATTERNS = (
    "*/data/*mail*template*.xml",
    "*/data/*mailing*.xml",
    "*/data/*digest*.xml",
    "*/views/*mail*template*.xml",
    "mass_mailing/views/*theme*.xml",
    "mass_mailing/views/snippets/*.xml",
    "mass_mailing_themes/**/*.xml",
)
# A link with an address of its own, however it is written. Independent of the tools.
ADDRESS = re.compile(r"<a\b[^>]*?\shref=([\"'])(https?://.*?)\1", re.DOTALL)


COMPUTED = re.compile(r"\bt-attf?-href=(\"[^\"]*\"|'[^']*')")


def bodies():
    """Yield (where, html) of the mails in Odoo's source."""
    numbers = itertools.count(1)

    def address(match):
        return f'href="https://computed.example/{next(numbers)}?a=b&amp;c=d"'

    for name, value in vars(mail_examples).items():
        if isinstance(value, str) and not name.startswith("_"):
            yield f"base/mail_examples.py:{name}", value
    for addons in map(Path, odoo.addons.__path__):
        for path in sorted(set().union(*map(addons.glob, PATTERNS))):
            addon = path.relative_to(addons).parts[0]
            if addon == "email_engagement":
                continue
            for node in etree.parse(str(path)).iter("field", "template"):
                name = node.get("name") if node.tag == "field" else "arch"
                html = inner(node)
                if name in ("body_html", "body_arch", "body", "arch") and "<" in html:
                    html = COMPUTED.sub(address, html)
                    yield f"{addon}/{path.name}:{node.sourceline}", html


def inner(node):
    if len(node):
        parts = [node.text or ""]
        parts += [etree.tostring(child, encoding="unicode") for child in node]
        return "".join(parts)
    return node.text or ""


class CorpusCase(OracleCase):
    """What holds for every mail; of ``bodies``, which whoever inherits it gives."""

    bodies = ()

    def test_only_values_change(self):
        for where, html in self.bodies:
            with self.subTest(where=where):
                self.assertOnlyValuesChanged(html, scan(html))

    def test_same_tree_for_lxml(self):
        for where, html in self.bodies:
            with self.subTest(where=where):
                self.assertSameTree(html, scan(html), parse_lxml)

    def test_same_tree_for_html5lib(self):
        if not html5lib:
            self.skipTest("html5lib is not installed")
        for where, html in self.bodies:
            with self.subTest(where=where):
                self.assertSameTree(html, scan(html), parse_html5lib)

    def test_pixel(self):
        for where, html in self.bodies:
            with self.subTest(where=where):
                body = scan(html)
                rendered = body.render(markers(body), PIXEL)
                self.assertEqual(rendered.count(PIXEL), 1)
                before, after = parse_lxml(html), parse_lxml(rendered)
                self.assertEqual(text_of(after), text_of(before))
                (pixel,) = after.xpath("//img[@src=$src]", src=PIXEL)
                self.assertFalse(pixel.xpath("ancestor::a|ancestor::head"))

    def test_text(self):
        for where, html in self.bodies:
            with self.subTest(where=where):
                body = scan(html)
                urls = markers(body)
                self.assertEqual(
                    body.text(html2plaintext).render(urls),
                    html2plaintext(body.render(urls, None)),
                )


class TestOwnMails(CorpusCase):
    """Written for these tests after what newsletters, Word and the careless write."""

    bodies = [(path.name, path.read_text()) for path in sorted(DATA.glob("*.html"))]

    TARGETS = {
        "offer.html": [
            (
                "https://www.example.com/?utm_source=offer&utm_medium=email",
                "Example Ltd.",
            ),
            (
                (
                    "https://www.example.com/my/orders/42"
                    "?access_token=0f1e2d3c-4b5a&report_type=pdf&download=true"
                ),
                "offer S00042",
            ),
            ("https://www.example.com/terms#returns", "terms"),
            ("https://www.example.com/accept/42?sign=1&lang=en_US", "Accept offer"),
            ("https://maps.example.com/?q=Gen%C3%A8ve", "Genève"),
            ("https://wa.me/41225550100", "Chat with us"),
        ],
        "word.html": [
            ("https://files.example.com/s/Xy_9-z?dl=0&x=1&copy=2", "here"),
            ("https://www.example.net/", "Example Net logo"),
        ],
        "soup.html": [
            ("https://soup.example/1?a=b/", "one"),
            ('https://soup.example/2"quoted', "two"),
            ("https://soup.example/3", "between rows"),
            ("https://soup.example/4?x=1&lt=2<3A", "four"),
            ("https://soup.example/5", "five"),
            ("https://soup.example/6", "six"),
            ("HTTPS://SOUP.example/7", "seven"),
            ("https://soup.example/8", "eight"),
            ("https://soup.example/9", "nine"),
        ],
    }

    def test_targets(self):
        for name, html in self.bodies:
            with self.subTest(name=name):
                targets = [(target.url, target.label) for target in scan(html).targets]
                self.assertEqual(targets, self.TARGETS[name])


class TestOdooMails(CorpusCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bodies = list(bodies())

    def test_there_are_many(self):
        names = {where.partition(":")[0] for where, _html in self.bodies}
        self.assertGreater(len(self.bodies), 150)
        self.assertIn("base/mail_examples.py", names)
        self.assertIn("mail/mail_templates_email_layouts.xml", names)
        self.assertTrue(any(name.startswith("mass_mailing") for name in names))

    def test_every_link_that_may_be_is_followed(self):
        found = 0
        for where, html in self.bodies:
            with self.subTest(where=where):
                body = scan(html)
                urls = {target.url for target in body.targets}
                for _quote, written in ADDRESS.findall(html):
                    url = resolve(unescape(written))
                    self.assertEqual(url in urls, is_followable(url), url)
                    found += 1
                self.assertIsNone(body.reason)
        self.assertGreater(found, 200)
