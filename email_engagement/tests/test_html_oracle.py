"""The rewriting against parsers that were written by others.

html5lib is the reference (it implements the specification literally), lxml is what
Odoo itself reads bodies with.
"""

import re
import unittest

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from odoo.tests import BaseCase

from ..tools.html import scan
from ..tools.urls import is_followable, is_safe_target, resolve

try:
    import html5lib
except ImportError:
    html5lib = None

PIXEL = "https://pixel.test/p.gif"
SHAPES = ("v:rect", "v:roundrect", "v:shape", "v:oval")
LINKS = ("a", "area", *SHAPES)
CONDITION = re.compile(r"\[if\b[^\]>]{0,1000}\]>", re.IGNORECASE)
MARKER = re.compile(r"https://marker\.test/([0-9]+)/")


def markers(body):
    return [f"https://marker.test/{number}/" for number in range(len(body.targets))]


def parse_html5lib(html):
    return html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)


def parse_lxml(html):
    return etree.fromstring(html or " ", etree.HTMLParser(huge_tree=True))


def elements(tree):
    return list(tree.iter()) if tree is not None else []


def tag(element):
    # html5lib puts svg and math into their namespaces
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else None


def is_closed(comment, html):
    """Return whether a comment of a tree was one in ``html``, not all of its rest."""
    html = html.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return f"<!--{comment}--" in html and any(
        f"<!--{comment}{end}" in html for end in ("-->", "--!>")
    )


def text_of(tree):
    """Return what a reader reads, comments left out."""
    parts, stack = [], [tree]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            parts.append(item)
        elif item is not None:
            stack.append(item.tail)
            if isinstance(item.tag, str):
                stack += reversed(item)
                stack.append(item.text)
    return "".join(parts)


class OracleCase(BaseCase):
    def assertOnlyValuesChanged(self, html, body):
        """Between the values that were put in, the bytes are those of ``html``."""
        self.assertEqual(body.render({}, None), html)
        pieces = MARKER.split(body.render(markers(body), None))
        position = 0
        for index in range(0, len(pieces), 2):
            piece = pieces[index]
            self.assertTrue(
                html.startswith(piece, position), f"{piece!r} is not at {position}"
            )
            position += len(piece)
            if index + 1 < len(pieces):
                quote = html[position - 1]
                if quote in "\"'":
                    position = html.index(quote, position)
                else:
                    position = re.compile(r"[^\t\n\f\r >]+").match(html, position).end()
        self.assertEqual(position, len(html))

    def assertSameTree(self, html, body, parse, strict=True):
        """The trees differ in the ``href`` of what is followable, in nothing else.

        :param strict: and of everything that is
        """
        self.strict = strict
        return self._compare(
            html, body.render(markers(body), None), body, parse, base=None
        )

    def _compare(self, html, rewritten, body, parse, base):
        before, after = elements(parse(html)), elements(parse(rewritten))
        self.assertEqual(len(before), len(after))
        if base is None:
            base = self._base(before)
        changed = set()
        for old, new in zip(before, after, strict=True):
            self.assertEqual(old.tag, new.tag)
            self.assertEqual(len(old), len(new))
            self.assertEqual(old.tail, new.tail)
            if not isinstance(old.tag, str):
                if is_closed(old.text, html):
                    changed |= self._compare_comment(old, new, body, parse, base)
                else:
                    self.assertEqual(old.text, new.text)
                continue
            self.assertEqual(old.text, new.text)
            old_attributes, new_attributes = dict(old.attrib), dict(new.attrib)
            if tag(old) in LINKS:
                was = old_attributes.pop("href", None)
                now = new_attributes.pop("href", None)
                changed |= self._compare_link(was, now, old_attributes, body, base)
            self.assertEqual(old_attributes, new_attributes)
        return changed

    def _compare_link(self, was, now, others, body, base):
        off = others.get("data-engagement", "").strip().lower() == "off"
        url = resolve(was, base or None) if was else None
        if url is not None and is_followable(url) and not off:
            marker = MARKER.fullmatch(now)
            if not marker and not self.strict:
                self.assertEqual(now, was)
                return set()
            self.assertTrue(marker, f"{was!r} was not followed but {now!r}")
            number = int(marker[1])
            self.assertEqual(body.targets[number].url, url)
            return {number}
        self.assertEqual(now, was)
        return set()

    def _compare_comment(self, old, new, body, parse, base):
        condition = CONDITION.match(old.text or "")
        if not condition:
            self.assertEqual(old.text, new.text)
            return set()
        start = condition.end()
        self.assertEqual(old.text[:start], new.text[:start])
        # Within one, a second one begins nothing new.
        inner_old, inner_new = (
            re.sub(r"<!--(?=\[if)", "<", text[start:]) for text in (old.text, new.text)
        )
        return self._compare(inner_old, inner_new, body, parse, base)

    def _base(self, found):
        for element in found:
            if tag(element) == "base" and "href" in element.attrib:
                base = resolve(element.get("href"))
                return base if base and is_safe_target(base) else ""
        return ""

    def assertPixelShown(self, html, body, parse):
        """The pixel is one image, and the reader still reads what was written."""
        rendered = body.render({}, PIXEL)
        if rendered == html:
            return  # there is no place for it
        before, after = parse(html), parse(rendered)
        pixels = [e for e in elements(after) if e.get("src") == PIXEL]
        self.assertEqual([tag(e) for e in pixels], ["img"])
        self.assertEqual(text_of(after), text_of(before))


