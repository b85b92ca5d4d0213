import json

from odoo.tests import tagged

from ..controllers import preference
from .common import BROWSER
from .preference_case import PREFERENCE, Page, PreferenceCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestPreferenceData(PreferenceCase):
    """Downloads, deletion, and copies that several addresses share."""

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
        path = f"/email_engagement/data/{self.env.company.id}/{self.anna.id}.json"
        self.assertEqual(self.client(path).status_code, 303, "to the login")
        self.authenticate("sales", "sales")
        with self.assertLogs("odoo.http", "WARNING"):
            self.assertEqual(self.url_open(path).status_code, 403)
        self.authenticate("admin", "admin")
        data = self.url_open(path).json()
        self.assertEqual(data["contacts"], ["Anna Customer"])
        self.assertEqual(self.url_open(path.replace("json", "exe")).status_code, 404)

    def test_the_company_that_one_works_in_exports(self):
        admin = self.env.ref("base.user_admin")
        other, closed = self.env["res.company"].create(
            [{"name": "Other"}, {"name": "Closed"}]
        )
        admin.company_ids += other
        self.authenticate("admin", "admin")
        for company, count in ((self.env.company, 1), (other, 0)):
            anna = self.anna.with_user(admin).with_company(company)
            data = self.url_open(anna.action_engagement_export()["url"]).json()
            self.assertEqual(len(data["emails"]), count)
        path = f"/email_engagement/data/{closed.id}/{self.anna.id}.json"
        with self.assertLogs("odoo.http", "WARNING"):
            self.assertEqual(self.url_open(path).status_code, 403)

    def test_url_says_nothing(self):
        self.assertNotIn("anna", self.page_path)
        self.assertTrue(BROWSER)
