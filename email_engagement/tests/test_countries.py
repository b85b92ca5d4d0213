"""Countries by a real GeoIP database.

``data/geoip`` was made for these tests, of networks that are for documentation only
(RFC 5737, RFC 3849): 198.51.100.0/24 and 2001:db8:be::/48 are in Belgium,
203.0.113.0/24 is in the United States, and 192.0.2.0/24 somewhere in Asia.
"""

from pathlib import Path
from unittest.mock import patch

from odoo.http import root
from odoo.tests import tagged
from odoo.tools import config

from ..models.countries import Countries, is_set_up
from .common import EngagementTransactionCase
from .test_send import BODY

DATA = Path(__file__).parent / "data" / "geoip"
SETTINGS = ("geoip_country_db", "geoip_city_db")
NOWHERE = "/nowhere/there/is/none.mmdb"


@tagged("post_install", "-at_install")
class TestCountries(EngagementTransactionCase):
    def setUp(self):
        super().setUp()
        self.forget()
        self.addCleanup(self.forget)
        self.set_up()

    def set_up(self, **files):
        """Let Odoo have these databases, and no others."""
        paths = {
            name: str(DATA / files[name]) if name in files else NOWHERE
            for name in SETTINGS
        }
        self.enterContext(patch.dict(config.options.maps[0], paths))
        self.forget()

    def forget(self):
        """Odoo opens each of them once."""
        for name in SETTINGS:
            reader = root.__dict__.pop(name, None)
            if reader:
                reader.close()

    def of(self, address):
        id_ = Countries(self.env).of(address)
        return self.env["res.country"].browse(id_).code

    def test_either_database(self):
        for files in (
            {"geoip_country_db": "country.mmdb"},
            {"geoip_city_db": "city.mmdb"},
        ):
            with self.subTest(files):
                self.set_up(**files)
                self.assertTrue(is_set_up())
                self.assertEqual(self.of("198.51.100.7"), "BE")
                self.assertEqual(self.of("2001:db8:be::7"), "BE")
                self.assertEqual(self.of("203.0.113.7"), "US")

    def test_not_known(self):
        self.set_up(geoip_country_db="country.mmdb")
        for address in ("10.0.0.1", "not an address", "", "2001:db8:1::1"):
            self.assertFalse(self.of(address), address)

    def test_a_continent_is_no_country(self):
        """The code of Asia is that of American Samoa."""
        self.set_up(geoip_country_db="country.mmdb")
        self.assertFalse(self.of("192.0.2.7"))

    def test_without_a_database(self):
        self.assertFalse(is_set_up())
        self.assertFalse(self.of("198.51.100.7"))
        self.set_up(geoip_city_db="../html/offer.html")
        self.assertFalse(is_set_up(), "not a database")
        self.assertFalse(self.of("198.51.100.7"))

    def test_of_people_only(self):
        """The address of a machine tells where its owner has computers."""
        self.set_up(geoip_country_db="country.mmdb")
        message, _mails = self.post(BODY, self.anna | self.bob)
        to_anna, to_bob = message.engagement_id.trace_ids.sorted("email")
        proxy = "Mozilla/5.0 (via ggpht.com GoogleImageProxy)"
        self.hit(to_anna, address="198.51.100.7")
        self.hit(to_bob, address="198.51.100.8", user_agent=proxy)
        link = message.engagement_id.link_ids[0]
        self.hit(to_bob, link, address="203.0.113.9", user_agent="curl/8")
        self.digest()
        events = message.engagement_id.event_ids.filtered(
            lambda row: row.type != "sent"
        )
        by_actor = {event.actor: event.country_id.code for event in events}
        self.assertEqual(by_actor, {"human": "BE", "proxy": False, "scanner": False})
