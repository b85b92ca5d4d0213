from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged

from ..models.mail_template_results import RESULTS
from ..tools import kpi
from .template_case import TemplateCase


@tagged("post_install", "-at_install")
class TestTemplateResults(TemplateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_results()

    def test_rates(self):
        good = self.as_seen(self.good)
        self.assertEqual(good.engagement_sent_count, 40)
        self.assertEqual(good.engagement_open_rate, 85)
        self.assertEqual(good.engagement_reply_rate, 30)
        results = good.engagement_results
        low, high = kpi.wilson(34, 40)
        self.assertAlmostEqual(results["open_low"], 100 * low)
        self.assertAlmostEqual(results["open_high"], 100 * high)
        self.assertAlmostEqual(results["pooled_open_rate"], 100 * 68 / 140)

    def test_without_emails_there_is_nothing(self):
        unused = self.as_seen(self.unused)
        self.assertFalse(unused.engagement_results)
        self.assertIs(unused.engagement_open_rate, False)
        values = unused.read(["engagement_open_rate", "engagement_reply_rate"])[0]
        self.assertIs(values["engagement_open_rate"], False)
        export = (self.unused | self.bad).export_data(["engagement_open_rate", "name"])
        self.assertEqual(export["datas"], [["", "Unused"], [10.0, "Bad"]])

    def test_nobody_opened_is_a_rate(self):
        self.make_emails(self.unused, 3)
        self.Stats._refresh()
        rate = self.as_seen(self.unused).engagement_open_rate
        self.assertEqual((rate, rate is False), (0, False))

    def test_recommended_and_worse_as_in_python(self):
        pooled = {"pooled_open": 68 / 140, "pooled_reply": 25 / 140}
        for template, sent, opened, replied in (
            (self.good, 40, 34, 12),
            (self.middling, 60, 30, 9),
            (self.bad, 40, 4, 4),
        ):
            seen = self.as_seen(template)
            self.assertEqual(
                seen.engagement_recommended,
                kpi.recommended(sent, opened, replied, *pooled.values()),
                template.name,
            )
            self.assertEqual(
                seen.engagement_worse,
                kpi.clearly_worse(opened, sent, pooled["pooled_open"])
                or kpi.clearly_worse(replied, sent, pooled["pooled_reply"]),
                template.name,
            )
        self.assertTrue(self.as_seen(self.good).engagement_recommended)
        self.assertTrue(self.as_seen(self.bad).engagement_worse)

    def test_not_before_the_sample(self):
        few = self.make_template("Few")
        self.make_emails(few, 19, opened=19, replied=19)
        self.Stats._refresh()
        self.assertFalse(self.as_seen(few).engagement_recommended)
        self.env["ir.config_parameter"].set_param(
            "email_engagement.template_min_sample", "19"
        )
        few.invalidate_recordset()
        self.assertTrue(self.as_seen(few).engagement_recommended)

    def test_compared_with_templates_of_the_same_model(self):
        only = self.make_template("Only", model="res.users")
        self.make_emails(only, 100, opened=100, replied=100)
        self.Stats._refresh()
        self.assertFalse(self.as_seen(only).engagement_recommended)
        results = self.as_seen(self.good).engagement_results
        self.assertAlmostEqual(results["pooled_open_rate"], 100 * 68 / 140)

    def test_what_counts(self):
        template = self.make_template("What counts")
        self.make_emails(template, 5, opened=5, days=366)
        self.make_emails(template, 4, state="bounced")
        self.make_emails(template, 3, state="failed")
        self.make_emails(template, 2, state="outgoing")
        emails = self.make_emails(template, 4)
        emails.trace_ids[0].reply_count = 1  # opened, though no picture told of it
        emails.trace_ids[1].click_count = 1
        emails.trace_ids[2].attachment_view_count = 1
        emails.trace_ids[3].machine_count = 9
        self.Stats._refresh()
        seen = self.as_seen(template)
        self.assertEqual(seen.engagement_sent_count, 4)
        self.assertEqual(seen.engagement_open_rate, 75)
        self.assertEqual(seen.engagement_reply_rate, 25)
        self.env["ir.config_parameter"].set_param(
            "email_engagement.template_days", "400"
        )
        self.Stats._refresh()
        self.assertEqual(self.as_seen(template).engagement_sent_count, 9)

    def test_another_number_of_days_is_added_up(self):
        self.make_emails(self.unused, 4, days=10)
        self.Stats._refresh()
        self.assertEqual(self.as_seen(self.unused).engagement_sent_count, 4)
        settings = self.env["res.config.settings"].create({})
        settings.set_values()
        self.assertFalse(self.env["email.engagement.template.touch"].search([]))
        settings.engagement_template_days = 10
        settings.set_values()
        self.Stats._run()
        self.assertFalse(self.as_seen(self.unused).engagement_results)
        self.assertEqual(self.as_seen(self.good).engagement_sent_count, 40)

    # ------------------------------------------------------------
    # Lists
    # ------------------------------------------------------------

    def search(self, *domain, order=None):
        Template = self.as_seen(self.env["mail.template"])
        return Template.search(
            Domain(list(domain)) & Domain("id", "in", self.templates.ids), order=order
        )

    def test_sorted(self):
        for order, expected in (
            ("engagement_open_rate", "Bad Middling Good Unused"),
            ("engagement_open_rate desc", "Good Middling Bad Unused"),
            ("engagement_reply_rate desc, name", "Good Middling Bad Unused"),
            ("engagement_sent_count desc, name", "Middling Bad Good Unused"),
            ("engagement_recommended desc, name", "Good Bad Middling Unused"),
        ):
            with self.subTest(order=order):
                names = self.search(order=order).mapped("name")
                self.assertEqual(names, expected.split())

    def test_searched(self):
        for domain, expected in (
            (("engagement_recommended", "=", True), "Good"),
            (("engagement_recommended", "=", False), "Bad Middling Unused"),
            (("engagement_recommended", "!=", True), "Bad Middling Unused"),
            (("engagement_worse", "=", True), "Bad"),
            (("engagement_open_rate", ">", 50), "Good"),
            (("engagement_open_rate", "<=", 50), "Bad Middling"),
            (("engagement_open_rate", "=", False), "Unused"),
            (("engagement_open_rate", "!=", False), "Bad Good Middling"),
            (("engagement_open_rate", "in", [10, 50]), "Bad Middling"),
            (("engagement_sent_count", ">=", 60), "Middling"),
            (("engagement_sent_count", "<", 40), "Unused"),
            (("engagement_sent_count", "=", 0), "Unused"),
            (("engagement_sent_count", "in", [0, 60]), "Middling Unused"),
            (("engagement_sent_count", "!=", 0), "Bad Good Middling"),
            (("engagement_sent_count", "=", False), "Unused"),
            (("engagement_reply_rate", "!=", 30), "Bad Middling Unused"),
        ):
            with self.subTest(domain=domain):
                names = self.search(domain, order="name").mapped("name")
                self.assertEqual(names, expected.split())

    def test_groups_weigh_rates_by_sample(self):
        Template = self.as_seen(self.env["mail.template"])
        groups = Template.formatted_read_group(
            [("id", "in", self.templates.ids)],
            ["model_id"],
            [
                "engagement_sent_count:sum",
                "engagement_open_rate:avg",
                "engagement_reply_rate:avg",
                "__count",
            ],
        )
        self.assertEqual(len(groups), 1)
        self.assertEqual(groups[0]["__count"], 4)
        self.assertEqual(groups[0]["engagement_sent_count:sum"], 140)
        self.assertAlmostEqual(groups[0]["engagement_open_rate:avg"], 100 * 68 / 140)
        self.assertAlmostEqual(groups[0]["engagement_reply_rate:avg"], 100 * 25 / 140)
        empty = Template.formatted_read_group(
            [("id", "in", self.unused.ids)], ["model_id"], ["engagement_open_rate:avg"]
        )
        self.assertFalse(empty[0]["engagement_open_rate:avg"])

    def test_what_the_client_may_ask_for(self):
        names = ["engagement_open_rate", "engagement_sent_count", "engagement_worse"]
        described = self.env["mail.template"].fields_get(
            names, ["sortable", "aggregator", "groupable"]
        )
        rate, sent, worse = (described[name] for name in names)
        self.assertEqual((rate["sortable"], rate["aggregator"]), (True, "avg"))
        self.assertFalse(rate["groupable"])
        self.assertEqual((sent["sortable"], sent["aggregator"]), (True, "sum"))
        self.assertTrue(worse["groupable"])

    def test_one_statement_for_a_list(self):
        # What the first one reads for all: settings and the user's companies.
        self.as_seen(self.good).mapped("engagement_open_rate")
        many = self.env["mail.template"].concat(
            *(self.make_template(f"T{number}") for number in range(40))
        )
        self.make_emails(many[0], 3)
        self.Stats._refresh()
        counts = []
        for templates in (self.good, self.templates | many):
            seen = self.as_seen(templates)
            seen.mapped("name")
            self.env.flush_all()
            seen.invalidate_recordset([*RESULTS, "engagement_results"])
            before = self.env.cr.sql_log_count
            seen.mapped("engagement_open_rate")
            seen.mapped("engagement_results")
            seen.mapped("engagement_recommended")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts, [1, 1])

    # ------------------------------------------------------------
    # Companies and rights
    # ------------------------------------------------------------

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.sales.company_ids |= other
        self.make_emails(self.good, 60, opened=6, company=other)
        self.make_emails(self.unused, 10, opened=5, company=other)
        self.Stats._refresh()
        self.assertEqual(self.as_seen(self.good).engagement_open_rate, 85)
        self.assertEqual(self.as_seen(self.good, other).engagement_open_rate, 10)
        both = self.as_seen(self.good, self.company, other)
        self.assertEqual(both.engagement_sent_count, 100)
        self.assertEqual(both.engagement_open_rate, 40, "40 of 100, not the mean")
        self.assertFalse(self.as_seen(self.unused).engagement_results)
        self.assertTrue(self.as_seen(self.good).engagement_recommended)
        self.assertFalse(both.engagement_recommended)

    def test_company_that_is_not_the_users(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.make_emails(self.good, 60, company=other)
        self.Stats._refresh()
        with self.assertRaises(AccessError):
            self.as_seen(self.good, other).mapped("engagement_open_rate")

    def test_lowest_user(self):
        seen = self.as_seen(self.good)
        self.assertEqual(seen.engagement_open_rate, 85)
        for model in (
            "email.engagement.template.stats",
            "email.engagement.template.touch",
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.sales).search([])
        portal = new_test_user(self.env, "portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self.good.with_user(portal).read(["engagement_open_rate"])

    def test_stored_results_are_per_company(self):
        administrator = new_test_user(
            self.env, "admin2", "email_engagement.group_administrator"
        )
        other = self.env["res.company"].create({"name": "Other"})
        self.make_emails(self.good, 60, company=other)
        self.Stats._refresh()
        stats = self.Stats.search([("template_id", "=", self.good.id)])
        self.assertEqual(sorted(stats.mapped("sent_count")), [40, 60])
        seen = self.Stats.with_user(administrator).search(
            [("template_id", "=", self.good.id)]
        )
        self.assertEqual(seen.company_id, self.company)
