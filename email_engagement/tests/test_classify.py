"""tools/classify.py and tools/rules.py: people told from machines."""

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..models.email_engagement_event import ACTOR
from ..tools import rules as table
from ..tools.classify import (
    Hit,
    Rules,
    Verdict,
    classify_trace,
)
from ..tools.networks import Networks

DATA = Path(__file__).parent / "data"
SENT = 1_700_000_000.0
LATER = SENT + 3600.0  # long after any grace
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
)
OUTLOOK = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)"
GMAIL = (
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 "
    "(via ggpht.com GoogleImageProxy)"
)
HOME = "203.0.113.7"
EXCHANGE = "40.107.1.1"


def corpus(name: str) -> list[dict]:
    with (DATA / name).open() as file:
        return json.load(file)


class ClassifyCase(BaseCase):
    rules = Rules()

    def setUp(self):
        super().setUp()
        self._id = 0

    def hit(self, kind="click", link=1, at=LATER, agent=CHROME, address=HOME, **more):
        self._id += 1
        return Hit(
            id=self._id,
            kind=kind,
            link_id=None if kind == "open" else link,
            date=at,
            user_agent=agent,
            address=address,
            **more,
        )

    def verdicts(self, *hits, rules=None, sent=SENT, **kwargs) -> list[Verdict]:
        outcome = classify_trace(hits, sent=sent, rules=rules or self.rules, **kwargs)
        return outcome.verdicts

    def reasons(self, *hits, **kwargs) -> list[str]:
        return [verdict.reason for verdict in self.verdicts(*hits, **kwargs)]

    def assertVerdict(self, hit, actor, reason, counts, **kwargs):
        verdict = self.verdicts(hit, **kwargs)[0]
        self.assertEqual((verdict.actor, verdict.reason), (actor, reason))
        self.assertEqual(verdict.counts, counts)
        return verdict


class TestCorpora(ClassifyCase):
    def test_people_are_people(self):
        entries = corpus("user_agents_people.json")
        self.assertGreaterEqual(len(entries), 200)
        for entry in entries:
            for kind in ("open", "image", "click", "attachment"):
                with self.subTest(kind=kind, agent=entry["ua"]):
                    verdict = self.verdicts(self.hit(kind, agent=entry["ua"]))[0]
                    self.assertEqual(verdict.actor, "human", verdict.reason)
                    self.assertIn(verdict.reason, ("mail_client", "browser"))
                    self.assertTrue(verdict.counts and verdict.address_is_person)

    def test_machines_are_machines(self):
        entries = corpus("user_agents_machines.json")
        self.assertGreaterEqual(len(entries), 150)
        for entry in entries:
            for kind, expected in (
                ("open", entry["open"]),
                ("image", entry["open"]),
                ("click", entry["click"]),
                ("attachment", entry["click"]),
            ):
                with self.subTest(kind=kind, agent=entry["ua"]):
                    verdict = self.verdicts(self.hit(kind, agent=entry["ua"]))[0]
                    self.assertEqual(verdict.actor, expected, verdict.reason)
                    self.assertEqual(verdict.counts, expected in ("human", "proxy"))
                    if expected != "human":
                        self.assertFalse(verdict.address_is_person)

    def test_no_entry_is_in_both(self):
        people = {entry["ua"] for entry in corpus("user_agents_people.json")}
        machines = {entry["ua"] for entry in corpus("user_agents_machines.json")}
        self.assertFalse(people & machines)

    def test_every_entry_has_a_source(self):
        for name in ("user_agents_people.json", "user_agents_machines.json"):
            for entry in corpus(name):
                self.assertTrue(entry["source"], entry)

    def test_case_and_blanks_change_nothing(self):
        for entry in corpus("user_agents_machines.json")[::7]:
            agent = f"  {entry['ua'].upper()} "
            verdict = self.verdicts(self.hit("click", agent=agent))[0]
            self.assertEqual(verdict.actor, entry["click"], agent)


class TestTable(BaseCase):
    def test_every_reason_has_a_label(self):
        for row in table.USER_AGENT_RULES:
            self.assertIn(row.code, table.REASONS)
        for reason in table.STRONG_REASONS:
            self.assertIn(reason, table.REASONS)

    def test_rows_are_well_formed(self):
        for row in table.USER_AGENT_RULES:
            with self.subTest(row=row.code):
                self.assertIn(row.actor, dict(ACTOR))
                self.assertLessEqual(row.kinds, table.ANY)
                self.assertIn(row.strength, (table.STRONG, table.PROBABLE))
                self.assertEqual(row.signs, row.signs.lower())
                self.assertTrue(row.source)

    def test_every_row_decides_something(self):
        """No row stands in the shadow of those before it."""
        agents = [entry["ua"].lower() for entry in corpus("user_agents_machines.json")]
        agents += ["mozilla/4.0"]
        used = {
            id(table.machine_row(agent, kind)) for agent in agents for kind in table.ANY
        }
        for row in table.USER_AGENT_RULES:
            self.assertIn(id(row), used, row.code)


