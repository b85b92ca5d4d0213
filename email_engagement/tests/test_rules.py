from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..models.numbers import DEFAULTS, MAX, number
from ..tools.classify import Rules
from .common import EngagementTransactionCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestRules(EngagementTransactionCase):
    """Settings decide about machines; nonsense in them stops nothing."""

    def setUp(self):
        super().setUp()
        message, _mails = self.post(BODY)
        self.engagement = message.engagement_id
        self.trace = self.engagement.trace_ids
        self.link = self.engagement.link_ids[0]
        self.company = self.env.company

    def rules(self):
        return self.env["email.engagement.rules"]._get(self.company)

    def set(self, **values):
        for name, value in values.items():
            self.env["ir.config_parameter"].set_param(f"email_engagement.{name}", value)

    def test_defaults(self):
        rules, default = self.rules(), Rules()
        for name in ("open_grace", "click_grace", "burst_links", "burst_seconds"):
            self.assertEqual(getattr(rules, name), getattr(default, name))
        self.assertIn("40.107.1.2", rules.scanner_networks)

    def test_thresholds(self):
        self.set(open_grace="5", click_grace="0", burst_links="0")
        rules = self.rules()
        self.assertEqual((rules.open_grace, rules.click_grace), (5.0, 0.0))
        self.assertEqual(rules.burst_links, 0)
        self.hit(self.trace, seconds=10)
        self.digest()
        self.assertEqual(self.engagement.open_count, 1)

    def test_zero_in_the_settings(self):
        """It switches a rule or a bound off, as their help says, and stays so."""
        zero = dict.fromkeys(
            (
                *("engagement_open_grace", "engagement_click_grace"),
                *("engagement_burst_links", "engagement_hits_per_minute"),
                "engagement_events_per_hour",
            ),
            0,
        )
        settings = self.env["res.config.settings"]
        for _twice in range(2):
            settings.create(zero).execute()
            rules = self.rules()
            self.assertEqual((rules.open_grace, rules.click_grace), (0.0, 0.0))
            self.assertEqual(rules.burst_links, 0)
            self.assertEqual(number(self.env, "hits_per_minute"), 0)
            self.assertEqual(number(self.env, "events_per_hour"), 0)
        shown = settings.create({})
        self.assertEqual({name: shown[name] for name in zero}, zero)

    def test_defaults_of_the_settings(self):
        """They show what holds while nothing is set."""
        shown = self.env["res.config.settings"].create({})
        self.assertEqual(shown.engagement_open_grace, 60.0)
        self.assertEqual(shown.engagement_click_grace, 30.0)
        self.assertEqual(shown.engagement_burst_links, 3)
        self.assertEqual(shown.engagement_burst_seconds, 3.0)
        self.assertEqual(shown.engagement_hits_per_minute, 600)
        self.assertEqual(shown.engagement_events_per_hour, 200)

    def test_nonsense_is_left_at_its_default(self):
        self.set(open_grace="soon", click_grace="-4", burst_links="1")
        self.assertEqual(self.rules().open_grace, Rules().open_grace)
        self.assertEqual(self.rules().click_grace, Rules().click_grace)
        self.assertEqual(self.rules().burst_links, Rules().burst_links)

    def test_nonsense_is_not_taken(self):
        """Settings would show it, and something else hold."""
        for wrong in (
            {"engagement_open_grace": -5},
            {"engagement_burst_links": 1},
            {"engagement_template_days": 600_000},
            {"engagement_template_likeness": 150},
        ):
            settings = self.env["res.config.settings"].create(wrong)
            with self.subTest(wrong), self.assertRaises(ValidationError):
                settings.execute()
        self.set(template_likeness="150")
        self.assertEqual(number(self.env, "template_likeness"), 20)

    def test_numbers(self):
        """What was typed, if it is one of that kind and of a size that can be meant."""
        for value, expected in (
            ("7", 7),
            ("0", 0),
            ("-1", 365),
            ("x", 365),
            ("1.5", 365),
            (str(MAX), MAX),
            ("9" * 30, 365),
        ):
            self.set(template_days=value)
            self.assertEqual(number(self.env, "template_days"), expected, value)
            self.env["email.engagement.template.stats"]._refresh()
        self.set(hot_hours="nan")
        self.assertEqual(number(self.env, "hot_hours"), DEFAULTS["hot_hours"])

    def test_shortly_after_sending(self):
        self.hit(self.trace, seconds=10)
        self.digest()
        self.assertEqual(self.engagement.open_count, 0)
        event = self.engagement.event_ids.filtered(lambda event: event.type == "open")
        self.assertEqual(event.reason, "early_open")
        self.assertTrue(event.reason_text.startswith("Opened within moments"))

    def test_own_network(self):
        self.company.engagement_own_networks = "198.51.100.0/24  # the office"
        self.hit(self.trace, address="198.51.100.7")
        self.hit(self.trace, address="203.0.113.7", seconds=3700)
        self.digest()
        actors = self.engagement.event_ids.filtered(lambda e: e.type == "open")
        self.assertEqual(sorted(actors.mapped("actor")), ["human", "self"])
        self.assertEqual(self.engagement.open_count, 1)

    def test_own_gateway(self):
        self.company.engagement_scanner_networks = "203.0.113.0/24"
        self.hit(self.trace, self.link, address="203.0.113.7")
        self.digest()
        self.assertEqual(self.engagement.click_count, 0)
        self.assertIn("40.107.1.2", self.rules().scanner_networks, "in addition")

    def test_networks_are_checked(self):
        for name in ("engagement_own_networks", "engagement_scanner_networks"):
            with self.assertRaisesRegex(ValidationError, "line 2: “office”"):
                self.company[name] = "192.0.2.1\noffice"

    def test_other_company(self):
        """The office of one company says nothing about the mails of another."""
        other = self.env["res.company"].create({"name": "Other"})
        other.engagement_own_networks = "198.51.100.0/24"
        self.hit(self.trace, address="198.51.100.7")
        self.digest()
        self.assertEqual(self.engagement.open_count, 1)

    def test_too_many_interactions(self):
        self.set(events_per_hour="5")
        for count in range(12):
            self.hit(self.trace, seconds=3600 + 20 * count)
        self.digest()
        for count in range(12, 20):
            self.hit(self.trace, seconds=3600 + 20 * count)
        self.digest()
        events = self.engagement.event_ids.filtered(lambda e: e.type == "open")
        self.assertEqual(len(events), 6)
        self.assertEqual(self.engagement.open_count, 5)
        self.assertEqual(sum(events.mapped("hit_count")), 20)

    def test_raw_requests_are_not_kept(self):
        self.hit(self.trace, address="203.0.113.7", user_agent="Mozilla/5.0 Thing/1")
        self.digest()
        event = self.engagement.event_ids[0]
        self.assertFalse(event.address)
        self.assertFalse(event.user_agent)
        self.company.engagement_keep_raw = True
        self.hit(self.trace, address="203.0.113.7", seconds=4000)
        self.digest()
        event = self.engagement.event_ids[0]
        self.assertEqual(event.address, "203.0.113.0", "cut to its network")
        self.assertTrue(event.user_agent)

    def test_sources_are_forgotten(self):
        self.hit(self.trace, address="203.0.113.7")
        self.digest()
        event = self.engagement.event_ids[0]
        self.assertTrue(event.source)
        self.assertNotIn("203.0", event.source)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE email_engagement_event SET last_date = now() - interval '2 day'"
        )
        self.env["email.engagement.event"]._gc_sources()
        self.assertFalse(event.source)
