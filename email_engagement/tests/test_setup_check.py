from datetime import datetime, timedelta

from odoo.tests import BaseCase

from ..tools import setup_check
from ..tools.fetch import Answer, Failure
from ..tools.setup_check import Incoming

URL = "https://odoo.example.com"
NOW = datetime.fromisoformat("2026-03-04 12:00:00")
FACTS = {
    "remote": "203.0.113.5",
    "scheme": "https",
    "proxy_mode": True,
    "x_for": "203.0.113.5",
    "x_host": True,
    "x_other": True,
}


def codes(findings):
    return [finding.code for finding in findings]


def answer(status, body=b"", location=""):
    return Answer(status, location, body)


class TestAddress(BaseCase):
    def assertCodes(self, url, addresses, *expected):
        self.assertEqual(codes(setup_check.judge_address(url, addresses)), [*expected])

    def test_public(self):
        self.assertCodes("https://odoo.example.com", ["8.8.8.8"], "address_ok")
        self.assertCodes(
            "https://odoo.example.com:8443", ["2a00:1450::1"], "address_ok"
        )

    def test_nothing_that_links_can_begin_with(self):
        for url in ("", "odoo.example.com", "ftp://odoo.example.com", "https://"):
            self.assertCodes(url, None, "address_missing")

    def test_this_machine_or_network(self):
        self.assertCodes(
            "http://localhost:8069", ["127.0.0.1"], "address_local", "no_https"
        )
        self.assertCodes("https://odoo", ["10.0.0.5"], "address_local")
        self.assertCodes("https://odoo.lan", ["10.0.0.5"], "address_local")
        self.assertCodes("https://192.168.1.5", ["192.168.1.5"], "address_private")
        self.assertCodes("https://[::1]", ["::1"], "address_private")
        self.assertCodes("http://127.0.0.1:8069", ["127.0.0.1"], "address_private")

    def test_a_name_that_means_something_else_inside(self):
        findings = setup_check.judge_address(URL, ["10.0.0.5"])
        self.assertEqual(codes(findings), ["address_inside"])
        self.assertEqual(findings[0].level, "warning")

    def test_unknown_name(self):
        self.assertCodes(URL, None, "address_unknown")
        self.assertCodes(URL, [], "address_unknown")

    def test_without_https(self):
        self.assertCodes("http://odoo.example.com", ["8.8.8.8"], "no_https")

    def test_a_number(self):
        self.assertCodes("https://8.8.8.8", ["8.8.8.8"], "address_number")


class TestDoor(BaseCase):
    def judge(self, result, is_ours=False, databases="ok"):
        return setup_check.judge_door(result, URL, is_ours=is_ours, databases=databases)

    def test_signed_by_this_database(self):
        self.assertEqual(self.judge(answer(200), is_ours=True).code, "door_ok")
        # whatever the configuration of this process says: a proxy can name it
        finding = self.judge(answer(200), is_ours=True, databases="many")
        self.assertEqual(finding.code, "door_ok")

    def test_no_answer(self):
        for kind in ("dns", "refused", "timeout", "tls", "unreachable", "other"):
            finding = self.judge(Failure(kind, "why"), databases="many")
            self.assertEqual(finding.code, f"reach_{kind}")
            self.assertEqual(finding.level, "error")

    def test_another_answer(self):
        for status, code in (
            (200, "door_other"),
            (404, "door_other"),
            (401, "reach_kept_out"),
            (403, "reach_kept_out"),
            (502, "reach_no_backend"),
            (500, "reach_broken"),
        ):
            self.assertEqual(self.judge(answer(status)).code, code, status)

    def test_no_database_for_the_host(self):
        for status in (404, 503):
            for databases in ("none", "many", "another"):
                finding = self.judge(answer(status), databases=databases)
                self.assertEqual(finding.code, f"database_{databases}")
        # who keeps requests out does so before any database
        self.assertEqual(
            self.judge(answer(403), databases="many").code, "reach_kept_out"
        )

    def test_sent_on(self):
        finding = self.judge(answer(301, location="https://www.example.com/ee/s/x"))
        self.assertEqual(finding.code, "redirected")
        self.assertEqual(finding.values["location"], "https://www.example.com")

    def test_databases(self):
        judge = setup_check.judge_databases
        self.assertEqual(judge("a", ["a"]), "ok")
        self.assertEqual(judge("a", ["b"]), "another")
        self.assertEqual(judge("a", ["a", "b"]), "many")
        self.assertEqual(judge("a", []), "none")


