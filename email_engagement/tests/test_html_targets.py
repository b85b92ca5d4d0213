from dataclasses import FrozenInstanceError

from ..tools.html import Target, scan
from .html_case import NEW, URL, HtmlCase


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
