"""Translations: the templates are those of the addons, and the checker is not blind."""

import tempfile
from pathlib import Path

import polib

from odoo.tests import BaseCase, TransactionCase

from devtools.inside import catalogues, check_catalogues, export_templates

PYTHON = [("code:addons/mail/models/mail.py", "0")]
SCRIPT = [("code:addons/mail/static/src/mail.js", "0")]
VIEW = [("model_terms:ir.ui.view,arch_db:mail.form", "")]


class TestTemplates(TransactionCase):
    def test_templates_are_up_to_date(self):
        self.assertEqual(export_templates.stale(self.env), [])


class TestEntries(BaseCase):
    def assertFine(self, source, target, places=PYTHON):
        self.assertEqual(self.complaints(source, target, places), [])

    def assertWrong(self, complaint, source, target, places=PYTHON):
        [found] = self.complaints(source, target, places)
        self.assertIn(complaint, found)

    def complaints(self, source, target, places, **values):
        entry = polib.POEntry(msgid=source, msgstr=target, occurrences=places, **values)
        return list(check_catalogues.wrong_with(entry))

    def test_untranslated_and_fuzzy(self):
        self.assertWrong("not translated", "Open", "")
        self.assertEqual(
            self.complaints("Open", "Öffnen", PYTHON, flags=["fuzzy"]),
            ["fuzzy, a guess that nobody confirmed"],
        )
        self.assertFine("Status", "Status")

    def test_named_placeholders(self):
        self.assertFine("%(a)s of %(b)s", "von %(b)s %(a)s")
        self.assertWrong("without %(b)s", "%(a)s of %(b)s", "%(a)s von b")
        self.assertWrong("with %(Name)s", "Hello %(name)s", "Hallo %(Name)s", SCRIPT)
        self.assertWrong("with %(name)s", "Hello", "Hallo %(name)s")
        self.assertWrong("%(n)d", "%(n)s hours", "%(n)d Stunden")

    def test_nameless_placeholders_keep_their_order(self):
        self.assertFine("%s of %d", "%s von %d")
        self.assertWrong("order", "%s of %d", "%d: %s")

    def test_percent_signs(self):
        self.assertFine("%(rate)s%% open", "%(rate)s %% offen")
        self.assertFine("Open Rate (%)", "Taux d'ouverture (%)")
        # "% d" is a number with a blank before it, for Python's operator only.
        self.assertWrong("% d", "%(n)s%% of them", "%(n)s%% et 5 % de plus")
        self.assertFine("%(n)s% of them", "%(n)s % de ces", SCRIPT)

    def test_braces(self):
        self.assertFine("{{ object.name }}: {count}", "{count}: {{ object.name }}")
        self.assertWrong(
            "{{ object.name }}", "Of {{ object.name }}", "Von {{ object }}"
        )

    def test_markup(self):
        source = 'A <a href="/x" title="More">link</a> &amp; more'
        self.assertFine(
            source, 'Ein <a href="/x" title="Mehr">Link</a> &amp; mehr', VIEW
        )
        self.assertWrong("other tags", source, "Ein Link &amp; mehr", VIEW)
        self.assertWrong(
            "other tags", source, 'Ein <a href="/y" title="">Link</a>', VIEW
        )
        self.assertWrong("order", "<b>a</b> b", "</b>a<b> b", VIEW)
        self.assertWrong("bare &", "<b>a</b> and b", "<b>a</b> & b", VIEW)

    def test_blanks_and_line_breaks(self):
        self.assertFine("one\n        two", "eins zwei", VIEW)
        self.assertWrong("other line breaks", "one\ntwo", "eins zwei", SCRIPT)
        self.assertWrong("at the beginning or the end", " of ", "von ", VIEW)


class TestFiles(BaseCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        path = catalogues.template_path("example", self.root)
        path.parent.mkdir(parents=True)
        self.write_template("Open", "Closed")
        self.merge()
        self.fill("de", Open="Offen", Closed="Geschlossen")

    def write_template(self, *sources):
        entries = [
            polib.POEntry(msgid=source, comment="module: example", occurrences=VIEW)
            for source in sources
        ]
        path = catalogues.template_path("example", self.root)
        path.write_text(catalogues.text_of(entries, "example"))

    def merge(self):
        catalogues.merge(self.root, ["example"])

    def path(self, language):
        return catalogues.path_of("example", language, self.root)

    def read(self, language):
        return {entry.msgid: entry for entry in catalogues.read(self.path(language))}

    def fill(self, language, **targets):
        entries = self.read(language)
        for source, target in targets.items():
            entries[source].msgstr = target
        self.path(language).write_text(
            catalogues.text_of(entries.values(), "example", language)
        )

    def complaints(self, name):
        return [
            text
            for path, _line, text in check_catalogues.problems(self.root, ["example"])
            if path.name == name
        ]

    def test_a_complete_language_is_fine_and_others_are_not(self):
        self.assertEqual(self.complaints("de.po"), [])
        self.assertEqual(
            self.complaints("fr.po"),
            ["not translated: 'Open'", "not translated: 'Closed'"],
        )

    def test_a_missing_language(self):
        self.path("nl").unlink()
        self.assertEqual(
            self.complaints("nl.po"), ["there is no Dutch: run ./dev i18n"]
        )

    def test_a_missing_template(self):
        catalogues.template_path("example", self.root).unlink()
        self.assertEqual(self.complaints("example.pot"), ["is missing: run ./dev i18n"])

    def test_merging_keeps_what_is_the_same_and_guesses_nothing(self):
        self.write_template("Open", "Closed!")
        self.assertIn(
            "is not in line with example.pot: run ./dev i18n", self.complaints("de.po")
        )
        self.merge()
        self.assertEqual(
            {source: entry.msgstr for source, entry in self.read("de").items()},
            {"Open": "Offen", "Closed!": ""},
        )
        self.assertEqual(self.complaints("de.po"), ["not translated: 'Closed!'"])

    def test_merging_drops_fuzzy_entries(self):
        text = self.path("de").read_text()
        fuzzy = text.replace('msgid "Open"', '#, fuzzy\nmsgid "Open"')
        self.path("de").write_text(fuzzy)
        self.assertEqual(len(self.complaints("de.po")), 2)
        self.merge()
        self.assertEqual(self.complaints("de.po"), ["not translated: 'Open'"])

    def test_merging_twice_changes_nothing(self):
        before = self.path("de").read_bytes()
        self.merge()
        self.assertEqual(self.path("de").read_bytes(), before)
