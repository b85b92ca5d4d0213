import json
import re
from html.parser import HTMLParser

from odoo.tests import HttpCase, tagged

from ..controllers import preference
from ..tools.limiter import Limiter
from .common import BROWSER, EngagementCase, RecipientMixin
from .test_send import BODY

PREFERENCE = re.compile(r"/ee/p/[\w-]+")


class Page(HTMLParser):
    """What is on a page, for those who look at it without a browser."""

    def __init__(self, text):
        super().__init__()
        self.links, self.buttons, self.inputs = [], [], []
        self.labels, self.tags, self.headings = set(), [], []
        self.lang = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.lang = attrs.get("lang")
        self.links += [attrs[n] for n in ("href", "src", "action") if n in attrs]
        if tag == "button":
            self.buttons.append(attrs.get("value"))
        if tag == "input" and attrs.get("type") != "hidden":
            self.inputs.append(attrs.get("id"))
        if tag == "label":
            self.labels.add(attrs.get("for"))


@tagged("post_install", "-at_install")
class TestPreference(RecipientMixin, EngagementCase, HttpCase):
    _registry_readonly_enabled = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prepare_mail(BODY)
        token = cls.env["email.engagement.token"]._sign("preference", cls.trace.id)
        cls.page_path = f"/ee/p/{token}"

    def setUp(self):
        super().setUp()
        self.patch(preference, "POSTS", Limiter())

    def get(self, **kwargs):
        response = self.client(self.page_path, **kwargs)
        self.assertEqual(response.status_code, 200)
        return response

    def press(self, action, **data):
        """Press a button of the page as it is now."""
        text = self.get().text
        self.assertIn(f'value="{action}"', text, "there is such a button")
        version = re.search(r'name="wording" value="(\w+)"', text)
        if version:
            data.setdefault("wording", version[1])
        response = self.client(
            self.page_path, method="POST", data={"action": action, **data}
        )
        self.env.invalidate_all()
        return response

    def after(self, response):
        """What the page says after a button was pressed."""
        return self.client(response.headers["Location"]).text

    def log(self):
        return self.env["email.engagement.consent"].search([])

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

    def test_download(self):
        self.hit(self.trace, self.engagement.link_ids[0])
        self.digest()
        _message, _mails = self.post(BODY, subject="Secret of another mail")
        response = self.press("json")
        self.assertIn("attachment", response.headers["Content-Disposition"])
        data = json.loads(response.text)
        self.assertEqual(data["addresses"], [])
        self.assertEqual(len(data["emails"]), 2)
        self.assertEqual(data["emails"][0]["subject"], self.engagement.subject)
        self.assertEqual(
            {event["type"] for event in data["emails"][0]["interactions"]},
            {"open", "click"},
        )
        self.assertNotIn("Secret", response.text, "a mail can be passed on")
        response = self.press("csv")
        self.assertIn("text/csv", response.headers["Content-Type"])
        self.assertIn("anna@customer.example.com", response.text)
        self.assertNotIn("Secret", response.text)

    def test_download_by_somebody_else(self):
        """A mail can be passed on: of other emails it is not said who got them, nor
        from where they were opened.
        """
        self.env.company.engagement_keep_raw = True
        self.anna.email = "anna.new@customer.example.com"
        message, _mails = self.post(BODY)
        self.hit(message.engagement_id.trace_ids, address="203.0.113.7")
        mail = self.env["mail.mail"].create(
            {
                "body_html": BODY,
                "email_to": "anna@customer.example.com, y@b.example.com",
                "engagement_followed": True,
            }
        )
        with self.mock_mail_gateway():
            mail.send()
        self.digest()
        self.anna._engagement_decide({"opens": "granted"}, reason="Ms. Customer said")
        data = self.press("json").json()
        self.assertEqual(len(data["emails"]), 3)
        self.assertEqual(len(data["choices"]), 1)
        text = json.dumps(data) + self.press("csv").text
        for secret in ("anna.new@", "y@b", "203.0", "Mozilla", "Ms. Customer"):
            self.assertNotIn(secret, text)
        other = next(e for e in data["emails"] if not e["address"] and e["opens"])
        for event in other["interactions"]:
            for name in ("program", "system", "country", "ip_address", "user_agent"):
                self.assertIsNone(event[name])

    def test_the_address_of_today_is_not_meant(self):
        """A contact with a login may have entered another one's."""
        message, _mails = self.post(BODY, self.bob)
        self.anna.email = self.bob.email
        self.assertNotIn("bob", json.dumps(self.press("json").json()))
        self.press("allow_opens")
        self.press("delete", confirm="1")
        self.assertFalse(self.trace.partner_id or self.trace.email)
        self.assertEqual(message.engagement_id.trace_ids.partner_id, self.bob)
        self.assertEqual(self.bob.engagement_consent, "unknown")

    def test_delete(self):
        response = self.press("delete")
        self.assertIn("tick the box", self.after(response))
        self.assertEqual(self.trace.partner_id, self.anna)
        self.hit(self.trace, self.engagement.link_ids[0])
        self.digest()
        response = self.press("delete", confirm="1")
        self.assertIn("deleted", self.after(response))
        self.assertFalse(self.trace.partner_id or self.trace.email)
        self.assertEqual(self.engagement.click_count, 1, "totals stay")
        self.assertEqual(self.anna.engagement_consent, "refused")
        self.client(self.pixel)
        self.assertFalse(self.Hit.search([]))
        again = self.client(self.page_path, method="POST", data={"action": "allow"})
        self.assertEqual(again.status_code, 303)
        self.assertEqual(self.anna.engagement_consent, "refused")
        self.assertIn("Nothing about you", self.get().text)

    def shared(self):
        trace = self.send_shared(BODY)
        self.page_path = PREFERENCE.search(self._mails[0]["body"])[0]
        return trace

    def test_shared_copy(self):
        trace = self.shared()
        text = self.get().text
        for address in ("x@a.example.com", "y@b.example.com", "a.example.com"):
            self.assertNotIn(address, text)
        self.assertNotIn("allow", Page(text).buttons)
        response = self.press("stop", email="")
        self.assertIn("enter your address", self.after(response))
        stranger = self.press("stop", email="z@c.example.com")
        self.assertFalse(self.log())
        self.assertEqual(trace.opens_level, 1)
        response = self.press("stop", email="X@a.example.com")
        self.assertEqual(response.headers["Location"], stranger.headers["Location"])
        self.assertEqual((trace.opens_level, trace.clicks_level), (0, 0))
        self.assertEqual(set(self.log().mapped("email")), {"x@a.example.com"})
        data = self.press("json").json()
        self.assertEqual(len(data["emails"]), 1)
        for action in ("allow", "allow_opens"):
            response = self.client(
                self.page_path,
                method="POST",
                data={"action": action, "email": "x@a.example.com"},
            )
            self.assertEqual(response.status_code, 404)
        self.press("delete", email="x@a.example.com")
        self.assertEqual(trace.email, "y@b.example.com")

    def test_shared_copy_and_what_is_no_address(self):
        self.shared()
        for value in ("(" * 300, "(" * 5000, "x" * 400 + "@a.example.com", "\0", "@"):
            response = self.press("stop", email=value)
            self.assertEqual(response.status_code, 303, value[:9])
        response = self.client(
            self.page_path,
            method="POST",
            data={"action": "stop"},
            files={"email": ("x@a.example.com", b"x@a.example.com")},
        )
        self.assertIn("enter your address", self.after(response))
        self.assertFalse(self.log())

    def test_more_than_a_person_presses(self):
        self.patch(preference, "POSTS_PER_MINUTE", 2)
        statuses = [
            self.client(
                self.page_path, method="POST", data={"action": "json"}
            ).status_code
            for _ in range(4)
        ]
        self.assertEqual(statuses.count(200), 2, statuses)
        self.assertEqual(statuses[-1], 429)
        self.assertEqual(self.get().status_code, 200, "it can still be read")

    def test_shared_copy_that_somebody_left(self):
        """Those who are still in it cannot have it recorded again."""
        trace = self.shared()
        engagement = trace.engagement_id
        engagement.subject = "Offer for x@a.example.com"
        self.press("delete", email="x@a.example.com")
        self.assertEqual(trace.email, "y@b.example.com")
        self.assertNotIn("x@a", engagement.subject)
        self.assertFalse(set(self.log().mapped("email")) - {False})
        self.assertEqual((trace.opens_level, trace.clicks_level), (0, 0))
        twin = self.env["res.partner"].create({"name": "X", "email": "x@a.example.com"})
        self.assertEqual(twin.engagement_consent, "refused")
        self.env["email.engagement.consent"]._decide(
            {"opens": "granted", "clicks": "granted"},
            "page",
            emails=["y@b.example.com"],
        )
        self.assertEqual((trace.opens_level, trace.clicks_level), (0, 0))

    def test_do_not_track(self):
        self.env.company.engagement_honour_opt_out = True
        for header in ("DNT", "Sec-GPC"):
            response = self.client(self.link, headers={header: "1"})
            self.assertEqual(response.status_code, 302)
            self.client(self.pixel, headers={header: "1"})
        self.assertFalse(self.Hit.search([]))
        self.client(self.pixel, headers={"DNT": "0"})
        self.assertEqual(len(self.Hit.search([])), 1)

    def test_administrators_export(self):
        path = f"/email_engagement/data/{self.anna.id}.json"
        self.assertEqual(self.client(path).status_code, 303, "to the login")
        self.authenticate("sales", "sales")
        with self.assertLogs("odoo.http", "WARNING"):
            self.assertEqual(self.url_open(path).status_code, 403)
        self.authenticate("admin", "admin")
        data = self.url_open(path).json()
        self.assertEqual(data["contacts"], ["Anna Customer"])
        self.assertEqual(self.url_open(path.replace("json", "exe")).status_code, 404)

    def test_url_says_nothing(self):
        self.assertNotIn("anna", self.page_path)
        self.assertTrue(BROWSER)
