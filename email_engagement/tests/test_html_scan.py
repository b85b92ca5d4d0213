from hypothesis import example, given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..tools import html_scan
from ..tools.html import scan
from ..tools.html_scan import Kind, tokens

PIECES = [
    *("<a ", "<b>", "</b>", "<!--", "-->", "--!>", "<!--[if x]>", "<![endif]-->"),
    *("<style>", "</style>", "<script>", "</script>", "<svg>", "<svg/>", "</svg>"),
    *(
        "<![CDATA[",
        "]]>",
        "<plaintext>",
        "<title>",
        "href='",
        " href",
        '"',
        "'",
        ">",
        "x",
        " ",
    ),
]
soup = st.text(alphabet="<>!-/= \"'a[]&?\n", max_size=60) | st.lists(
    st.sampled_from(PIECES), max_size=20
).map("".join)


def read(html, *wanted):
    return [
        (token.kind.value, html[token.start : token.end])
        for token in tokens(html, wanted)
    ]


class TestTokens(BaseCase):
    def test_kinds(self):
        for html, *expected in [
            (
                "a<b c>d</b>e",
                ("text", "a"),
                ("start", "<b c>"),
                ("text", "d"),
                ("end", "</b>"),
                ("text", "e"),
            ),
            ("<!doctype html>a", ("hidden", "<!doctype html>"), ("text", "a")),
            ("a<!--b-->c", ("text", "a"), ("hidden", "<!--b-->"), ("text", "c")),
            (
                "<style>a</style>",
                ("start", "<style>"),
                ("hidden", "a"),
                ("end", "</style>"),
            ),
            (
                "<!--[if mso]>a<b><![endif]-->",
                ("hidden", "<!--[if mso]>"),
                ("text", "a"),
                ("start", "<b>"),
                ("open", "<![endif]"),
                ("hidden", "-->"),
            ),
            ("a<b", ("text", "a"), ("open", "<b")),
            ("a<style>b", ("text", "a"), ("start", "<style>"), ("open", "<style>b")),
            ("a < b", ("text", "a < b")),
            ("<style></style>", ("start", "<style>"), ("end", "</style>")),
            (
                "<!--[if x]><!--[if y]>a-->",
                ("hidden", "<!--[if x]>"),
                ("hidden", "<!--[if y]>"),
                ("text", "a"),
                ("hidden", "-->"),
            ),
            ("</>", ("hidden", "</>")),
        ]:
            with self.subTest(html=html):
                self.assertEqual(read(html), expected)

    def test_attributes(self):
        html = "<a B = 'c' href=\"d\" x=e/f HREF=no g/>"
        (token,) = tokens(html, ("href", "b", "x", "g"))
        values = {
            name: (html[value.start : value.end], value.quote)
            for name, value in token.attributes.items()
        }
        self.assertEqual(
            values,
            {"b": ("c", "'"), "href": ("d", '"'), "x": ("e/f", ""), "g": ("", "")},
        )
        (token,) = tokens(html)
        self.assertFalse(token.attributes)

    def test_names_and_conditions(self):
        found = [
            (token.name, token.conditional)
            for token in tokens("<A><!--[if x]><V:Rect></V:Rect><![endif]--></A>")
            if token.kind in (Kind.START, Kind.END)
        ]
        self.assertEqual(
            found, [("a", False), ("v:rect", True), ("v:rect", True), ("a", False)]
        )

    @given(soup)
    @example("<style></style>")
    @example("<!--[if x]><!--[if x]><b><!--[if x]>x-->")
    @example("<a href><b href=><i href='>")
    @example("<!--[if x]><style><a -->")
    def test_tokens_cover_everything(self, html):
        position = 0
        for token in tokens(html, ("href",)):
            if token.kind is Kind.OPEN and token.start < position:
                # back to the start tag of raw text that never ends
                self.assertGreaterEqual(token.end, position)
                if not token.conditional:
                    self.assertEqual(token.end, len(html))
                self.assertTrue(html.startswith("<", token.start))
            else:
                self.assertEqual(token.start, position)
            self.assertLess(token.start, token.end)
            for value in token.attributes.values():
                self.assertTrue(token.start < value.start <= value.end < token.end)
            position = token.end
        self.assertEqual(position, len(html))