class TestRequest(ClassifyCase):
    def test_browser(self):
        verdict = self.assertVerdict(self.hit(), "human", "browser", True)
        self.assertTrue(verdict.address_is_person)

    def test_internal_user(self):
        for more in (
            {},
            {"head": True},
            {"agent": "curl/8.5"},
            {"purpose": "prefetch"},
        ):
            hit = self.hit(is_internal=True, **more)
            self.assertVerdict(hit, "self", "internal_user", False)

    def test_own_network(self):
        rules = Rules(own_networks=Networks(["203.0.113.0/24"]))
        hit = self.hit()
        verdict = self.assertVerdict(hit, "self", "own_network", False, rules=rules)
        self.assertFalse(verdict.address_is_person)
        other = self.hit(address="198.51.100.1")
        self.assertVerdict(other, "human", "browser", True, rules=rules)

    def test_purpose(self):
        for purpose, actor in (
            ("prefetch", "prefetch"),
            ("prefetch;anonymous-client-ip", "prefetch"),
            ("prefetch;prerender", "prefetch"),
            ("Prefetch", "prefetch"),
            ("preview", "preview"),
        ):
            for kind in ("open", "click"):
                hit = self.hit(kind, purpose=purpose)
                self.assertVerdict(hit, actor, f"purpose_{actor}", False)
        self.assertVerdict(self.hit(purpose="document"), "human", "browser", True)

    def test_head_is_never_a_person(self):
        for kind in ("open", "click", "attachment"):
            hit = self.hit(kind, head=True)
            self.assertVerdict(hit, "scanner", "head_request", False)

    def test_empty_user_agent(self):
        for agent in ("", "   "):
            for kind in ("open", "click"):
                hit = self.hit(kind, agent=agent)
                self.assertVerdict(hit, "scanner", "ua_empty", False)

    def test_gmail_reader_is_a_person_without_device_and_place(self):
        for kind in ("open", "image"):
            verdict = self.assertVerdict(
                self.hit(kind, agent=GMAIL, address="66.249.84.1"),
                "proxy",
                "ua_proxy_gmail",
                True,
            )
            self.assertFalse(verdict.address_is_person)
        hit = self.hit("click", agent=GMAIL)
        self.assertVerdict(hit, "scanner", "proxy_target", False)

    def test_unknown_program(self):
        """A picture may be loaded by a mail client nobody has heard of; whoever
        follows a link wants to see a page.
        """
        agent = "Lettera/3.1 (like nothing else)"
        verdict = self.assertVerdict(
            self.hit("open", agent=agent), "human", "no_rule", True
        )
        self.assertEqual(verdict.confidence, "weak")
        self.assertTrue(verdict.address_is_person)
        hit = self.hit("click", agent=agent)
        self.assertVerdict(hit, "scanner", "ua_not_browser", False)

    def test_language(self):
        for language, actor in ((None, "human"), (True, "human"), (False, "scanner")):
            verdict = self.verdicts(self.hit(language=language))[0]
            self.assertEqual(verdict.actor, actor)
        # only of browsers, and only on links, is it known that they all say it
        self.assertVerdict(self.hit("open", language=False), "human", "browser", True)
        self.assertVerdict(
            self.hit(agent=OUTLOOK, language=False), "human", "mail_client", True
        )

    def test_long_user_agents_are_cut(self):
        agent = CHROME + " " * 600 + "curl"
        self.assertVerdict(self.hit(agent=agent), "human", "browser", True)
        self.verdicts(self.hit(agent="(" * 100_000), self.hit(agent="a@" * 50_000))

    @settings(deadline=None)
    @given(
        st.sampled_from(("open", "image", "click", "attachment")),
        st.text(),
        st.text(max_size=50) | st.ip_addresses().map(str),
        st.text(max_size=50),
    )
    def test_anything_has_a_verdict(self, kind, agent, address, purpose):
        hit = Hit(1, kind, 1, LATER, False, agent, address, purpose)
        again = Hit(2, kind, 2, LATER, False, agent, address, purpose)
        for verdict in self.verdicts(hit, again):
            self.assertIn(verdict.actor, dict(ACTOR))
            self.assertIn(verdict.reason, table.REASONS)
            self.assertEqual(verdict.counts, verdict.actor in ("human", "proxy"))

    def test_garbage_is_no_error(self):
        for agent in ("\x00", "\ud800", "é" * 9, "💌", "%s%n", "'; DROP"):
            for address in ("", "nowhere", "::%", "1.2.3.4.5", "\ud800"):
                hits = [
                    self.hit(agent=agent, address=address, at=LATER + n)
                    for n in range(3)
                ]
                self.assertEqual(len(self.verdicts(*hits)), 3)


