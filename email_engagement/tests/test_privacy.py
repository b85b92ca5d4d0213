import json

from markupsafe import Markup

from odoo.tests import tagged
from odoo.tools import SQL

from .common import EngagementTransactionCase
from .test_send import BODY

ADDRESS = "erase.me@forgotten.example.com"
# Where Odoo itself has a person's address: the contact, its mails and its logs.
# docs/privacy.md names them.
ODOOS_OWN = {
    "res_partner",
    "mail_message",
    "mail_mail",
    "mail_notification",
    "mail_tracking_value",
    "discuss_channel_member",
    "bus_bus",
}


@tagged("post_install", "-at_install")
class TestPrivacy(EngagementTransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.engagement_keep_raw = True
        cls.eve = cls.env["res.partner"].create({"name": "Eve", "email": ADDRESS})
        cls.privacy = cls.env["email.engagement.privacy"]

    def live(self):
        """All that a recipient can leave behind."""
        body = Markup('<p><a href="https://example.com/?to=%s&amp;x=%s">%s</a></p>') % (
            ADDRESS,
            ADDRESS.replace("@", "%40"),
            ADDRESS,
        )
        message, _mails = self.post(
            body, self.eve | self.bob, subject=f"For {ADDRESS.upper()}"
        )
        engagement = message.engagement_id
        trace = engagement.trace_ids.filtered(lambda t: t.partner_id == self.eve)
        trace.failure_reason = f"450 <{ADDRESS}> try later"
        self.hit(trace, engagement.link_ids[0], address="203.0.113.7")
        self.digest()
        self.hit(trace, seconds=9000)
        mail = self.env["mail.mail"].create(
            {
                "body_html": BODY,
                "email_to": f"{ADDRESS}, other@b.example.com",
                "engagement_followed": True,
            }
        )
        single = self.env["mail.mail"].create(
            {"body_html": BODY, "email_to": ADDRESS, "engagement_followed": True}
        )
        with self.mock_mail_gateway():
            (mail | single).send()
        self.eve._engagement_decide({"opens": "granted"}, reason=f"{ADDRESS} called")
        decision = self.env["email.engagement.decision"].create(
            {
                "email": ADDRESS,
                "opens": "granted",
                "clicks": "granted",
                "reason": "fair",
            }
        )
        decision.action_apply()
        return engagement, trace

    def export(self, partner, **kwargs):
        addresses = self.privacy._addresses_of(partner)
        return self.privacy._export(partner, addresses, **kwargs)

    def tables_with(self, text) -> dict:
        """The tables of the database with a column in which a text stands."""
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                """
                SELECT c.table_name, c.column_name
                  FROM information_schema.columns c
                  JOIN information_schema.tables t USING (table_schema, table_name)
                 WHERE c.table_schema = current_schema()
                   AND t.table_type = 'BASE TABLE'
                   AND c.data_type IN ('character varying', 'text', 'jsonb', 'json',
                                       'character', 'ARRAY', 'bytea')
                """
            )
        )
        found = {}
        for table, column in columns:
            rows = self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s WHERE %s::text ILIKE ANY(%s) LIMIT 1",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    [f"%{text}%", f"%{text.replace('@', '%40')}%"],
                )
            )
            if rows:
                found.setdefault(table, []).append(column)
        return found

    def test_delete_my_data(self):
        engagement, trace = self.live()
        before = self.tables_with(ADDRESS)
        for table in (
            "email_engagement",
            "email_engagement_trace",
            "email_engagement_link",
            "email_engagement_consent",
            "email_engagement_preference",
        ):
            self.assertIn(table, before, "the test would prove nothing")
        figures = (engagement.open_count, engagement.click_count)
        self.assertEqual(figures, (1, 1))
        self.eve.action_engagement_erase()
        after = self.tables_with(ADDRESS)
        self.assertFalse(set(after) - ODOOS_OWN, after)
        self.assertTrue(after, "Odoo's own tables were looked at")
        self.assertEqual((engagement.open_count, engagement.click_count), figures)
        self.assertFalse(trace.partner_id)
        self.assertEqual(trace.click_count, 1)
        for event in engagement.event_ids.filtered("trace_id"):
            self.assertEqual(event.device, "unknown")
            for name in (
                "client",
                "os",
                "source",
                "address",
                "user_agent",
                "country_id",
            ):
                self.assertFalse(event[name])
            self.assertFalse(event.date.hour or event.date.minute)
        self.assertFalse(
            self.env["email.engagement.hit"].search([("trace_id", "=", trace.id)])
        )
        self.assertEqual(self.eve.engagement_consent, "refused")
        _message, mails = self.post(BODY, self.eve)
        self.assertNotIn("/ee/", mails[0]["body"])

    def test_the_refusal_outlives_the_contact(self):
        self.live()
        self.eve.action_engagement_erase()
        self.env.flush_all()
        self.eve.unlink()
        again = self.env["res.partner"].create({"name": "Eve", "email": ADDRESS})
        self.assertEqual(again.engagement_consent, "refused")

    def test_a_contact_is_deleted(self):
        engagement, trace = self.live()
        self.eve.unlink()
        self.assertFalse(trace.partner_id or trace.email)
        self.assertEqual(engagement.click_count, 1)
        self.assertFalse(
            {table for table in self.tables_with(ADDRESS) if "engagement" in table}
        )

    def test_a_contact_is_deleted_whose_address_another_one_has(self):
        _engagement, trace = self.live()
        twin = self.env["res.partner"].create({"name": "Twin", "email": ADDRESS})
        message, _mails = self.post(BODY, twin)
        self.eve.unlink()
        self.assertFalse(trace.partner_id or trace.email)
        self.assertEqual(message.engagement_id.trace_ids.partner_id, twin)
        self.assertEqual(twin.engagement_consent, "granted")

    def test_a_contact_is_deleted_that_never_got_an_email(self):
        """Who may delete contacts cannot delete what a stranger's address is about."""
        mail = self.env["mail.mail"].create(
            {
                "body_html": BODY,
                "email_to": "stranger@b.example.com",
                "engagement_followed": True,
            }
        )
        with self.mock_mail_gateway():
            mail.send()
        domain = [("email", "=", "stranger@b.example.com")]
        trace = self.env["email.engagement.trace"].search(domain)
        self.assertTrue(trace)
        self.env["res.partner"].create({"name": "X", "email": trace.email}).unlink()
        self.assertEqual(trace.email, "stranger@b.example.com")

    def test_others_keep_theirs(self):
        engagement, trace = self.live()
        self.eve.action_engagement_erase()
        other = engagement.trace_ids - trace
        self.assertEqual((other.partner_id, other.email), (self.bob, self.bob.email))
        shared = self.env["email.engagement.trace"].search(
            [("email", "=", "other@b.example.com")]
        )
        self.assertEqual(shared.recipient_count, 2)
        self.assertIn("other@b.example.com", shared.recipient_name)

    def test_export(self):
        self.live()
        data = self.export(self.eve)
        self.assertEqual(data["contacts"], ["Eve"])
        self.assertEqual(len(data["emails"]), 3)
        event = data["emails"][0]["interactions"][-1]
        self.assertEqual(event["ip_address"], "203.0.113.0")
        self.assertTrue(event["user_agent"])
        self.assertIn("https://example.com/", event["link"])
        self.assertEqual({row["how"] for row in data["choices"]}, {"user"})
        self.assertEqual(json.loads(self.privacy._export_json(data)), data)
        text = self.privacy._export_csv(data)
        self.assertEqual(len(text.splitlines()), 1 + 2 + 3 + 2)

    def test_export_of_another_company(self):
        engagement, _trace = self.live()
        other = self.env["res.company"].create({"name": "Other"})
        engagement.company_id = other
        data = self.export(self.eve, company=self.env.company)
        self.assertEqual(len(data["emails"]), 2)

    def test_export_of_a_shared_copy(self):
        """Nobody else of those who got it, and nobody's network."""
        self.live()
        trace = self.env["email.engagement.trace"].search(
            [("email", "like", "other@b.example.com")]
        )
        self.hit(trace, address="203.0.113.7")
        self.digest()
        data = self.export(self.eve)
        self.assertNotIn("other@", json.dumps(data))
        email = next(email for email in data["emails"] if email["shared_by"])
        self.assertEqual(email["address"], ADDRESS)
        self.assertTrue(email["interactions"])
        for event in email["interactions"]:
            self.assertFalse(event["ip_address"] or event["user_agent"])

    def test_export_without_secrets(self):
        body = Markup('<p><a href="https://example.com/?access_token=S3cr">x</a></p>')
        message, _mails = self.post(body, self.eve)
        engagement = message.engagement_id
        self.hit(engagement.trace_ids, engagement.link_ids[0])
        self.digest()
        text = json.dumps(self.export(self.eve))
        self.assertIn("access_token", text)
        self.assertNotIn("S3cr", text)

    def test_who_was_erased_does_not_come_back(self):
        """What Odoo still notes about its own mail is not taken over."""
        engagement, trace = self.live()
        message = engagement.message_id
        self.eve.action_engagement_erase()
        notification = message.notification_ids.filtered(
            lambda n: n.res_partner_id == self.eve
        )
        notification.notification_status = "bounce"
        engagement._set_outcome([(self.eve.id, [ADDRESS])], set(), set(), "no")
        self.env["mail.mail"].create(
            {
                "mail_message_id": message.id,
                "recipient_ids": [(4, self.eve.id)],
                "state": "cancel",
            }
        )
        self.env.flush_all()
        traces = engagement.trace_ids
        self.assertEqual((len(traces), traces.partner_id), (2, self.bob))
        self.assertNotIn(ADDRESS, traces.mapped("email"))
        self.assertEqual(trace.state, "sent")

    def test_nothing_of_the_moment_is_left(self):
        """Neither what was to be told of it, nor what others' servers said."""
        engagement, trace = self.live()
        link = engagement.link_ids[0]
        self.env["email.engagement.file.request"].create(
            {"trace_id": trace.id, "link_id": link.id, "date": "2026-01-01 10:11:12"}
        )
        alerts = self.env["email.engagement.alert"].search(
            [("event_id.trace_id", "=", trace.id)]
        )
        self.assertTrue(alerts, "the test would prove nothing")
        other = engagement.trace_ids - trace
        other.failure_reason = f"451 with {ADDRESS}: no"
        self.eve.action_engagement_erase()
        self.assertFalse(alerts.exists())
        self.assertFalse(self.env["email.engagement.file.request"].search([]))
        self.assertEqual(other.failure_reason, "451 with …: no")

    def test_other_addresses_with_the_same_letters(self):
        engagement, _trace = self.live()
        kept = f"x{ADDRESS} a.{ADDRESS} {ADDRESS}.au {ADDRESS}m {ADDRESS}-x"
        gone = f"<{ADDRESS}>, {ADDRESS}. mailto:{ADDRESS}?a %20{ADDRESS}%3E ={ADDRESS}&"
        engagement.subject = f"{kept} | {gone}"
        self.eve.action_engagement_erase()
        self.assertEqual(engagement.subject, f"{kept} | {gone.replace(ADDRESS, '…')}")
