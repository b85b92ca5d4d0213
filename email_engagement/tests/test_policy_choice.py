"""An administrator is asked whom to follow, and finds what is known of the rules."""

import json
import re
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, TransactionCase, new_test_user, tagged

from ..models import email_engagement_health as health_model
from ..tools.law import KNOWN
from .common import administrator_of


@tagged("post_install", "-at_install")
class TestPolicyChoice(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Undecided"})
        cls.admin = administrator_of(cls.company, "chooser")
        cls.Settings = cls.env["res.config.settings"].with_user(cls.admin)
        cls.todo = cls.env.ref("email_engagement.todo_policy")

    def test_nobody_has_chosen_for_a_new_company(self):
        self.assertFalse(self.company.engagement_policy_chosen)
        chosen = self.env["res.company"].create(
            {"name": "Decided", "engagement_policy": "consent"}
        )
        self.assertTrue(chosen.engagement_policy_chosen)

    def test_saving_something_else_is_no_choice(self):
        with Form(self.Settings) as form:
            self.assertFalse(form.engagement_policy_chosen)
            form.engagement_follow_default = False
        form.record.execute()
        self.assertFalse(self.company.engagement_follow_default)
        self.assertFalse(self.company.engagement_policy_chosen)

    def test_saving_a_policy_is_one(self):
        self.todo.state = "open"
        with Form(self.Settings) as form:
            form.engagement_policy = "consent"
        form.record.execute()
        self.assertTrue(self.company.engagement_policy_chosen)
        self.assertEqual(self.todo.state, "done", "no installation opens it again")

    def test_keeping_what_is_set_is_one(self):
        self.todo.state = "open"
        action = self.Settings.create({}).action_engagement_keep_policy()
        self.assertEqual(action["tag"], "reload")
        self.assertTrue(self.company.engagement_policy_chosen)
        self.assertEqual(self.company.engagement_policy, "unless_refused")
        self.assertEqual(self.todo.state, "done")

    def test_after_an_installation_from_apps(self):
        """The page is loaded anew: the old one does not know what was installed."""
        self.env["ir.actions.todo"].search([("state", "=", "open")]).state = "done"
        self.todo.state = "open"
        action = self.env["ir.module.module"].with_user(self.admin).next()
        self.assertEqual(action["type"], "ir.actions.act_url")
        settings = self.env.ref("email_engagement.action_settings")
        self.assertEqual(action["url"], f"/odoo/{settings.path}")


@tagged("post_install", "-at_install")
class TestWhoIsAsked(HttpCase):
    def setUp(self):
        super().setUp()
        self.env.company.write(
            {"engagement_policy": "consent", "engagement_policy_chosen": False}
        )
        new_test_user(self.env, "asked_admin", "base.group_system")
        new_test_user(self.env, "asked_other", "email_engagement.group_administrator")

    def told(self, login):
        """What the web client gets to know of the company."""
        self.authenticate(login, login)
        page = self.url_open("/odoo").text
        info = json.loads(re.search(r"odoo.__session_info__ = (\{.*\});", page)[1])
        companies = info["user_companies"]["allowed_companies"]
        return companies[str(self.env.company.id)]

    def is_asked(self, login):
        return self.told(login)["engagement_is_undecided"]

    def test_only_who_can_choose(self):
        self.assertTrue(self.is_asked("asked_admin"))
        self.assertFalse(self.is_asked("asked_other"), "the settings are not for him")

    def test_whether_anything_can_arrive(self):
        self.env.company.engagement_base_url = "https://mail.example.com"
        with patch.object(health_model, "db_list", return_value=["a", "b"]):
            warning = self.told("asked_admin")["engagement_databases_warning"]
            self.assertIn("https://mail.example.com", warning)
            self.assertFalse(self.told("asked_other")["engagement_databases_warning"])

    def test_only_until_somebody_chooses(self):
        self.env.company.engagement_policy_chosen = True
        self.assertFalse(self.is_asked("asked_admin"))

    def test_not_where_nothing_is_followed(self):
        self.env.company.engagement_policy = "off"
        self.env.company.engagement_policy_chosen = False
        self.assertFalse(self.is_asked("asked_admin"))


@tagged("post_install", "-at_install")
class TestRulesByCountry(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Somewhere"})
        cls.admin = administrator_of(cls.company, "lawyer")
        cls.france, cls.germany, cls.us = (
            cls.env.ref(f"base.{code}").with_user(cls.admin)
            for code in ("fr", "de", "us")
        )

    def policies(self):
        self.env.invalidate_all()
        return {
            row.country_id.code: row.policy
            for row in self.company.engagement_country_ids
        }

    def test_every_known_country_is_listed(self):
        settings = self.env["res.config.settings"].with_user(self.admin).create({})
        action = settings.action_engagement_countries()
        self.assertEqual(action["mobile_view_mode"], "kanban")
        self.assertEqual([kind for _, kind in action["views"]], ["list", "kanban"])
        countries = self.env["res.country"].search(action["domain"])
        self.assertEqual(sorted(countries.mapped("code")), KNOWN)
        for country in countries:
            self.assertTrue(country.engagement_advice)
            self.assertTrue(country.engagement_advice_source)
            self.assertTrue(country.engagement_advice_fits)
        self.assertNotIn(self.us.id, countries.ids)
        self.assertFalse(self.us.engagement_advice_source)

    def test_what_the_company_does(self):
        self.assertEqual(self.france.engagement_policy, "unless_refused")
        self.assertFalse(self.france.engagement_policy_fits)
        self.company.engagement_policy = "anonymous"
        self.env.invalidate_all()
        self.assertTrue(self.france.engagement_policy_fits)
        self.assertFalse(self.germany.engagement_policy_fits, "not known")
        self.assertTrue(self.us.engagement_policy_fits, "nothing is advised")

    def test_use_what_fits(self):
        exceptions = self.env["email.engagement.policy.country"]
        exceptions.create(
            [
                {"company_id": self.company.id, "country_id": id_, "policy": policy}
                for id_, policy in (
                    (self.france.id, "unless_refused"),
                    (self.env.ref("base.it").id, "off"),
                )
            ]
        )
        italy = self.env.ref("base.it").with_user(self.admin)
        (self.france | self.germany | italy | self.us).action_engagement_use_advice()
        self.assertEqual(
            self.policies(), {"FR": "consent", "DE": "consent", "IT": "off"}
        )
        self.assertTrue(self.germany.engagement_policy_fits)
        self.assertFalse(
            self.env.company.engagement_country_ids.filtered(
                lambda row: row.country_id == self.germany
            ),
            "of another company",
        )

    def test_for_administrators_only(self):
        user = new_test_user(self.env, "layman", "base.group_user")
        with self.assertRaises(AccessError):
            self.france.with_user(user).action_engagement_use_advice()
        with self.assertRaises(AccessError):
            self.france.with_user(user).read(["engagement_policy"])
        self.assertFalse(self.policies())
