from odoo import Command
from odoo.tests import tagged

from .common import TOKEN
from .consent_case import ConsentCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestConsent(ConsentCase):
    """What is sent to whom, and the line at the end."""

    def test_one_refusal_is_that_recipients_only(self):
        self.refuse(self.anna)
        message, mails = self.post(BODY, self.anna | self.bob)
        anna, bob = sorted(mails, key=lambda mail: mail["email_to"])
        self.assertIn("anna", anna["email_to"][0])
        self.assertNotIn("/ee/", anna["body"])
        self.assertNotIn("/ee/", anna["body_alternative"])
        self.assertIn("https://example.com/offer", anna["body"])
        self.assertEqual(
            {path for path, _token in TOKEN.findall(bob["body"])}, {"o", "c"}
        )
        engagement = message.engagement_id
        self.assertEqual(engagement.followed_text, "Followed for 1 of 2")
        by_partner = {trace.partner_id: trace for trace in engagement.trace_ids}
        trace = by_partner[self.anna]
        self.assertEqual(
            (trace.followed, trace.not_followed_reason), ("none", "refused")
        )
        self.assertEqual(
            trace.state, "sent", "what became of the sending is no tracking"
        )
        self.assertFalse(by_partner[self.bob].not_followed_reason)

    def test_status_is_about_who_is_followed(self):
        self.refuse(self.anna)
        message, _mails = self.post(BODY, self.anna)
        text = message.engagement_id.with_user(self.sales).status_text
        self.assertEqual(text, "Sent, not followed")
        message, _mails = self.post(BODY, self.anna | self.bob)
        engagement = message.engagement_id
        self.hit(engagement.trace_ids.filtered(lambda t: t.partner_id == self.bob))
        self.digest()
        text = engagement.with_user(self.sales).status_text
        self.assertTrue(text.startswith("Opened "), text)
        self.assertNotIn(" of ", text)

    def test_each_kind_by_itself(self):
        self.refuse(self.anna, kinds=["opens"])
        self.refuse(self.bob, kinds=["clicks"])
        message, mails = self.post(BODY, self.anna | self.bob)
        paths = {
            mail["email_to"][0]: {path for path, _token in TOKEN.findall(mail["body"])}
            for mail in mails
        }
        self.assertEqual(sorted(map(sorted, paths.values())), [["c"], ["o"]])
        for mail in mails:
            self.assertIn("/ee/p/", mail["body"])
        engagement = message.engagement_id
        self.assertEqual(
            set(engagement.trace_ids.mapped("followed")), {"opens", "clicks"}
        )
        self.assertEqual(engagement.followed_text, "Followed for 2 of 2, in part")

    def test_what_the_company_does_not_want(self):
        self.env.company.engagement_policy_opens = False
        message, mails = self.post(BODY)
        self.assertEqual({p for p, _token in TOKEN.findall(mails[0]["body"])}, {"c"})
        self.assertFalse(message.engagement_id.followed_text)
        self.assertEqual(message.engagement_id.trace_ids.followed, "clicks")

    def test_only_with_consent(self):
        self.env.company.engagement_policy = "consent"
        self.refuse(self.anna, state="granted")
        message, mails = self.post(BODY, self.anna | self.bob)
        self.assertEqual(
            [
                "/ee/" in mail["body"]
                for mail in sorted(mails, key=lambda m: m["email_to"])
            ],
            [True, False],
        )
        trace = message.engagement_id.trace_ids.filtered("not_followed_reason")
        self.assertEqual(trace.partner_id, self.bob)
        self.assertEqual(trace.not_followed_reason, "no_consent")

    def test_the_address_counts_without_the_contact(self):
        """Also with a contact made later, and with another contact of the address."""
        self.env["email.engagement.consent"]._decide(
            {"opens": "refused", "clicks": "refused"},
            "page",
            emails=["Twin <TWIN@customer.example.com>"],
        )
        twin = self.env["res.partner"].create(
            {"name": "Twin", "email": "twin@customer.example.com"}
        )
        self.assertEqual(twin.engagement_consent, "refused")
        _message, mails = self.post(BODY, twin)
        self.assertNotIn("/ee/", mails[0]["body"])
        twin.email = "other@customer.example.com"
        self.assertEqual(twin.engagement_consent, "unknown")
        self.refuse(twin)
        twin.email = "third@customer.example.com"
        self.assertEqual(twin.engagement_consent, "refused", "a person moves along")

    def test_shared_copy(self):
        """One refusal is one for the copy that several addresses share."""
        self.env["email.engagement.consent"]._decide(
            {"opens": "refused"}, "page", emails=["y@b.example.com"]
        )
        trace = self.send_shared(BODY)
        self.assertEqual(trace.followed, "clicks")
        self.env["email.engagement.consent"]._decide(
            {"clicks": "refused"}, "page", emails=["x@a.example.com"]
        )
        self.assertEqual((trace.opens_level, trace.clicks_level), (0, 0))
        self.env["email.engagement.consent"]._decide(
            {"clicks": "granted"}, "page", emails=["y@b.example.com"]
        )
        self.assertEqual(trace.clicks_level, 0, "nobody agrees for another one")

    def test_country(self):
        self.anna.country_id = self.env.ref("base.fr")
        self.env["email.engagement.policy.country"].create(
            {"country_id": self.env.ref("base.fr").id, "policy": "consent"}
        )
        message, _mails = self.post(BODY, self.anna | self.bob)
        trace = message.engagement_id.trace_ids.filtered("not_followed_reason")
        self.assertEqual((trace.partner_id, trace.followed), (self.anna, "none"))
        self.assertIn("CNIL", self.env.ref("base.fr").engagement_advice)
        self.assertFalse(self.env.ref("base.us").engagement_advice)

    def test_a_country_that_allows_more(self):
        self.env.company.engagement_policy = "consent"
        self.anna.country_id = self.env.ref("base.us")
        self.env["email.engagement.policy.country"].create(
            {"country_id": self.env.ref("base.us").id, "policy": "unless_refused"}
        )
        message, _mails = self.post(BODY)
        self.hit(message.engagement_id.trace_ids)
        self.assertEqual(self.waiting(), 1)
        self.refuse()
        self.hit(message.engagement_id.trace_ids)
        self.assertEqual(self.waiting(), 1)

    def test_switched_off(self):
        self.env.company.engagement_policy = "off"
        message, mails = self.post(BODY)
        self.assertFalse(message.engagement_id)
        self.assertNotIn("/ee/", mails[0]["body"])

    def test_another_try_respects_what_was_decided_since(self):
        mail = self.env["mail.mail"].create(
            {
                "body_html": BODY,
                "recipient_ids": [Command.link(self.anna.id)],
                "engagement_followed": True,
            }
        )
        with self.mock_mail_gateway():
            self.connect_mocked.side_effect = OSError("connection refused")
            mail.send()
        self.assertEqual(mail.mail_message_id.engagement_id.trace_ids.followed, "all")
        self.refuse()
        mail.action_retry()
        with self.mock_mail_gateway():
            mail.send()
        self.assertNotIn("/ee/", self._mails[0]["body"])
        self.assertEqual(mail.mail_message_id.engagement_id.trace_ids.followed, "none")

    def test_number_of_statements(self):
        """Whoever decided what: 200 recipients cost what two cost."""
        partners = self.env["res.partner"].create(
            [
                {"name": f"P{n}", "email": f"p{n}@customer.example.com"}
                for n in range(200)
            ]
        )
        self.refuse(partners[::2])
        engagement = self.env["email.engagement"].create(
            {"date": "2026-01-01", "company_id": self.env.company.id}
        )

        def statements(to):
            copies = [(partner, [partner.email_normalized]) for partner in to]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            engagement._permitted_copies(copies)
            return self.env.cr.sql_log_count - before

        statements(partners)
        self.assertEqual(statements(partners), statements(partners[:2]))
        self.assertLessEqual(statements(partners), 2)

    # -- the line at the end

    def test_line(self):
        _message, mails = self.post(BODY)
        body = mails[0]["body"]
        self.assertEqual(body.count("/ee/p/"), 1)
        self.assertLess(body.index("/ee/p/"), body.index("/ee/o/"))
        self.assertGreater(body.index("/ee/p/"), body.index("/ee/c/"))
        self.assertIn(self.env.company.name, body)
        text = mails[0]["body_alternative"]
        self.assertIn("/ee/p/", text)
        self.assertEqual(text.count("[1]"), 2, "a link of the email and its address")
        self.assertNotIn("customer.example.com", body)
        self.assertNotIn("preference.invalid", body + mails[0]["body_alternative"])

    def test_line_of_the_company(self):
        self.env.company.engagement_line = "We look & learn."
        _message, mails = self.post(BODY)
        self.assertIn("We look &amp; learn.", mails[0]["body"])

    def test_line_in_the_recipients_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        company = self.env.company
        company.engagement_line = "We look."
        company.with_context(lang="fr_FR").engagement_line = "Nous regardons."
        self.anna.lang = "fr_FR"
        _message, mails = self.post(BODY, self.anna | self.bob)
        bodies = "".join(
            mail["body"] for mail in sorted(mails, key=lambda m: m["email_to"])
        )
        self.assertLess(bodies.index("Nous regardons."), bodies.index("We look."))

    def test_line_cannot_be_taken_out(self):
        view = self.env.ref("email_engagement.preference_line")
        view.arch = '<t t-name="email_engagement.preference_line"><p>Nothing</p></t>'
        _message, mails = self.post(BODY)
        self.assertEqual(mails[0]["body"].count("/ee/p/"), 1)