class Meter:
    """Stands for a compiled pattern and adds up how far it looked."""

    def __init__(self, pattern, work):
        self._pattern = pattern
        self._work = work

    def _measured(self, found, pos, end):
        self._work[0] += 1 + (found.end() if found else end) - pos
        return found

    def match(self, html, pos, end):
        # where it does not match, it stops at once
        found = self._pattern.match(html, pos, end)
        return self._measured(found, pos, pos)

    def search(self, html, pos, end):
        return self._measured(self._pattern.search(html, pos, end), pos, end)

    def finditer(self, html, pos, end):
        while found := self.search(html, pos, end):
            yield found
            pos = found.end()


class MeteredStr(str):
    work = None

    def find(self, *args):
        found = super().find(*args)
        self.work[0] += 1 + (found if found >= 0 else args[2]) - args[1]
        return found


# Beginnings of everything that has an end, and what is costly to read in other
# readers. Each is repeated, alone and after one that is never finished.
HOSTILE = [
    *("<", "<<", "</", "</>", "<?", "<!", "<!>", "<a", "<a ", "<a>", "</a>", "<a/>"),
    *("<!--", "<!-->", "<!---->", "<!--x-->", "-->", "--", "<!--[if mso]>", "<!--[if "),
    *(
        "<!--[if mso]>-->",
        "<![endif]-->",
        "<![if x]>",
        "<![CDATA[",
        "]]>",
        "<!doctype ",
    ),
    *('<a href="', "<a href='", "<a href=", '<a href="x">', "href ", "= ", '"', "'"),
    *(" ", "\n", "/", "=", "a=b ", "a ='b' ", 'a"', "&amp", "&#x26", "x", "é"),
    *("<style>", "</style", "<style></style>", "<style></style", "<title>", "<xmp>"),
    *("<script>", "<script><!--", "<!--<script>", "</script>", "<script></script>"),
    *(
        "<svg>",
        "</svg>",
        "<svg/>",
        "<style/>",
        "<svg><style/>",
        "<math>",
        "<plaintext>",
    ),
    *("<table>", "<td>", "<template>", "<object></object>", "<body>", "</body>"),
    *(
        "<a href=http://x.y/>",
        "<img alt=x>",
        "<base href=http://x.y/>",
        "<v:rect href=x>",
    ),
]


class TestLinear(BaseCase):
    def test_work_grows_with_the_length_only(self):
        """Counted in characters that are looked at, not in seconds."""
        work = [0]
        for name in ("_MARKUP", "_ATTRIBUTE", "_SCRIPT", "_COMMENT_END", "_CONDITION"):
            self.patch(html_scan, name, Meter(getattr(html_scan, name), work))
        self.patch(
            html_scan,
            "_RAW_END",
            {name: Meter(p, work) for name, p in html_scan._RAW_END.items()},
        )
        for before in (
            "",
            "<!--[if mso]>",
            "<svg>",
            "<script>",
            "<a ",
            "<!--[if x]>-->",
        ):
            for piece in HOSTILE:
                for after in ("", "-->", ">", "</script>"):
                    with self.subTest(before=before, piece=piece, after=after):
                        html = MeteredStr(before + piece * 400 + after)
                        html.work = work
                        work[0] = 0
                        for _token in tokens(html, ("href",)):
                            pass
                        # Read once to find the end of what it is in, once to read
                        # it; some pieces are few characters for much work.
                        self.assertLess(work[0], 5 * len(html) + 1000)

    def test_hostile_bodies_are_read(self):
        for piece in HOSTILE:
            with self.subTest(piece=piece):
                html = piece * 20_000
                self.assertEqual(scan(html).render({}, None), html)
