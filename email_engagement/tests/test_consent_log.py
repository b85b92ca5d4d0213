from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .consent_case import ConsentCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestConsentLog(ConsentCase):
    """What was decided, by whom, and who may do what about it."""

    def test_log(self):
        self.anna.with_user(self.sales)._engagement_decide(
            {"opens": "refused", "clicks": "granted"}, reason="by telephone"
        )
        log = self.env["email.engagement.consent"].search(
            [("partner_id", "=", self.anna.id)]
        )
        self.assertEqual(
            {(row.kind, row.state) for row in log},
            {("opens", "refused"), ("clicks", "granted")},
        )
        for row in log:
            self.assertEqual((row.how, row.user_id), ("user", self.sales))
            self.assertEqual((row.email, row.reason), (self.anna.email, "by telephone"))
        with self.assertRaises(UserError):
            log[0].state = "granted"
        with self.assertRaises(UserError):
            log[0].unlink()
        self.assertEqual(self.anna.engagement_consent, "refused")
        self.assertEqual(self.anna.engagement_consent_clicks, "granted")

    def test_import(self):
        self.env["res.partner"].with_context(import_file=True).load(
            ["id", "name", "email", "engagement_consent"],
            [
                ["test.p1", "I", "i@customer.example.com", "granted"],
                ["test.p2", "J", "j@customer.example.com", "Refused"],
            ],
        )
        log = self.env["email.engagement.consent"].search([], limit=2, order="id desc")
        self.assertEqual(set(log.mapped("how")), {"import"})
        self.assertEqual(set(log.mapped("state")), {"granted", "refused"})

    def test_search(self):
        self.refuse(self.anna)
        self.env["email.engagement.consent"]._decide(
            {"opens": "granted"}, "page", emails=[self.bob.email]
        )
        three = self.anna | self.bob | self.record

        def search(operator, value):
            return three.search(
                [("id", "in", three.ids), ("engagement_consent", operator, value)]
            )

        self.assertEqual(search("=", "refused"), self.anna)
        self.assertEqual(search("=", "granted"), self.bob)
        self.assertEqual(search("=", "unknown"), self.record)
        self.assertEqual(search("!=", "refused"), self.bob | self.record)

    def test_search_by_an_address_that_was_forgotten(self):
        """Of which only the keyed hash is left: as the form, the filter finds it."""
        self.env["email.engagement.privacy"]._erase(
            self.env["res.partner"], ["anna@customer.example.com"]
        )
        self.env.invalidate_all()
        self.assertEqual(self.anna.engagement_consent, "refused")
        found = self.env["res.partner"].search([("engagement_consent", "=", "refused")])
        self.assertEqual(found, self.anna)

    def test_companies_agree_apart_and_stop_together(self):
        other = self.env["res.company"].create({"name": "Other"})
        consent = self.env["email.engagement.consent"]
        consent._decide(
            {"opens": "granted"}, "page", partners=self.anna, company=self.env.company
        )
        self.assertEqual(self.anna.engagement_consent, "granted")
        self.assertEqual(self.anna.with_company(other).engagement_consent, "unknown")
        self.refuse()
        self.assertEqual(self.anna.with_company(other).engagement_consent, "refused")
        self.assertEqual(
            self.anna.with_company(self.env.company).engagement_consent, "refused"
        )
        consent._decide({"opens": "granted"}, "page", partners=self.anna, company=other)
        self.assertEqual(self.anna.with_company(other).engagement_consent, "granted")
        self.assertEqual(
            self.anna.with_company(self.env.company).engagement_consent, "refused"
        )

    def test_a_merge_of_contacts_keeps_the_refusal(self):
        double = self.anna.copy({"email": self.anna.email})
        message, _mails = self.post(BODY, self.anna)
        self.refuse(self.anna)
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.anna | double).ids, double)
        self.assertFalse(self.anna.exists())
        self.assertEqual(double.engagement_consent, "refused")
        self.assertEqual(message.engagement_id.trace_ids.partner_id, double)

    def test_a_merge_of_contacts_with_other_addresses(self):
        message, _mails = self.post(BODY, self.anna)
        self.refuse(self.anna, state="granted")
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge.with_user(self.env.ref("base.user_admin"))._merge(
            (self.anna | self.bob).ids, self.bob
        )
        self.assertFalse(self.anna.exists())
        trace = message.engagement_id.trace_ids
        self.assertEqual(
            (trace.partner_id, trace.email), (self.bob, "anna@customer.example.com")
        )
        self.assertEqual(self.bob.engagement_consent, "granted")
        self.assertEqual(
            self.env["email.engagement.consent"].search([]).partner_id, self.bob
        )

    def merge(self, source, destination):
        self.env.flush_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source | destination).ids, destination)
        self.assertFalse(source.exists())

    def test_a_merge_of_contacts_who_got_the_same_email(self):
        message, _mails = self.post(BODY, self.anna | self.bob)
        traces = message.engagement_id.trace_ids
        emails = set(traces.mapped("email"))
        self.merge(self.anna, self.bob)
        self.assertEqual(len(traces.exists()), 2)
        self.assertEqual(traces.partner_id, self.bob)
        self.assertEqual(set(traces.mapped("email")), emails)

    def test_a_merge_of_contacts_who_decided_differently(self):
        """One refusal is a refusal, also for emails already sent."""
        message, _mails = self.post(BODY, self.bob)
        company = self.env.company
        self.refuse(self.anna)
        self.refuse(self.bob, state="granted")
        self.refuse(self.bob, state="granted", company=company)
        self.merge(self.anna, self.bob)
        self.assertEqual(self.bob.engagement_consent, "refused")
        self.assertEqual(self.bob.engagement_consent_clicks, "refused")
        trace = message.engagement_id.trace_ids
        self.assertEqual((trace.opens_level, trace.clicks_level), (0, 0))

    # -- who may do what

    def test_users_and_the_log(self):
        self.refuse()
        for model in (
            "email.engagement.consent",
            "email.engagement.preference",
            "email.engagement.wording",
            "email.engagement.policy.country",
        ):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.colleague).search([])
        self.assertEqual(
            self.anna.with_user(self.colleague).engagement_consent, "refused"
        )
        with self.assertRaises(AccessError):
            # may not write contacts
            self.anna.with_user(self.colleague)._engagement_decide({"opens": "granted"})
        for action in ("action_engagement_erase", "action_engagement_export"):
            with self.assertRaises(AccessError):
                getattr(self.anna.with_user(self.sales), action)()
        portal = new_test_user(self.env, "portal_user", "base.group_portal")
        with self.assertRaises(AccessError):
            portal.partner_id.with_user(portal).engagement_preferences()
        with self.assertRaises(AccessError):
            portal.partner_id.with_user(portal).read(["engagement_consent"])

    def test_administrators_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["email.engagement.consent"]._decide(
            {"opens": "granted"}, "page", partners=self.anna, company=self.env.company
        )
        administrator = new_test_user(
            self.env,
            "other_admin",
            "email_engagement.group_administrator",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in ("email.engagement.consent", "email.engagement.preference"):
            rows = self.env[model].with_user(administrator).search([])
            self.assertNotIn(self.anna, rows.partner_id)
        self.env["email.engagement.policy.country"].create(
            {"country_id": self.env.ref("base.fr").id, "policy": "consent"}
        )
        self.assertFalse(
            self.env["email.engagement.policy.country"]
            .with_user(administrator)
            .search([])
        )

    def test_wizard(self):
        form = Form(
            self.env["email.engagement.decision"]
            .with_user(self.sales)
            .with_context(default_partner_id=self.anna.id)
        )
        self.assertEqual(form.opens, "unknown")
        form.opens = "refused"
        form.reason = "said so at the fair"
        form.save().action_apply()
        self.assertEqual(self.anna.engagement_consent, "refused")
        self.assertEqual(self.anna.engagement_consent_clicks, "unknown")
        decision = self.env["email.engagement.decision"].with_user(self.sales)
        values = {"email": "x@y.example.com", "opens": "refused", "clicks": "refused"}
        with self.assertRaises(AccessError):
            decision.create({**values, "reason": "r"}).action_apply()

    def test_wizard_tells_nobody_more_than_he_may_know(self):
        self.refuse(self.anna)
        decision = self.env["email.engagement.decision"].with_user(self.sales)
        with self.assertRaises(AccessError):
            decision.new({"email": self.anna.email}).mapped("opens")
        both = decision.new({"partner_id": self.bob.id, "email": self.anna.email})
        self.assertEqual(both.opens, "unknown", "of the contact, not the address")
        self.env["ir.rule"].create(
            {
                "name": "closed",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.anna.id})]",
            }
        )
        with self.assertRaises(AccessError):
            decision.new({"partner_id": self.anna.id}).mapped("opens")

    # -- the composer

    def test_composer(self):
        self.refuse(self.anna)
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.sales)
            .create(
                {
                    "composition_mode": "comment",
                    "model": "res.partner",
                    "res_ids": repr(self.record.ids),
                    "partner_ids": [
                        Command.set(
                            (self.anna | self.bob | self.colleague.partner_id).ids
                        )
                    ],
                    "body": BODY,
                    "engagement_followed": True,
                }
            )
        )
        self.assertEqual(composer.engagement_followed_text, "Followed for 1 of 2")
        composer.engagement_followed = False
        self.assertFalse(composer.engagement_followed_text)
        recipients = (self.anna | self.bob).with_user(self.sales)
        self.assertEqual(
            recipients.engagement_followed_for(),
            {"followed": 1, "total": 2, "text": "Followed for 1 of 2"},
        )
        self.assertFalse(recipients[1].engagement_followed_for())
        rows = recipients.engagement_preferences()
        self.assertEqual(
            [(row["name"], row["followed"], bool(row["reason"])) for row in rows],
            [("Anna Customer", "none", True), ("Bob Buyer", "all", False)],
        )

    def test_authentication_template(self):
        template = self.env["mail.template"].create(
            {
                "name": "Code",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "partner_to": "{{ object.id }}",
                "body_html": BODY,
                "engagement_follow": "always",
                "engagement_is_authentication": True,
            }
        )
        with self.mock_mail_gateway():
            template.send_mail(self.anna.id, force_send=True)
        self.assertNotIn("/ee/", self._mails[0]["body"])
