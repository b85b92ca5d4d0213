from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestTour(HttpCase):
    def test_rule(self):
        """Somebody makes a rule in the browser, and looks at it again."""
        self.start_tour(
            "/odoo/automations",
            "email_engagement_automation.rule",
            login="admin",
        )
        rule = self.env["base.automation"].search([("name", "=", "Call again")])
        self.assertEqual(rule.trigger, "on_email_no_reply")
        self.assertEqual((rule.trg_date_range, rule.trg_date_range_type), (5, "day"))
