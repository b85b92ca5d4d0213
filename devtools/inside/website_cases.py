"""With Odoo's `website` installed: two companies with a website each.

pytest does not find this file by itself. `test_website.py` has it run in a database of
its own, since `website` changes pages, routing and languages for all the other tests.
"""

import re
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.email_engagement.tests.common import RecipientMixin
from odoo.addons.email_engagement.tests.test_check import CheckCase
from odoo.addons.email_engagement.tests.test_send import BODY
from odoo.addons.email_engagement.tools.fetch import fetch
from odoo.addons.email_engagement.wizard.email_engagement_check_trial import Trial

PREFERENCES = re.compile(r"/ee/p/[\w-]+")


class WebsiteCase(CheckCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.other_company = cls.env["res.company"].create({"name": "Other"})
        cls.website = cls.company.website_id
        cls.website.domain = "https://first.example.com"
        cls.other_website = cls.env["website"].create(
            {
                "name": "Other",
                "company_id": cls.other_company.id,
                "domain": "https://second.example.com",
            }
        )
        cls.sales.company_ids = [Command.link(cls.other_company.id)]

    def send(self, company=None, **record):
        """The body of a followed email about a new record, with real addresses."""
        self.record = self.env["res.partner"].create({"name": "Deal", **record})
        self.sales.company_id = company or self.company
        _message, [mail] = self.post(BODY)
        return mail["body"]


@tagged("post_install", "-at_install")
class TestDomains(WebsiteCase, HttpCase):
    def assertDomain(self, body, domain):
        found = re.findall(r"(https?://[^/\"]+)/ee/\w/", body)
        self.assertEqual(set(found), {f"https://{domain}.example.com"})
        self.assertGreater(len(found), 2)

    def test_of_the_record(self):
        body = self.send(website_id=self.other_website.id)
        self.assertDomain(body, "second")

    def test_of_the_records_company(self):
        self.assertDomain(self.send(company_id=self.other_company.id), "second")

    def test_of_the_senders_company(self):
        self.assertDomain(self.send(), "first")
        self.assertDomain(self.send(self.other_company), "second")

    def test_tracking_domain(self):
        self.company.engagement_base_url = "https://mail.example.com"
        body = self.send(website_id=self.other_website.id)
        self.assertDomain(body, "mail")


@tagged("post_install", "-at_install")
class TestRouting(RecipientMixin, WebsiteCase, HttpCase):
    """What recipients ask for comes first to ``website``, which looks for a website, a
    language and a page.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        french = cls.env["res.lang"]._activate_lang("fr_FR")
        for website in cls.website | cls.other_website:
            website.language_ids = [Command.link(french.id)]
        cls.prepare_mail(BODY)
        [mail] = cls("setUp").post(BODY)[1]
        cls.preferences = PREFERENCES.search(mail["body"])[0]

    def ask(self, path, host="second.example.com"):
        return self.client(path, headers={"Host": host})

    def test_hits(self):
        for host in ("first.example.com", "second.example.com", "unknown.example.com"):
            for language in ("en_US", "fr_FR"):
                with self.subTest(host, language=language):
                    self.opener.cookies["frontend_lang"] = language
                    pixel = self.ask(self.pixel, host)
                    self.assertEqual(pixel.status_code, 200)
                    self.assertTrue(pixel.content.startswith(b"GIF89a"))
                    self.assertNotIn("Set-Cookie", pixel.headers)
                    link = self.ask(self.link, host)
                    self.assertEqual(link.status_code, 302)
                    self.assertEqual(
                        link.headers["Location"],
                        "https://example.com/offer?a=1&b=2#top",
                    )
                    self.assertNotIn("Set-Cookie", link.headers)
        self.assertEqual(self.Hit.search_count([("kind", "=", "open")]), 6)
        self.assertEqual(self.Hit.search_count([("kind", "=", "click")]), 6)
        self.digest()
        types = self.engagement.event_ids.mapped("type")
        self.assertLessEqual({"open", "click"}, set(types))

    def test_of_who_is_logged_in(self):
        """They go the whole way through Odoo's routing."""
        session = self.authenticate("sales", "sales")
        # Odoo's is for 127.0.0.1, and is not sent to a host of another name.
        self.opener.cookies["session_id"] = session.sid
        self.assertEqual(self.ask(self.link).status_code, 302)
        self.assertTrue(self.Hit.search([]).user_id)

    def test_pages(self):
        page = self.ask(self.preferences)
        self.assertEqual(page.status_code, 200)
        self.assertIn("a•••@customer.example.com", page.text)
        missing = self.ask("/ee/c/" + "A" * 40)
        self.assertEqual(missing.status_code, 404)
        self.assertIn("nowhere", missing.text)
        for response in (page, missing):
            self.assertNotIn("first.example.com", response.text)
            self.assertNotIn("Set-Cookie", response.headers)


@tagged("post_install", "-at_install")
class TestCheckOfWebsites(WebsiteCase, HttpCase):
    def test_all_websites_of_the_company(self):
        def ask(_trial, url, **headers):
            self.env.cr.flush()
            with self.allow_requests(all_requests=True):
                return fetch(url, headers)

        address = self.base_url()
        self.website.domain = address
        brand = address.replace("127.0.0.1", "localhost")
        self.env["website"].create(
            {"name": "Brand", "company_id": self.company.id, "domain": brand}
        )
        self.assertEqual(self.company._engagement_base_urls(), [address, brand])
        with patch.object(Trial, "_ask", ask):
            found = self.run_check()
        self.assertEqual(found["door"], {"door_ok": "ok"})
        self.assertEqual(found["link"], {"link_ok": "ok"})
        doors = self.check.line_ids.filtered(lambda line: line.step == "door")
        self.assertEqual(len(doors), 2)
        self.assertEqual(
            self.other_company._engagement_base_urls(), [self.other_website.domain]
        )
