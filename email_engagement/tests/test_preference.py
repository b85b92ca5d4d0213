import re

from odoo.tests import tagged

from .preference_case import PREFERENCE, Page, PreferenceCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestPreference(PreferenceCase):
    """The recipient's page: seeing, stopping and allowing."""

    def test_the_mail_leads_here(self):
        _message, mails = self.post(BODY)
        path = PREFERENCE.search(mails[0]["body"])[0]
        self.env.flush_all()
        self.assertEqual(self.client(path).status_code, 200)

    def test_page(self):
        response = self.get()
        page = Page(response.text)
        self.assertIn(self.env.company.name, response.text)
        self.assertIn("a•••@customer.example.com", response.text)
        self.assertNotIn("anna@", response.text)
        self.assertNotIn("Anna", response.text)
        self.assertIn("no-store", response.headers["Cache-Control"])
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("default-src 'none'", response.headers["Content-Security-Policy"])
        self.assertNotIn("Set-Cookie", response.headers)
        self.assertNotIn("script", page.tags)
        self.assertEqual(set(page.links), {self.page_path}, "it loads nothing")

    def test_for_screen_readers(self):
        page = Page(self.get().text)
        self.assertTrue(page.lang)
        self.assertIn("main", page.tags)
        self.assertEqual(page.tags.count("h1"), 1)
        self.assertLessEqual(set(page.inputs), page.labels)
        self.assertNotIn("script", page.tags)

    def test_stop_and_allow(self):
        self.press("stop_opens")
        self.assertEqual(self.anna.engagement_consent, "refused")
        self.assertEqual(self.anna.engagement_consent_clicks, "unknown")
        self.client(self.pixel)
        self.assertFalse(self.Hit.search([]))
        self.client(self.link)
        self.assertEqual(self.Hit.search([]).kind, "click")
        response = self.press("allow_clicks")
        self.assertEqual(response.status_code, 303)
        self.assertEqual(self.anna.engagement_consent_clicks, "granted")
        self.assertIn("Thank you", self.after(response))
        self.client(self.link)
        self.assertEqual(len(self.Hit.search([])), 2)

    def test_a_refusal_is_not_taken_back_here(self):
        """An email can be passed on: its holder must not agree over a refusal."""
        version = re.search(r'name="wording" value="(\w+)"', self.get().text)[1]
        self.press("stop_opens")
        text = self.get().text
        self.assertNotIn("allow_opens", Page(text).buttons)
        self.assertIn("allow_clicks", Page(text).buttons)
        self.assertIn("customer portal", text)
        for action in ("allow", "allow_opens"):
            response = self.client(
                self.page_path,
                method="POST",
                data={"action": action, "wording": version},
            )
            self.assertIn("cannot be taken back", self.after(response))
        self.env.invalidate_all()
        self.assertEqual(self.anna.engagement_consent, "refused")
        self.assertEqual(self.anna.engagement_consent_clicks, "unknown")

    def test_stop_all(self):
        response = self.press("stop")
        self.assertIn("Nothing of the kind", self.after(response))
        answer = self.client(self.pixel)
        self.assertTrue(answer.content.startswith(b"GIF89a"))
        answer = self.client(self.link)
        self.assertEqual(
            answer.headers["Location"], "https://example.com/offer?a=1&b=2#top"
        )
        self.assertFalse(self.Hit.search([]))
        _message, mails = self.post(BODY)
        self.assertNotIn("/ee/", mails[0]["body"])

    def test_proof(self):
        self.press("allow_clicks")
        row = self.log()
        self.assertEqual((row.kind, row.state, row.how), ("clicks", "granted", "page"))
        self.assertEqual((row.email, row.partner_id), (self.anna.email, self.anna))
        self.assertEqual(
            (row.engagement_id, row.company_id), (self.engagement, self.env.company)
        )
        self.assertFalse(row.user_id)
        self.assertIn("which links and files", row.wording_text)
        self.assertIn(row.wording_text.splitlines()[1], self.get().text)

    def test_nothing_new_is_nothing_to_write_down(self):
        for _ in range(3):
            self.client(self.page_path, method="POST", data={"action": "stop"})
        self.assertEqual(len(self.log()), 2)

    def test_another_wording_than_was_read(self):
        response = self.press("allow_opens", wording="0123456789ab")
        self.assertIn("has changed", self.after(response))
        self.assertFalse(self.log())
        self.press("stop_opens", wording="0123456789ab")
        self.assertEqual(self.anna.engagement_consent, "refused", "stop is stop")

    def test_scanner(self):
        """It visits every link of the mail and of the pages behind, twice."""
        todo, seen = (
            [
                self.page_path,
                f"{self.page_path}?action=stop",
                f"{self.page_path}?action=delete&confirm=1",
            ],
            [],
        )
        while todo:
            path = todo.pop()
            for method in ("HEAD", "GET"):
                response = self.client(path, method=method)
                self.assertEqual(response.status_code, 200)
            seen.append(path)
            todo += set(Page(response.text).links) - set(seen) - set(todo)
        self.env.invalidate_all()
        self.assertFalse(self.log())
        self.assertEqual(self.trace.partner_id, self.anna)
        self.assertEqual(self.anna.engagement_consent, "unknown")

    def test_other_methods_and_actions(self):
        for method in ("PUT", "DELETE", "PATCH"):
            self.assertEqual(
                self.client(self.page_path, method=method).status_code, 405
            )
        for action in ("", "x", "erase", "__class__"):
            response = self.client(
                self.page_path, method="POST", data={"action": action}
            )
            self.assertEqual(response.status_code, 404)
        self.assertFalse(self.log())

    def test_forged(self):
        token = self.page_path.rpartition("/")[2]
        flipped = ("A" if token[0] != "A" else "B") + token[1:]
        pixel = self.pixel.rpartition("/")[2].removesuffix(".gif")
        texts = set()
        for wrong in (flipped, token[:-1], pixel, "x", "%00", "a" * 3000):
            for method in ("GET", "POST"):
                response = self.client(
                    f"/ee/p/{wrong}", method=method, data={"action": "stop"}
                )
                self.assertEqual(response.status_code, 404)
                texts.add(response.text)
        self.assertEqual(len(texts), 1)
        self.assertFalse(self.log())

    def test_another_database(self):
        self.env["ir.config_parameter"].set_param("database.uuid", "another")
        self.assertEqual(self.client(self.page_path).status_code, 404)
        response = self.client(self.page_path, method="POST", data={"action": "stop"})
        self.assertEqual(response.status_code, 404)

    def test_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.anna.lang = False
        header = {"Accept-Language": "fr-FR,fr;q=0.9"}
        self.assertEqual(Page(self.get(headers=header).text).lang, "fr-FR")
        self.anna.lang = "en_US"
        self.assertEqual(Page(self.get(headers=header).text).lang, "en-US")

    def test_translated(self):
        """As translators will have it: in the language of the contact."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.ref("email_engagement.preference_content").update_field_translations(
            "arch_db", {"fr_FR": {"Your decision": "Votre décision"}}
        )
        self.env.registry.clear_cache("templates")
        self.anna.lang = "fr_FR"
        self.assertIn(">Votre décision</h2>", self.get().text)
        self.anna.lang = "en_US"
        self.assertNotIn("Votre", self.get().text)
