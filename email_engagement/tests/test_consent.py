from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import TOKEN, EngagementTransactionCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestConsent(EngagementTransactionCase):
    def refuse(
        self, partner=None, kinds=("opens", "clicks"), state="refused", **kwargs
    ):
        self.env["email.engagement.consent"]._decide(
            dict.fromkeys(kinds, state), "page", partners=partner or self.anna, **kwargs
        )

    def bodies(self, mails):
        return {
            mail["email_to"][0].split("@")[0].split("<")[-1].strip('"'): mail
            for mail in mails
        }

    def waiting(self):
        return self.env["email.engagement.hit"].search_count([])

    # -- sending

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
        self.assertIn("/ee/p/", mails[0]["body_alternative"])
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

    # -- what comes in

    def test_withdrawal_holds_for_mails_already_sent(self):
        message, _mails = self.post(BODY)
        trace, link = message.engagement_id.trace_ids, message.engagement_id.link_ids[0]
        self.refuse()
        self.assertEqual(self.hit(trace), "")
        self.assertEqual(self.hit(trace, link), link.url)
        self.assertFalse(self.waiting())
        self.refuse(state="granted")
        self.hit(trace)
        self.assertEqual(self.waiting(), 1)

    def test_withdrawal_of_a_consent(self):
        self.env.company.engagement_policy = "consent"
        self.refuse(state="granted")
        message, _mails = self.post(BODY)
        trace = message.engagement_id.trace_ids
        self.hit(trace)
        self.assertEqual(self.waiting(), 1)
        self.refuse(state="unknown")
        self.hit(trace)
        self.assertEqual(self.waiting(), 1)

    def test_switching_off_and_on_again(self):
        message, _mails = self.post(BODY)
        engagement = message.engagement_id
        trace, link = engagement.trace_ids, engagement.link_ids[0]
        self.hit(trace, link)
        self.digest()
        before = (engagement.open_count, engagement.click_count)
        self.env.company.engagement_policy = "off"
        self.assertEqual(self.hit(trace, link, 7200), link.url)
        self.hit(trace, seconds=7300)
        self.assertFalse(self.waiting())
        self.refuse(self.bob)
        self.refuse(state="granted")
        self.env.company.engagement_policy = "unless_refused"
        self.assertEqual((engagement.open_count, engagement.click_count), before)
        self.hit(trace, seconds=7400)
        self.assertEqual(self.waiting(), 1)

    def test_stricter_policy_holds_at_once(self):
        message, _mails = self.post(BODY, self.anna | self.bob)
        self.refuse(self.bob, state="granted")
        self.env.company.engagement_policy = "consent"
        for trace in message.engagement_id.trace_ids:
            self.hit(trace)
        self.assertEqual(
            self.env["email.engagement.hit"].search([]).trace_id,
            message.engagement_id.trace_ids.filtered(
                lambda trace: trace.partner_id == self.bob
            ).id,
        )

    def test_another_company_is_not_concerned(self):
        message, _mails = self.post(BODY)
        other = self.env["res.company"].create({"name": "Other"})
        other.engagement_policy = "off"
        self.hit(message.engagement_id.trace_ids)
        self.assertEqual(self.waiting(), 1)
        message.engagement_id.company_id = other
        self.env.flush_all()
        self.hit(message.engagement_id.trace_ids)
        self.assertEqual(self.waiting(), 1)

    def test_opens_switched_off(self):
        message, _mails = self.post(BODY)
        trace, link = message.engagement_id.trace_ids, message.engagement_id.link_ids[0]
        self.env.company.engagement_policy_opens = False
        self.hit(trace)
        self.assertFalse(self.waiting())
        self.hit(trace, link)
        self.digest()
        self.assertEqual(message.engagement_id.click_count, 1)
        self.assertEqual(message.engagement_id.open_count, 0)

    def test_a_click_implies_no_open_that_was_refused(self):
        self.refuse(kinds=["opens"])
        message, _mails = self.post(BODY)
        engagement = message.engagement_id
        self.hit(engagement.trace_ids, engagement.link_ids[0])
        self.digest()
        self.assertEqual((engagement.open_count, engagement.click_count), (0, 1))
        engagement.event_ids.filtered(lambda e: e.type == "click").action_count()
        self.assertEqual(engagement.open_count, 0, "nor by hand")

    def test_do_not_track(self):
        message, _mails = self.post(BODY)
        trace = message.engagement_id.trace_ids
        self.hit(trace, opt_out=True)
        self.assertEqual(self.waiting(), 1, "the company does not want it")
        self.env.company.engagement_honour_opt_out = True
        self.hit(trace, opt_out=True)
        self.assertEqual(self.waiting(), 1)
        self.hit(trace)
        self.assertEqual(self.waiting(), 2)

    def test_what_was_spooled_is_asked_again(self):
        message, _mails = self.post(BODY)
        trace = message.engagement_id.trace_ids
        self.refuse()
        self.env["email.engagement.reception"]._store_spooled(
            {
                "kind": "open",
                "ids": [trace.id],
                "request": {"date": "2026-01-01T00:00:00", "user_agent": "x"},
            }
        )
        self.assertFalse(self.waiting())

    def test_one_statement_per_hit(self):
        message, _mails = self.post(BODY)
        trace = message.engagement_id.trace_ids
        self.hit(trace)
        with self.assertQueryCount(1):
            self.hit(trace)
        self.refuse(state="granted")
        self.env.company.engagement_policy = "consent"
        self.env.company.engagement_honour_opt_out = True
        self.hit(trace)
        with self.assertQueryCount(1):
            self.hit(trace)
        self.hit(trace, opt_out=True)  # which companies honour it is known by now
        with self.assertQueryCount(2):  # nothing is written; the target is looked up
            self.hit(trace, opt_out=True)
        self.assertEqual(self.waiting(), 4)

    # -- anonymous

    def test_anonymous(self):
        self.env.company.engagement_policy = "anonymous"
        self.env.company.engagement_keep_raw = True
        self.refuse(self.bob)
        clara = self.env["res.partner"].create(
            {"name": "Clara", "email": "clara@customer.example.com"}
        )
        message, mails = self.post(BODY, self.anna | self.bob | clara)
        engagement = message.engagement_id
        by_name = {mail["email_to"][0]: mail["body"] for mail in mails}
        tokens = {
            name: frozenset(TOKEN.findall(body)) for name, body in by_name.items()
        }
        followed = [names for names in tokens.values() if names]
        self.assertEqual(len(followed), 2)
        self.assertEqual(len(set(followed)), 1, "one pixel and one set of links")
        self.assertNotIn("/ee/p/", "".join(by_name.values()), "nothing to decide")
        trace = engagement.trace_ids.filtered("is_anonymous")
        self.assertEqual(len(trace), 1)
        self.assertFalse(trace.partner_id or trace.email)
        self.assertEqual(trace.recipient_count, 2)
        self.assertEqual(engagement.followed_text, "Followed for 2 of 3")
        self.hit(trace, engagement.link_ids[0], address="203.0.113.7")
        self.digest()
        self.assertEqual((engagement.open_count, engagement.click_count), (1, 1))
        for event in engagement.event_ids.filtered("trace_id"):
            self.assertEqual(event.device, "unknown")
            for name in ("client", "os", "source", "address", "user_agent"):
                self.assertFalse(event[name], name)
            self.assertFalse(event.country_id)
        self.assertNotIn("Anna", trace.display_name)

    def test_anonymous_by_country(self):
        """Some by name, others together."""
        self.anna.country_id = self.env.ref("base.fr")
        self.env["email.engagement.policy.country"].create(
            {"country_id": self.env.ref("base.fr").id, "policy": "anonymous"}
        )
        message, _mails = self.post(BODY, self.anna | self.bob)
        self.assertEqual(message.engagement_id.trace_ids.partner_id, self.bob)
        self.assertEqual(len(message.engagement_id.trace_ids), 2)

    def test_named_copies_under_a_policy_that_became_anonymous(self):
        message, _mails = self.post(BODY)
        self.env.company.engagement_policy = "anonymous"
        self.hit(message.engagement_id.trace_ids)
        self.assertFalse(self.waiting())

    def test_kept_addresses_are_cut(self):
        self.env.company.engagement_keep_raw = True
        message, _mails = self.post(BODY)
        self.hit(message.engagement_id.trace_ids, address="203.0.113.77")
        self.digest()
        self.assertEqual(
            message.engagement_id.event_ids.filtered("trace_id").address, "203.0.113.0"
        )

    # -- the log

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
        rows = (self.anna | self.bob).with_user(self.sales).engagement_preferences()
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
