"""tools/devices.py and tools/signs.py: names of devices, clients and systems."""

import doctest
import json
import sys
from pathlib import Path
from unittest.mock import patch

from odoo.tests import BaseCase

from ..tools import devices, signs
from ..tools.devices import describe, form_factor
from ..tools.signs import Signs

DATA = Path(__file__).parent / "data"
DEVICES = ("desktop", "mobile", "tablet", "unknown")


def corpus(name: str) -> list[dict]:
    with (DATA / name).open() as file:
        return json.load(file)


class TestDescribe(BaseCase):
    def setUp(self):
        super().setUp()
        try:
            import ua_parser  # noqa: F401
        except ImportError:
            self.skipTest("ua-parser names the clients, and is not installed")

    def test_doctests(self):
        for module in (devices, signs):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 0)
            self.assertEqual(result.failed, 0)

    def test_people(self):
        for entry in corpus("user_agents_people.json"):
            with self.subTest(agent=entry["ua"]):
                found = describe(entry["ua"])
                self.assertEqual(
                    (found.device, found.client), (entry["device"], entry["client"])
                )

    def test_machines(self):
        """What a robot claims to run on means nothing."""
        for entry in corpus("user_agents_machines.json"):
            with self.subTest(agent=entry["ua"]):
                found = describe(entry["ua"])
                if entry["client"]:
                    self.assertEqual(found.client, entry["client"])
                if "HeadlessChrome" not in entry["ua"] and entry["open"] != "human":
                    self.assertEqual((found.device, found.os), ("unknown", ""))

    def test_robot_in_a_browser_s_clothes(self):
        agent = (
            "Mozilla/5.0 (X11; Linux x86_64; GTmetrix https://gtmetrix.com/) "
            "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/75.0.3770.100 Safari/537.36"
        )
        self.assertEqual(describe(agent), ("unknown", "", ""))
        self.assertEqual(describe("SemrushBot/7~bl").client, "SemrushBot")

    def test_systems(self):
        for system, agent in (
            ("Windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0.0.0"),
            (
                "macOS",
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15",
            ),
            ("iOS", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)"),
            ("iOS", "Outlook-iOS/709.2189947.prod.iphone (3.24.0)"),
            ("Android", "Mozilla/5.0 (Linux; Android 10; K) Chrome/142.0 Mobile"),
            (
                "Linux",
                "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:144.0) Firefox/144.0",
            ),
            ("Linux", "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36"),
            ("ChromeOS", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/142.0.0.0"),
        ):
            self.assertEqual(describe(agent).os, system, agent)

    def test_no_versions(self):
        for entry in corpus("user_agents_people.json"):
            found = describe(entry["ua"])
            for name in (found.client, found.os):
                self.assertNotRegex(name, r"\d", entry["ua"])

    def test_known_families_are_renamed(self):
        names = {
            describe(entry["ua"]).client for entry in corpus("user_agents_people.json")
        }
        self.assertFalse(names & set(devices._FAMILIES), "names only ua-parser uses")


class TestForm(BaseCase):
    def test_nothing_known(self):
        for agent in ("", "   ", "Lettera/1.0", "\x00", "\ud800", "💌"):
            self.assertEqual(describe(agent).device, "unknown")

    def test_what_is_too_long_is_cut(self):
        long_ago = "Mozilla/5.0 (Linux; Android 10; K) Mobile" + "x" * 600
        self.assertEqual(describe(long_ago + " iPad").device, "mobile")

    def test_android_says_mobile_or_is_a_tablet(self):
        self.assertEqual(
            form_factor("mozilla/5.0 (linux; android 10; k) mobile"), "mobile"
        )
        self.assertEqual(form_factor("mozilla/5.0 (linux; android 10; k)"), "tablet")

    def test_ipad_that_asks_for_desktop_sites(self):
        mac = "mozilla/5.0 (macintosh; intel mac os x 10_15) applewebkit/605.1.15"
        self.assertEqual(form_factor(mac), "desktop")
        self.assertEqual(form_factor(f"{mac} mobile/15e148"), "tablet")

    def test_windows_with_a_touch_screen(self):
        agent = "mozilla/4.0 (compatible; msie 8.0; windows nt 6.1; tablet pc 2.0)"
        self.assertEqual(form_factor(agent), "desktop")

    def test_chromebook(self):
        agent = "mozilla/5.0 (linux; android 9; samsung chromebook 3) chrome/104.0.0.0"
        self.assertEqual(form_factor(agent), "desktop")

    def test_television_is_none_of_them(self):
        for agent in ("mozilla/5.0 (smart-tv; linux)", "mozilla/5.0 (playstation 4)"):
            self.assertEqual(form_factor(agent), "unknown")

    def test_only_known_words(self):
        for name in ("user_agents_people.json", "user_agents_machines.json"):
            for entry in corpus(name):
                self.assertIn(form_factor(entry["ua"].lower()), DEVICES)


class TestWithoutUaParser(BaseCase):
    """Names stay away, the rest stays right, nothing breaks."""

    def setUp(self):
        super().setUp()
        for patcher in (
            patch.dict(sys.modules, {"ua_parser": None}),
            patch.object(devices, "_parsers", None),
        ):
            patcher.start()
            self.addCleanup(patcher.stop)

    def test_devices(self):
        for entry in corpus("user_agents_people.json"):
            found = devices._describe.__wrapped__(entry["ua"])
            self.assertEqual(found.device, entry["device"], entry["ua"])
            self.assertIn(found.client, ("", entry["client"]))
            self.assertEqual(found.os, "")

    def test_own_names_are_there(self):
        found = devices._describe.__wrapped__(
            "Outlook-iOS/709.2189947.prod.iphone (3.24.0)"
        )
        self.assertEqual(found, ("mobile", "Outlook", ""))


class TestSigns(BaseCase):
    def test_empty_sign_is_refused(self):
        for text in ("", "a||b", "a|", "^", "~|a"):
            with self.assertRaises(ValueError):
                Signs(text)

    def test_together(self):
        both = Signs.any_of([Signs("^a|b"), Signs("b|~c$")])
        self.assertEqual(both.text, "^a|b|~c$")
        for agent, found in (("ax", True), ("xb", True), ("xc", True), ("xcax", False)):
            self.assertEqual(both.found_in(agent), found)
