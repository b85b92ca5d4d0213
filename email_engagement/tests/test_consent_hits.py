from odoo.tests import tagged

from .common import TOKEN
from .consent_case import ConsentCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestConsentHits(ConsentCase):
    """What is recorded of what comes in, anonymously or by person."""

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
