from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .template_case import TemplateCase


@tagged("post_install", "-at_install")
class TestTemplatePicker(TemplateCase):
    """What the composer's picker of templates asks for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.template"].search([("model", "=", "res.partner")]).active = False
        cls.middling = cls.make_template("A middling one")
        cls.mine = cls.make_template("Z mine", user_id=cls.sales.id)
        cls.good = cls.make_template("Y good")
        cls.unused = cls.make_template("B unused")
        cls.make_template("Somebody's", user_id=cls.env.ref("base.user_admin").id)
        cls.make_template("For another model", model="res.users")
        cls.make_emails(cls.middling, 60, opened=30, replied=9)
        cls.make_emails(cls.good, 40, opened=34, replied=12)
        cls.make_emails(cls.mine, 40, opened=4, replied=4)
        cls.Stats._refresh()

    def pick(self, *companies, limit=80):
        templates = self.as_seen(self.env["mail.template"], *companies)
        return templates.engagement_picker("res.partner", limit)

    def names(self, *companies, **kwargs):
        return [row["display_name"] for row in self.pick(*companies, **kwargs)]

    def test_best_first_then_own_then_by_name(self):
        self.assertEqual(
            self.names(), ["Y good", "Z mine", "A middling one", "B unused"]
        )

    def test_what_is_shown(self):
        rows = {row["display_name"]: row for row in self.pick()}
        self.assertEqual(
            set(rows["Y good"]),
            {"id", "display_name", "engagement_alternate", "engagement_results"},
        )
        self.assertEqual(
            rows["Y good"]["engagement_results"],
            self.as_seen(self.good).engagement_results,
        )
        self.assertIs(rows["B unused"]["engagement_results"], False)

    def test_the_best_are_within_the_limit(self):
        self.assertEqual(self.names(limit=1), ["Y good"])

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.sales.company_ids |= other
        self.make_emails(self.unused, 60, opened=60, company=other)
        self.make_emails(self.good, 60, opened=6, company=other)
        self.Stats._refresh()
        self.assertEqual(self.names()[0], "Y good")
        self.assertEqual(self.names(other)[0], "B unused")
        both = self.pick(self.company, other)
        self.assertEqual(both[0]["display_name"], "B unused")
        stars = [
            bool(row["engagement_results"] and row["engagement_results"]["recommended"])
            for row in both
        ]
        self.assertEqual(stars, sorted(stars, reverse=True), "stars come first")

    def test_star_goes_with_what_changes(self):
        email = self.make_emails(self.middling, 100, opened=100)
        self.Stats._touch(email)
        self.Stats._run()
        self.assertEqual(self.names()[0], "A middling one")
        email.trace_ids.open_count = 0
        self.Stats._touch(email)
        self.Stats._run()
        self.assertEqual(self.names()[0], "Y good")
        emails = self.env["email.engagement"].search(
            [("template_id", "=", self.good.id)]
        )
        emails.trace_ids.state = "bounced"
        self.Stats._touch(emails)
        self.Stats._run()
        self.assertFalse(self.Stats.search([("is_recommended", "=", True)]))

    def test_two_statements_whatever_their_number(self):
        self.pick()
        counts = []
        for _round in range(2):
            self.env.flush_all()
            self.env["mail.template"].invalidate_model()
            before = self.env.cr.sql_log_count
            self.pick()
            counts.append(self.env.cr.sql_log_count - before)
            for number in range(20):
                self.make_emails(self.make_template(f"T{number}"), 1)
            self.Stats._refresh()
        self.assertEqual(counts, [2, 2])

    def test_who_may_not_read_templates(self):
        portal = new_test_user(self.env, "portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self.env["mail.template"].with_user(portal).engagement_picker(
                "res.partner", 80
            )
