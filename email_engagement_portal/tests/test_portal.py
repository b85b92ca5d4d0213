import re

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.email_engagement.tests.common import EngagementCase
from odoo.addons.email_engagement.tests.test_send import BODY


@tagged("post_install", "-at_install")
class TestPortal(EngagementCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "portal_anna", "base.group_portal", email="pa@customer.example.com"
        )
        cls.contact = cls.user.partner_id

    def press(self, action, **data):
        page = self.url_open("/my/email-privacy")
        self.assertEqual(page.status_code, 200)
        self.assertIn(f'value="{action}"', page.text)
        values = dict(
            re.findall(r'name="(csrf_token|wording)" value="([^"]+)"', page.text)
        )
        response = self.url_open(
            "/my/email-privacy/decide", data={**values, "action": action, **data}
        )
        self.env.invalidate_all()
        return response

    def log(self):
        return self.env["email.engagement.consent"].search(
            [("partner_id", "=", self.contact.id)]
        )

    def test_for_strangers(self):
        response = self.url_open("/my/email-privacy", allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])

    def test_decide(self):
        self.authenticate("portal_anna", "portal_anna")
        self.assertIn("/my/email-privacy", self.url_open("/my").text)
        response = self.press("stop_opens")
        self.assertIn("Nothing of the kind", response.text)
        self.assertEqual(self.contact.engagement_consent, "refused")
        self.press("allow_clicks")
        self.assertEqual(self.contact.engagement_consent_clicks, "granted")
        self.assertEqual(set(self.log().mapped("how")), {"portal"})
        self.assertTrue(all(row.wording_id for row in self.log()))
        self.assertEqual(self.anna.engagement_consent, "unknown")

    def test_forged_request(self):
        self.authenticate("portal_anna", "portal_anna")
        with self.assertLogs("odoo.http", "WARNING"):
            response = self.url_open(
                "/my/email-privacy/decide", data={"action": "allow"}
            )
        self.assertEqual(response.status_code, 400)
        self.url_open("/my/email-privacy?action=stop&done=stopped")
        self.assertFalse(self.log())

    def test_data(self):
        self.post(BODY, self.contact, subject="All of it")
        self.post(BODY, self.anna, subject="Somebody else's")
        self.authenticate("portal_anna", "portal_anna")
        response = self.press("json")
        self.assertIn("All of it", response.text)
        self.assertNotIn("Somebody", response.text)
        self.assertIn("All of it", self.press("csv").text)

    def test_delete(self):
        message, _mails = self.post(BODY, self.contact)
        trace = message.engagement_id.trace_ids
        self.authenticate("portal_anna", "portal_anna")
        self.press("delete")
        self.assertEqual(trace.partner_id, self.contact)
        response = self.press("delete", confirm="1")
        self.assertIn("is deleted", response.text)
        self.assertFalse(trace.partner_id or trace.email)

    def test_an_address_that_was_only_entered(self):
        """Portal users may enter any address as theirs: it proves nothing."""
        message, _mails = self.post(BODY, self.anna, subject="Somebody else's")
        self.contact.email = self.anna.email
        self.authenticate("portal_anna", "portal_anna")
        self.assertNotIn("Somebody", self.press("json").text)
        self.press("allow_opens")
        self.assertEqual(self.contact.engagement_consent, "granted")
        self.press("delete", confirm="1")
        trace = message.engagement_id.trace_ids
        self.assertEqual((trace.partner_id, trace.email), (self.anna, self.anna.email))
        self.assertEqual(self.anna.engagement_consent, "unknown")

    def test_the_address_that_emails_went_to(self):
        self.post(BODY, self.contact)
        self.authenticate("portal_anna", "portal_anna")
        self.press("stop_opens")
        twin = self.env["res.partner"].create(
            {"name": "T", "email": self.contact.email}
        )
        self.assertEqual(twin.engagement_consent, "refused")