class TestPictureAndLink(BaseCase):
    def test_pixel(self):
        judge = setup_check.judge_pixel
        self.assertEqual(judge(answer(200, b"GIF89a"), URL).code, "pixel_ok")
        self.assertEqual(judge(answer(200, b"<html>"), URL).code, "pixel_other")
        self.assertEqual(judge(answer(404), URL).code, "pixel_other")
        self.assertEqual(judge(answer(429), URL).code, "reach_kept_out")
        self.assertEqual(judge(Failure("timeout", ""), URL).code, "reach_timeout")

    def test_link(self):
        def judge(result):
            return setup_check.judge_link(result, URL, "https://a.example/x").code

        self.assertEqual(judge(answer(302, location="https://a.example/x")), "link_ok")
        self.assertEqual(judge(answer(302, location="https://b.example")), "link_other")
        self.assertEqual(judge(answer(404)), "link_other")
        self.assertEqual(judge(answer(502)), "reach_no_backend")


class TestProxy(BaseCase):
    def assertCodes(self, expected, **facts):
        found = setup_check.judge_proxy({**FACTS, **facts}, URL)
        self.assertEqual(codes(found), [expected])

    def test_in_order(self):
        self.assertCodes("proxy_ok")
        self.assertCodes(
            "proxy_none", proxy_mode=False, x_for="", x_host=False, x_other=False
        )

    def test_not_believed(self):
        self.assertCodes("proxy_mode_off", proxy_mode=False)
        self.assertCodes("proxy_mode_off", proxy_mode=False, x_for="", x_host=False)

    def test_incomplete(self):
        self.assertCodes("proxy_no_host", x_host=False)
        self.assertCodes("proxy_no_for", x_for="")
        self.assertCodes("proxy_no_proto", scheme="http")

    def test_without_the_proxy(self):
        self.assertCodes("proxy_bypassed", x_for="", x_host=False, x_other=False)

    def test_several(self):
        self.assertCodes("proxy_chain", x_for="8.8.8.8, 10.0.0.2")
        self.assertCodes("proxy_ok", x_for="10.0.0.2, 8.8.8.8")


class TestDigestAndIncoming(BaseCase):
    def judge(self, **facts):
        facts = {
            "by_cron": False,
            "by_hand": True,
            "is_active": True,
            "last_cron": NOW - timedelta(minutes=1),
            **facts,
        }
        return setup_check.judge_digest(now=NOW, **facts).code

    def test_digest(self):
        self.assertEqual(self.judge(by_cron=True), "digest_ok")
        self.assertEqual(self.judge(by_hand=False), "digest_failed")
        self.assertEqual(self.judge(is_active=False), "digest_inactive")
        self.assertEqual(self.judge(last_cron=None), "cron_silent")
        self.assertEqual(self.judge(last_cron=NOW - timedelta(hours=1)), "cron_silent")
        self.assertEqual(self.judge(), "digest_late")

    def incoming(self, domain="example.com", servers=(), last_mail=None):
        incoming = Incoming(domain, "catchall@x", "bounce@x", servers, last_mail)
        return codes(setup_check.judge_incoming(incoming, NOW))

    def test_incoming(self):
        lately, long_ago = NOW - timedelta(minutes=3), NOW - timedelta(days=1)
        last_year = NOW - timedelta(days=365)
        self.assertEqual(self.incoming(), ["incoming_never"])
        self.assertEqual(self.incoming(last_mail=long_ago), ["replies_seen"])
        self.assertEqual(self.incoming(last_mail=last_year), ["incoming_long_ago"])
        servers = [("a", lately, "")]
        self.assertEqual(self.incoming(servers=servers), ["replies_ok"])
        found = self.incoming(servers=servers, last_mail=last_year)
        self.assertEqual(found, ["replies_ok"])
        found = self.incoming(servers=servers, last_mail=long_ago)
        self.assertEqual(found, ["replies_seen"])
        self.assertEqual(
            self.incoming(servers=[("a", long_ago, ""), ("b", lately, "no login")]),
            ["incoming_late", "incoming_failing"],
        )
        self.assertEqual(self.incoming(servers=[("a", None, "")]), ["incoming_late"])

    def test_incoming_without_a_domain(self):
        """Servers that fail are told all the same."""
        self.assertEqual(self.incoming(domain=""), ["replies_no_domain"])
        self.assertEqual(
            self.incoming(domain="", servers=[("a", NOW, "no login")]),
            ["replies_no_domain", "incoming_failing"],
        )

    def test_worst(self):
        self.assertEqual(setup_check.worst([]), "ok")
        self.assertEqual(setup_check.worst(["skipped", "ok"]), "ok")
        self.assertEqual(setup_check.worst(["warning", "error", "ok"]), "error")
