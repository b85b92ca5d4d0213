"""tools/networks.py: lists that people type, and membership."""

import doctest
import ipaddress
import random

from odoo.tests import BaseCase

from ..tools import networks
from ..tools.networks import (
    NetworkListError,
    Networks,
    neighbourhood,
    parse,
    truncate,
)


class TestNetworks(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(networks, optionflags=doctest.ELLIPSIS)
        self.assertGreater(result.attempted, 0)
        self.assertEqual(result.failed, 0)

    def test_bounds_are_inside(self):
        found = Networks(["192.0.2.64/26", "2001:db8:1::/48"])
        for address in (
            "192.0.2.64",
            "192.0.2.127",
            "2001:db8:1::",
            "2001:db8:1:ffff:ffff:ffff:ffff:ffff",
        ):
            self.assertIn(address, found)
        for address in (
            "192.0.2.63",
            "192.0.2.128",
            "2001:db8:0:ffff::",
            "2001:db8:2::",
        ):
            self.assertNotIn(address, found)

    def test_everything_and_nothing(self):
        self.assertNotIn("192.0.2.1", Networks())
        self.assertFalse(Networks())
        everything = Networks(["0.0.0.0/0", "::/0"])
        for address in ("0.0.0.0", "255.255.255.255", "::", "ff::ff"):
            self.assertIn(address, everything)

    def test_mapped_addresses_are_version_4(self):
        self.assertIn("::ffff:192.0.2.7", Networks(["192.0.2.0/24"]))
        self.assertIn("192.0.2.7", Networks(["::ffff:192.0.2.0/120"]))
        self.assertNotIn("192.0.3.7", Networks(["::ffff:192.0.2.0/120"]))
        self.assertIn("255.0.2.7", Networks(["::ffff:0:0/96"]))
        self.assertNotIn("192.0.2.7", Networks(["::/0"]))

    def test_zone_is_ignored(self):
        self.assertIn("fe80::1%eth0", Networks(["fe80::/10"]))

    def test_garbage_is_nowhere(self):
        everything = Networks(["0.0.0.0/0", "::/0"])
        for address in (
            "",
            "unknown",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.4\x00",
            "é",
            "::g",
            "1.2.3.4, 5.6.7.8",
            "\ud800",
            None,
        ):
            self.assertNotIn(address, everything)
            self.assertEqual(truncate(address or ""), "")
            self.assertEqual(neighbourhood(address or ""), "")

    def test_overlap_and_touch_are_merged(self):
        self.assertEqual(
            len(Networks(["10.0.0.0/9", "10.128.0.0/9", "10.3.0.0/16"])), 1
        )
        self.assertEqual(len(Networks(["10.0.0.0/24", "10.0.2.0/24"])), 2)
        apart = Networks(["10.0.0.0/31", "10.0.0.3"])
        self.assertEqual(len(apart), 2)
        self.assertNotIn("10.0.0.2", apart)
        # the smaller one after the larger must not shorten it
        self.assertIn("10.255.0.1", Networks(["10.0.0.0/8", "10.1.0.0/16"]))

    def test_equal_lists_are_equal(self):
        one = Networks(["10.0.0.0/9", "10.128.0.0/9"])
        self.assertEqual(one, Networks(["10.0.0.0/8"]))
        self.assertEqual(hash(one), hash(Networks(["10.0.0.0/8"])))
        self.assertNotEqual(one, Networks(["10.0.0.0/7"]))
        self.assertNotEqual(one, Networks(["10.0.0.0/8", "2001:db8::/32"]))
        self.assertNotEqual(Networks(["2001:db8::/32"]), Networks(["2001:db8::/48"]))
        self.assertNotEqual(one, "10.0.0.0/8")

    def test_against_ipaddress(self):
        """Membership is what the standard library says, one network at a time."""
        draw = random.Random(19)
        for _round in range(30):
            plain = []
            for _network in range(draw.randrange(1, 12)):
                number = draw.getrandbits(32) & 0xFF0F00FF
                length = draw.randrange(4, 33)
                plain.append(ipaddress.ip_network((number, length), strict=False))
            found = Networks(str(network) for network in plain)
            for _address in range(50):
                near = draw.choice(plain).network_address
                address = ipaddress.ip_address(
                    (int(near) + draw.randrange(-300, 300)) % 2**32
                )
                self.assertEqual(
                    str(address) in found, any(address in one for one in plain)
                )


class TestParse(BaseCase):
    def test_separators_and_comments(self):
        found = parse("# ours\n\n 192.0.2.0/24,198.51.100.7;\t2001:db8::/32 # there\n")
        for address in ("192.0.2.1", "198.51.100.7", "2001:db8::1"):
            self.assertIn(address, found)
        self.assertNotIn("198.51.100.8", found)

    def test_nothing(self):
        self.assertEqual(parse(""), Networks())
        self.assertEqual(parse(None), Networks())

    def test_host_bits_may_be_set(self):
        self.assertIn("192.0.2.1", parse("192.0.2.77/24"))

    def test_error_names_the_line(self):
        with self.assertRaises(NetworkListError) as caught:
            parse("192.0.2.0/24\n# fine\n10.0.0.0/8, 10.0.0/8\nmore rubbish")
        self.assertEqual(
            (caught.exception.line, caught.exception.text), (3, "10.0.0/8")
        )
        self.assertIn("line 3", str(caught.exception))

    def test_defaults_are_the_published_ones(self):
        for address in (
            "40.92.0.1",
            "40.93.255.255",
            "40.107.1.1",
            "52.103.255.255",
            "104.47.127.255",
            "2a01:111:f400::9",
            "2a01:111:f403::9",
            "209.222.82.1",
        ):
            self.assertIn(address, networks.MAIL_SCANNERS)
        for address in (
            "40.94.0.0",
            "52.104.0.0",
            "104.47.128.0",
            "2a01:111:f402::",
            "66.249.84.1",
            "209.222.83.1",
        ):
            self.assertNotIn(address, networks.MAIL_SCANNERS)


class TestTruncate(BaseCase):
    def test_what_is_kept(self):
        self.assertEqual(truncate("203.0.113.255"), "203.0.113.0")
        self.assertEqual(truncate("::ffff:203.0.113.255"), "203.0.113.0")
        self.assertEqual(truncate("2001:db8:aaaa:bbbb::1"), "2001:db8:aaaa::")
        self.assertEqual(neighbourhood("203.0.113.255"), "203.0.0.0")
