import re
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
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

    def press(self, action, path="/my/email-privacy", **data):
        page = self.url_open(path)
        self.assertEqual(page.status_code, 200)
        self.assertIn(f'value="{action}"', page.text)
        proof = re.search(
            r'action="/my/email-privacy/decide(\?proof=[\w-]+)?"', page.text
        )
        values = dict(
            re.findall(r'name="(csrf_token|wording)" value="([^"]+)"', page.text)
        )
        response = self.url_open(
            "/my/email-privacy/decide" + (proof[1] or ""),
            data={**values, "action": action, **data},
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

    def confirm(self):
        """Ask for a confirmation.

        :return: the path of the link that is sent to the contact's address
        """
        with self.mock_mail_gateway():
            response = self.press("confirm")
            self.assertFalse(self._mails, "nobody waits for the mail server")
            self.waiting().send()
        self.assertIn("Sent.", response.text)
        [mail] = self._mails
        self.assertEqual(mail["email_to"], [self.contact.email_normalized])
        self.assertNotIn("/ee/", mail["body"])
        return re.search(r"/my/email-privacy\?proof=[\w-]+", mail["body"])[0]

    def waiting(self):
        """Confirmations in the queue."""
        return self.env["mail.mail"].search(
            [("email_to", "!=", False), ("state", "=", "outgoing")]
        )

    def test_confirmations_are_bounded(self):
        """Whoever enters strangers' addresses has few emails sent to them."""
        pages = self.env["email.engagement.page"]
        users = self.user | new_test_user(
            self.env, "portal_eve", "base.group_portal", email="eve@x.example.com"
        )
        start = fields.Datetime.now().replace(hour=1, minute=0, second=0)
        before = self.waiting()

        def ask(user, address, minutes):
            user.partner_id.email = address
            with freeze_time(start + timedelta(minutes=minutes)):
                return pages._send_proof(user)

        one = [ask(self.user, f"a{n}@x.example.com", n) for n in range(7)]
        self.assertEqual(one, ["sent"] * 5 + ["day"] * 2)
        same = [ask(users[1], "a0@x.example.com", n) for n in range(10, 13)]
        self.assertEqual(same, ["sent", "sent", "day"])
        self.assertEqual(ask(users[1], "new@x.example.com", 12.5), "minute")
        self.assertEqual(ask(users[1], False, 13), "address")
        self.assertEqual(len(self.waiting() - before), 7)
        self.assertEqual(ask(self.user, "a0@x.example.com", 24 * 60), "sent")

    def test_an_address_that_emails_were_sent_to(self):
        """Whoever enters somebody's address gets that one's choices neither by a
        followed email that goes there then.
        """
        consent = self.env["email.engagement.consent"]
        consent._decide({"opens": "refused"}, "user", partners=self.anna)
        self.contact.email = self.anna.email
        message, _mails = self.post(
            BODY, self.contact, subject="For " + self.anna.email
        )
        trace = message.engagement_id.trace_ids
        self.assertEqual(trace.email, self.anna.email)
        self.authenticate("portal_anna", "portal_anna")
        self.assertNotIn("you have said no", self.url_open("/my/email-privacy").text)
        self.assertNotIn("refused", self.press("json").text)
        self.press("allow_opens")
        self.press("allow_clicks")
        self.press("delete", confirm="1")
        self.assertFalse(trace.partner_id or trace.email)
        self.assertNotIn(self.anna.email, message.engagement_id.subject, "his own")
        anna = self.anna
        self.assertEqual(anna.engagement_consent, "refused")
        self.assertEqual(anna.engagement_consent_clicks, "unknown")
        log = consent.search([("email_key", "!=", False)])
        self.assertEqual(log.partner_id, anna, "whose name stays on it")

    def test_confirmed_address(self):
        twin = self.env["res.partner"].create(
            {"name": "T", "email": self.contact.email}
        )
        self.authenticate("portal_anna", "portal_anna")
        self.press("stop_opens")
        self.assertEqual(twin.engagement_consent, "unknown")
        path = self.confirm()
        shown = self.url_open(path).text
        self.assertIn("p•••@customer.example.com", shown)
        self.assertNotIn('value="confirm"', shown)
        response = self.press("stop_clicks", path=path)
        self.assertIn("proof=", response.url)
        self.assertEqual(twin.engagement_consent_clicks, "refused")
        self.press("allow_opens", path=path)
        self.assertEqual(self.contact.engagement_consent, "granted")

    def test_proof_of_somebody_else(self):
        """It is for one login and one address, signed, and for a day."""
        self.authenticate("portal_anna", "portal_anna")
        path = self.confirm()
        again = self.press("confirm")
        self.assertIn("Nothing was sent", again.text)
        # the address that is entered afterwards is not the one that was confirmed
        self.contact.email = self.anna.email
        self.assertNotIn("a•••@", self.url_open(path).text.partition("ee_data")[0])
        self.press("stop_opens", path=path)
        self.assertEqual(self.anna.engagement_consent, "unknown")
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            proof = path.partition("=")[2]
            pages = self.env["email.engagement.page"]
            self.assertFalse(pages._proven_address(self.user, proof))
        for forged in (
            path[:-2] + "AA",
            path.replace("proof=", "proof=B"),
            "/my/email-privacy?proof=%F0x",
        ):
            self.assertIn('value="confirm"', self.url_open(forged).text)
        other = new_test_user(self.env, "portal_eve", "base.group_portal")
        self.authenticate("portal_eve", "portal_eve")
        self.assertNotIn("p•••@customer", self.url_open(path).text)
        self.press("stop", path=path)
        self.assertEqual(other.partner_id.engagement_consent, "refused")
        twin = self.env["res.partner"].create(
            {"name": "T", "email": "pa@customer.example.com"}
        )
        self.assertEqual(twin.engagement_consent_clicks, "unknown")
