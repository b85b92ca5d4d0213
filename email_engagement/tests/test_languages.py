"""The addon speaks the languages of its catalogues, to recipients above all."""

import inspect
import re
from html.parser import HTMLParser
from unittest.mock import patch

from odoo.tests import HttpCase, TransactionCase, tagged

from ..controllers.languages import SPOKEN
from ..controllers.pages import later_page
from .common import EngagementCase, RecipientMixin
from .test_send import BODY

CODES = {"de": "de_DE", "es": "es_ES", "fr": "fr_FR", "it": "it_IT", "nl": "nl_NL"}


class Texts(HTMLParser):
    """What people read on a page, piece by piece."""

    def __init__(self, page):
        super().__init__()
        self.found, self.in_style = set(), False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.in_style = tag == "style"

    def handle_endtag(self, tag):
        self.in_style = False

    def handle_data(self, data):
        text = " ".join(data.split())
        if re.search(r"[A-Za-z]{3} ", text) and not self.in_style:
            self.found.add(text)


def speak(env, languages=SPOKEN):
    """Activate languages, with the texts of this addon only: it is quicker."""
    codes = [CODES[language] for language in languages]
    for code in codes:
        env["res.lang"]._activate_lang(code)
    env["ir.module.module"]._load_module_terms(["email_engagement"], codes)


@tagged("post_install", "-at_install")
class TestPages(RecipientMixin, EngagementCase, HttpCase):
    _registry_readonly_enabled = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prepare_mail(BODY)
        speak(cls.env)
        cls.anna.lang = False
        token = cls.env["email.engagement.token"]._sign("preference", cls.trace.id)
        cls.preference = f"/ee/p/{token}"

    def texts(self, path, language) -> set[str]:
        page = self.client(path, headers={"Accept-Language": language}).text
        self.assertIn(f'lang="{language}', page)
        return Texts(page).found

    def test_nothing_is_left_in_english(self):
        self.assertEqual(SPOKEN, sorted(CODES))
        for path in (self.preference, f"{self.preference}?done=stopped", "/ee/c/x"):
            english = self.texts(path, "en-US")
            self.assertGreater(len(english), 2)
            for language in SPOKEN:
                with self.subTest(path=path, language=language):
                    there = self.texts(path, language)
                    self.assertEqual(there & english, set())
                    self.assertGreater(len(there), len(english) / 2)

    def test_the_line_at_the_end(self):
        company = self.env.company
        lines = {
            self.engagement._render_preference_line(company, code)
            for code in ("en_US", *CODES.values())
        }
        self.assertEqual(len(lines), 6)

    def test_nearest_language(self):
        for wanted, language in [
            ("de-AT,en;q=0.5", "de-DE"),
            ("de", "de-DE"),
            ("da,fr-CA;q=0.8,en;q=0.5", "fr-FR"),
            ("xx", "en-US"),
            ("x" * 5000, "en-US"),
        ]:
            page = self.client("/ee/c/x", headers={"Accept-Language": wanted}).text
            self.assertIn(f'lang="{language}"', page, wanted[:30])

    def test_language_of_the_company_when_no_other_is_known(self):
        self.env.company.partner_id.lang = "nl_NL"
        page = self.client(self.preference, headers={"Accept-Language": "xx"}).text
        self.assertIn('lang="nl-NL"', page)


@tagged("post_install", "-at_install")
class TestWithoutDatabase(TransactionCase):
    def test_page_without_a_database(self):
        pages = {later_page(language) for language in ("en", *SPOKEN)}
        self.assertEqual(len({p for page in pages for p in Texts(page).found}), 12)
        for page in pages:
            self.assertNotIn("%(", page)


@tagged("post_install", "-at_install")
class TestLabels(TransactionCase):
    def setUp(self):
        super().setUp()
        speak(self.env, ["de"])
        self.names = ["engagement_status", "engagement_last_open"]

    def labels(self, model):
        return self.env[model].with_context(lang="de_DE").fields_get(self.names)

    def test_models_that_the_catalogues_do_not_know(self):
        """As on an addon that is installed beside: nothing is stored for its model."""
        thread = self.labels("mail.thread")
        self.assertEqual(thread["engagement_status"]["string"], "E-Mail-Engagement")
        fields = self.env["ir.model.fields"]
        known = type(fields)._get_fields_cached

        def _get_fields_cached(self, model_name):
            return {} if model_name == "res.partner" else known(self, model_name)

        with patch.object(type(fields), "_get_fields_cached", _get_fields_cached):
            unknown = self.labels("res.partner")
        for name in self.names:
            for key in ("string", "help"):
                self.assertEqual(unknown[name][key], thread[name][key])
        self.assertEqual(
            unknown["engagement_status"]["selection"],
            thread["engagement_status"]["selection"],
        )

    def test_a_label_of_ones_own_is_kept(self):
        field = self.env["ir.model.fields"]._get("res.partner", "engagement_status")
        field.update_field_translations("field_description", {"de_DE": "Gelesen?"})
        labels = self.labels("res.partner")
        self.assertEqual(labels["engagement_status"]["string"], "Gelesen?")

    def test_only_what_is_asked_for(self):
        partner = self.env["res.partner"].with_context(lang="de_DE")
        found = partner.fields_get(["engagement_status"], ["string"])
        self.assertEqual(list(found), ["engagement_status"])
        self.assertEqual(list(found["engagement_status"]), ["string"])


@tagged("post_install", "-at_install")
class TestFieldsOfLanguages(TransactionCase):
    def test_what_is_said_is_said_in_the_language_of_who_asks(self):
        """A value that two users with different languages shared would be that of
        whoever asked first.
        """
        for model in self.env.values():
            for field in () if model.is_transient() else model._fields.values():
                computes = [
                    vars(class_)[field.compute]
                    for class_ in type(model).mro()
                    if isinstance(field.compute, str) and field.compute in vars(class_)
                ]
                source = "".join(
                    inspect.getsource(function)
                    for function in computes
                    if "email_engagement" in function.__module__
                )
                words = ("env._(", "_description_selection(", "followed_text(")
                if any(word in source for word in words):
                    with self.subTest(field=field):
                        context = self.registry.field_depends_context[field]
                        self.assertIn("lang", context)
