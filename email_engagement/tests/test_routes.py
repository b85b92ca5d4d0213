import contextlib
from unittest.mock import patch

import werkzeug.exceptions

from odoo.tests import HttpCase, tagged
from odoo.tools import SQL, config

from .common import BROWSER, EngagementCase, RecipientMixin
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestRoutes(RecipientMixin, EngagementCase, HttpCase):
    # Without a replica, hits are answered before Odoo looks for a route.
    _registry_readonly_enabled = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prepare_mail(BODY)

    def assertPrivate(self, response):
        """Nothing is kept, and nothing of the caller is passed on."""
        self.assertIn("no-store", response.headers["Cache-Control"])
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("noindex", response.headers["X-Robots-Tag"])
        self.assertNotIn("Set-Cookie", response.headers)

    def test_pixel(self):
        response = self.client(self.pixel)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "image/gif")
        self.assertTrue(response.content.startswith(b"GIF89a"))
        self.assertPrivate(response)
        hit = self.Hit.search([])
        self.assertEqual(hit.trace_id, self.trace.id)
        self.assertEqual((hit.kind, hit.user_agent, hit.head), ("open", BROWSER, False))
        self.assertEqual(hit.address, "127.0.0.1")

    def test_link(self):
        response = self.client(self.link)
        self.assertEqual(response.status_code, 302)
        self.assertEqual(
            response.headers["Location"], "https://example.com/offer?a=1&b=2#top"
        )
        self.assertPrivate(response)
        hit = self.Hit.search([])
        self.assertEqual((hit.kind, hit.trace_id), ("click", self.trace.id))

    def test_callers_query_is_not_passed_on(self):
        response = self.client(self.link + "?utm=1&url=https://evil.example.com")
        self.assertEqual(
            response.headers["Location"], "https://example.com/offer?a=1&b=2#top"
        )
        self.assertEqual(self.Hit.search_count([]), 1)

    def test_head(self):
        for path in (self.pixel, self.link):
            response = self.client(path, method="HEAD")
            self.assertIn(response.status_code, (200, 302))
            self.assertEqual(response.content, b"")
        self.assertEqual(self.Hit.search([]).mapped("head"), [True, True])

    def test_other_methods(self):
        for method in ("POST", "PUT", "DELETE"):
            with self.subTest(method):
                self.assertEqual(self.client(self.link, method=method).status_code, 405)
        self.assertFalse(self.Hit.search([]))

    def test_question_about_methods(self):
        for path in (self.link, self.pixel, "/ee/c/forged"):
            response = self.client(path, method="OPTIONS")
            self.assertEqual(response.status_code, 204)
            self.assertEqual(response.headers["Allow"], "GET, HEAD, OPTIONS")
            self.assertNotIn("Location", response.headers)
        self.assertFalse(self.Hit.search([]))

    def test_what_is_not_to_be_recorded(self):
        """Whoever made it so gets the same answers."""
        condition = patch.object(
            type(self.Hit), "_recorded_sql", lambda self, *args: SQL("FALSE")
        )
        # The statement is put together once.
        self.addCleanup(self.env.registry.clear_cache)
        with condition:
            self.env.registry.clear_cache()
            response = self.client(self.link)
            self.assertEqual(
                response.headers["Location"], "https://example.com/offer?a=1&b=2#top"
            )
            self.assertEqual(self.client(self.pixel).status_code, 200)
        self.assertFalse(self.Hit.search([]))

    def test_prefetch_headers_are_kept(self):
        self.client(self.link, headers={"Sec-Purpose": "prefetch;prerender"})
        self.assertEqual(self.Hit.search([]).purpose, "prefetch;prerender")

    def test_forwarded_address_is_not_believed(self):
        self.client(self.pixel, headers={"X-Forwarded-For": "203.0.113.9"})
        self.assertEqual(self.Hit.search([]).address, "127.0.0.1")

    def test_forwarded_address_in_proxy_mode(self):
        """The last one that the own proxy has written, not what the client claims."""
        headers = {
            "X-Forwarded-For": "198.51.100.1, 203.0.113.9",
            "X-Forwarded-Host": "example.com",
        }
        with patch.dict(config.options.maps[0], {"proxy_mode": True}):
            self.client(self.pixel, headers=headers)
        self.assertEqual(self.Hit.search([]).address, "203.0.113.9")

    def forged(self):
        token = self.link.rpartition("/")[2]
        pixel_token = self.pixel.rpartition("/")[2].removesuffix(".gif")
        flipped = ("A" if token[0] != "A" else "B") + token[1:]
        return [
            flipped,
            token[:-1],
            token[:10],
            token + "A",
            "x",
            "-",
            "%00",
            "a" * 5000,
            pixel_token,  # of another purpose
            "%C3%A9%E2%82%AC",
            "..%5c..%5cetc",
            token + "%0d%0aSet-Cookie:x",
        ]

    def test_forged_links(self):
        answers = set()
        for token in self.forged():
            with self.subTest(token[:40]):
                response = self.client(f"/ee/c/{token}")
                self.assertEqual(response.status_code, 404)
                self.assertPrivate(response)
                answers.add(response.text)
        self.assertEqual(len(answers), 1, "no answer tells why")
        self.assertIn("leads nowhere", answers.pop())
        self.assertFalse(self.Hit.search([]))

    def test_forged_pixels(self):
        for token in self.forged():
            if token == self.pixel.rpartition("/")[2].removesuffix(".gif"):
                token = self.link.rpartition("/")[2]
            with self.subTest(token[:40]):
                response = self.client(f"/ee/o/{token}.gif")
                self.assertEqual(response.status_code, 200)
                self.assertEqual(response.headers["Content-Type"], "image/gif")
        self.assertFalse(self.Hit.search([]))

    def test_of_another_database(self):
        """A copy of this database that got its own identity knows none of them."""
        self.env["ir.config_parameter"].set_param("database.uuid", "another")
        self.assertEqual(self.client(self.link).status_code, 404)

    def test_rotated_secret(self):
        parameters = self.env["ir.config_parameter"]
        secret = parameters.get_param("email_engagement.secret")
        self.assertGreaterEqual(len(secret), 40)
        parameters.set_param("email_engagement.secret", "n" * 32 + " " + secret)
        self.assertEqual(self.client(self.link).status_code, 302)
        parameters.set_param("email_engagement.secret", "n" * 32)
        self.assertEqual(self.client(self.link).status_code, 404)

    def test_secret_that_is_too_short(self):
        parameters = self.env["ir.config_parameter"]
        secret = parameters.get_param("email_engagement.secret")
        parameters.set_param("email_engagement.secret", f"short {secret}")
        self.assertEqual(self.client(self.link).status_code, 302)
        parameters.set_param("email_engagement.secret", "short")
        self.assertEqual(self.client(self.link).status_code, 404)
        self.assertEqual(self.client(self.pixel).status_code, 200)
        self.env["email.engagement.token"]._sign("open", 1)
        self.assertGreater(len(parameters.get_param("email_engagement.secret")), 40)

    def test_host_of_other_scripts(self):
        """As browsers write it, not as older rules did: that is another host."""
        self.engagement.link_ids.url = "https://straße.example/ä?q=ü"
        response = self.client(self.link)
        self.assertEqual(
            response.headers["Location"],
            "https://xn--strae-oqa.example/%C3%A4?q=%C3%BC",
        )

    def test_target_is_checked_when_followed(self):
        """Also against what somebody may have written into the database."""
        for target in (
            "javascript:alert(1)",
            "//evil.example.com",
            "/web/login",
            "https://",
            "https://a.example.com\r\nSet-Cookie: x=1",
            "https:\\\\evil.example.com",
        ):
            self.engagement.link_ids.url = target
            with self.subTest(target):
                response = self.client(self.link)
                self.assertEqual(response.status_code, 404)
                self.assertNotIn("Location", response.headers)

    def test_what_is_only_looked_up_is_no_hit(self):
        """As the website does with the addresses of its menus."""
        asked = []

        original = type(self.env["ir.http"])._match

        def _match(cls, path_info):
            if path_info == "/web/health":
                asked.append(path_info)
                with contextlib.suppress(werkzeug.exceptions.NotFound):
                    original(self.link)
            return original(path_info)

        with patch.object(self.env.registry["ir.http"], "_match", classmethod(_match)):
            self.assertEqual(self.client("/web/health").status_code, 200)
        self.assertTrue(asked)
        self.assertFalse(self.Hit.search_count([]))

    def test_language_of_the_page(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        page = self.client("/ee/c/x", headers={"Accept-Language": "fr-FR,fr;q=0.9"})
        self.assertIn('lang="fr-FR"', page.text)
        page = self.client("/ee/c/x", headers={"Accept-Language": "xx"})
        self.assertIn('lang="en-US"', page.text)

    def test_logged_in_colleague(self):
        self.authenticate("colleague", "colleague")
        self.client(self.pixel)
        self.digest()
        self.assertEqual(self.engagement.open_count, 0)
        self.assertEqual(self.engagement.event_ids[0].actor, "self")


@tagged("post_install", "-at_install")
class TestRoutesWithReplica(TestRoutes):
    """A request begins with a read-only cursor: hits are written with another one."""

    _registry_readonly_enabled = True