class TestNetworks(ClassifyCase):
    def test_mail_security_follows_links(self):
        for kind in ("click", "attachment"):
            hit = self.hit(kind, address=EXCHANGE)
            self.assertVerdict(hit, "scanner", "network_target", False)

    def test_a_better_reason_goes_first(self):
        hit = self.hit(agent="curl/8.5", address=EXCHANGE)
        self.assertVerdict(hit, "scanner", "ua_tool", False)

    def test_reader_of_outlook_on_the_web(self):
        """Pictures from Exchange Online are a person's: only the place is not."""
        for agent, reason in ((CHROME, "browser"), (OUTLOOK, "mail_client")):
            hit = self.hit("open", agent=agent, address=EXCHANGE)
            verdict = self.assertVerdict(hit, "human", reason, True)
            self.assertFalse(verdict.address_is_person)

    def test_picture_with_another_signal(self):
        """... unless it came with a check of the links, or too soon."""
        picture = self.hit("open", address=EXCHANGE, at=LATER)
        check = self.hit("click", address="40.107.9.9", at=LATER + 2)
        self.assertEqual(
            self.reasons(picture, check), ["same_source", "network_target"]
        )
        soon = self.hit("open", address=EXCHANGE, at=SENT + 20)
        self.assertVerdict(soon, "scanner", "early_open", False)

    def test_networks_are_a_setting(self):
        rules = Rules(scanner_networks=Networks(["203.0.113.0/24"]))
        hit, exchange = self.hit(), self.hit(address=EXCHANGE)
        self.assertVerdict(hit, "scanner", "network_target", False, rules=rules)
        self.assertVerdict(exchange, "human", "browser", True, rules=rules)


class TestClock(ClassifyCase):
    def test_bounds(self):
        for kind, grace, reason in (
            ("open", 60, "early_open"),
            ("image", 60, "early_open"),
            ("click", 30, "early_click"),
            ("attachment", 30, "early_click"),
        ):
            for after in (-5, 0, 1, grace):  # before SENT: while SMTP was going on
                hit = self.hit(kind, at=SENT + after)
                self.assertVerdict(hit, "scanner", reason, False)
            hit = self.hit(kind, at=SENT + grace + 0.01)
            self.assertVerdict(hit, "human", "browser", True)

    def test_unknown_moment_of_sending(self):
        hit = self.hit(at=SENT + 1)
        self.assertVerdict(hit, "human", "browser", True, sent=None)

    def test_known_proxy_may_be_quick(self):
        hit = self.hit("open", agent=GMAIL, at=SENT)
        self.assertVerdict(hit, "proxy", "ua_proxy_gmail", True)
        rules = Rules(proxy_grace=30)
        for after in (0, 30):
            hit = self.hit("open", agent=GMAIL, at=SENT + after)
            self.assertVerdict(hit, "prefetch", "early_proxy", False, rules=rules)
        late = self.hit("open", agent=GMAIL, at=SENT + 31)
        self.assertVerdict(late, "proxy", "ua_proxy_gmail", True, rules=rules)

    def test_settings(self):
        open_, click = self.hit("open", at=SENT + 90), self.hit(at=SENT + 90)
        slow = Rules(open_grace=120, click_grace=100)
        self.assertEqual(self.reasons(open_, rules=slow), ["early_open"])
        self.assertEqual(self.reasons(click, rules=slow), ["early_click"])
        off = Rules(open_grace=0, click_grace=0)
        for kind in ("open", "click"):
            hit = self.hit(kind, at=SENT - 1)
            self.assertVerdict(hit, "human", "browser", True, rules=off)

    def test_later_hit_counts_in_its_own_right(self):
        self.assertEqual(
            self.reasons(self.hit(at=SENT + 3), self.hit(at=SENT + 300)),
            ["early_click", "browser"],
        )

    def test_a_better_reason_goes_first(self):
        hit = self.hit(at=SENT + 1, agent="curl/8.5")
        self.assertVerdict(hit, "scanner", "ua_tool", False)


class TestRules(BaseCase):
    def test_nonsense(self):
        for wrong in (
            {"open_grace": -1},
            {"click_grace": -1},
            {"proxy_grace": -1},
            {"burst_seconds": -1},
            {"burst_links": 1},
            {"burst_links": -3},
            {"source_key": b"x" * 65},
        ):
            with self.assertRaises(ValueError):
                Rules(**wrong)

    def test_longest_key(self):
        self.assertEqual(Rules(source_key=b"x" * 64).lookback, 6.0)

    def test_hashable_and_equal(self):
        self.assertEqual(Rules(), Rules())
        self.assertEqual(hash(Rules()), hash(Rules()))

    def test_secret_is_not_shown(self):
        self.assertNotIn("hush", repr(Rules(source_key=b"hush")))