FRAGMENTS = [
    *("<a", "<A ", "<a\n", "<a/", "</a>", "<area ", "<v:roundrect ", "</v:roundrect>"),
    *(" href", "\thref", "/href", " HREF", "href=", " href =", " href\n=\n", " href= "),
    *("=", '"', "'", ">", "/>", " ", "\n", "\r", "\t", "\f", "/", "<", "&", "`", "\\"),
    *("http://x.y/", "https://a.b/c?d=e&f=g#h", "HTTPS://A.B/", "//x.y", "/p", "?q"),
    *("#x", "mailto:a@b.c", "javascript:x()", "&amp;", "&copy=1", "&copy;", "&#x26;"),
    *("&#104;ttp://x.y", "&#0;", "&lt", "&notit;", "\0", "é", "https://é.de/ü?ö=ä"),
    *('<a href="http://x.y/1">', "<a href='http://x.y/2'>", "<a href=http://x.y/3>"),
    *("<!--", "-->", "--!>", "--", "->", "<!-->", "<!--->", "<!", "<?", "</", "</>"),
    *("[if mso]>", "[if !mso]>", "<![endif]", "<!--[if mso]>", "<![endif]-->"),
    *("<![if !mso]>", "<![endif]>", "<!--[if !mso]><!-->", "<!--<![endif]-->"),
    *("<style>", "</style>", "</style", "<script>", "</script>", "<title>", "</title>"),
    *("<textarea>", "</textarea>", "<xmp>", "</xmp>", "<noscript>", "</noscript>"),
    *("<p>", "</p>", "<table>", "<tr>", "<td>", "</table>", "<b>", "</b>", "<div>"),
    *("<html>", "<head>", "</head>", "<body>", "</body>", "</html>", "<!doctype html>"),
    *("<base href='http://base.x/y/'>", "<base>", "<img src=x alt='", "text", " x y "),
    *(" data-engagement=off", " title=t", ' alt="', " class='a b'", "<plaintext>"),
]
FOREIGN = [
    *("<svg>", "</svg>", "<math>", "</math>", "<svg/>", "<style/>", "<script/>"),
    *("<![CDATA[", "]]>", "<g>", "<path d='"),
]

soup = st.lists(
    st.sampled_from(FRAGMENTS) | st.text(max_size=3).filter(lambda t: t.isascii()),
    max_size=30,
).map("".join)
anything = st.lists(
    st.sampled_from(FRAGMENTS + FOREIGN) | st.text(max_size=4), max_size=30
).map("".join)

# The same examples everywhere: what chance finds should not fail another's commit.
MORE = settings(
    max_examples=400,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@unittest.skipUnless(html5lib, "html5lib is not installed")
class TestAgainstHtml5lib(OracleCase):
    @MORE
    @given(soup)
    @example("<a href=http://x.y/1")
    @example("<a =\"href=http://x.y>\" href='http://x.y'>")
    @example(
        "<script><!--<script></script><a href=http://x.y></script><a href=http://x.z>"
    )
    @example("<!--[if mso]><!--><a href=http://x.y><!--<![endif]-->")
    @example("<a href href=http://x.y>")
    def test_same_tree(self, html):
        body = scan(html)
        changed = self.assertSameTree(html, body, parse_html5lib)
        self.assertLessEqual(changed, set(range(len(body.targets))))

    @MORE
    @given(anything)
    def test_same_tree_with_svg(self, html):
        """In there, ``html_scan`` takes more for raw text than it is."""
        self.assertSameTree(html, scan(html), parse_html5lib, strict=False)

    @MORE
    @given(soup)
    def test_pixel(self, html):
        self.assertPixelShown(html, scan(html), parse_html5lib)


class TestProperties(OracleCase):
    @MORE
    @given(anything)
    def test_only_values_change(self, html):
        self.assertOnlyValuesChanged(html, scan(html))

    @MORE
    @given(st.text() | anything)
    def test_never_raises(self, html):
        body = scan(html)
        self.assertEqual(body.render({}, None), html)
        self.assertIsInstance(body.render(markers(body), PIXEL), str)
        self.assertTrue(all(is_followable(target.url) for target in body.targets))

    @MORE
    @given(anything)
    def test_what_is_followed_is_not_followed_again(self, html):
        body = scan(html)
        rewritten = body.render(markers(body), PIXEL)
        again = scan(rewritten, own_prefixes=["https://marker.test/"])
        self.assertEqual(again.targets, [])
        self.assertEqual(again.render(["x"], None), rewritten)
