from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.mail.tools.discuss import Store

from ..models.email_engagement_status import GAP
from .common import EngagementCase, EngagementTransactionCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestChatterData(EngagementTransactionCase):
    """What the chatter is told of followed messages."""

    def data(self, messages, user=None):
        messages = messages.with_user(user or self.sales)
        messages.invalidate_recordset()
        return Store().add(messages).get_result()

    def engagement_data(self, messages, user=None):
        return self.data(messages, user).get("email.engagement", [])

    def test_followed_message(self):
        message, _mails = self.post(BODY)
        self.hit(message.engagement_id.trace_ids)
        self.digest()
        data = self.data(message)
        self.assertEqual(
            data["mail.message"][0]["engagement_id"], message.engagement_id.id
        )
        [engagement] = data["email.engagement"]
        self.assertEqual(engagement["status"], "opened")
        self.assertEqual(engagement["open_count"], 1)
        self.assertEqual(engagement["status_sentence"], f"Opened {GAP}")
        self.assertTrue(engagement["status_moment"])
        self.assertFalse(engagement["reminder_state"])

    def test_history_is_not_told(self):
        message, _mails = self.post(BODY)
        data = self.data(message)
        self.assertNotIn("email.engagement.event", data)
        self.assertNotIn("email.engagement.trace", data)

    def test_notes_and_received_mails_have_none(self):
        note = self.record.with_user(self.sales).message_post(body="A note")
        received = self.record.message_post(
            body="Hello",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.anna.id,
        )
        self.assertFalse(self.engagement_data(note + received))

    def test_colleague_who_may_read_the_message(self):
        message, _mails = self.post(BODY)
        self.assertTrue(self.engagement_data(message, self.colleague))

    def test_customers_are_told_nothing(self):
        message, _mails = self.post(BODY)
        portal = new_test_user(self.env, "ee_portal", "base.group_portal")
        message.message_type = "comment"
        self.record.message_subscribe(partner_ids=portal.partner_id.ids)
        store = Store(bus_channel=portal)
        store.add(message.sudo())
        self.assertNotIn("email.engagement", store.get_result())
        self.assertNotIn("engagement_id", store.get_result()["mail.message"][0])

    def test_get_chatter_data_tells_what_may_be_read(self):
        message, _mails = self.post(BODY)
        engagement = message.engagement_id
        data = engagement.with_user(self.sales).get_chatter_data()
        self.assertEqual(data["email.engagement"][0]["id"], engagement.id)
        self.close_record()
        self.assertFalse(engagement.with_user(self.colleague).get_chatter_data())

    def test_scheduled_message(self):
        scheduled = self.env["mail.scheduled.message"].create(
            {
                "author_id": self.sales.partner_id.id,
                "model": "res.partner",
                "res_id": self.record.id,
                "body": "Tomorrow",
                "scheduled_date": fields.Datetime.now().replace(year=2050),
                "notification_parameters": '{"engagement_followed": true}',
                "engagement_reminder_type": "no_reply",
                "engagement_reminder_date": "2050-01-31 09:00:00",
            }
        )
        data = Store().add(scheduled).get_result()["mail.scheduled.message"][0]
        self.assertIs(data["engagement_followed"], True)
        self.assertEqual(data["engagement_reminder_type"], "no_reply")
        self.assertEqual(data["engagement_reminder_date"], "2050-01-31 09:00:00")

    def test_as_many_queries_for_many_messages(self):
        posted = [self.post(BODY, self.anna | self.bob)[0] for _ in range(30)]
        for message in posted[::2]:
            self.hit(message.engagement_id.trace_ids[0])
        self.digest()
        messages = self.env["mail.message"].browse([m.id for m in posted])
        self.data(messages)  # what is asked for once, such as subtypes
        self.assertEqual(
            self.statements(self.data, messages),
            self.statements(self.data, messages[:3]),
        )


@tagged("post_install", "-at_install")
class TestChatterRoute(EngagementCase, HttpCase):
    def test_messages_of_a_record(self):
        """Over the route that the chatter asks, as the lowest user."""
        message, _mails = self.post(BODY)
        self.authenticate(self.colleague.login, self.colleague.login)
        result = self.make_jsonrpc_request(
            "/mail/thread/messages",
            {"thread_model": "res.partner", "thread_id": self.record.id},
        )
        self.assertEqual(
            result["data"]["email.engagement"][0]["id"], message.engagement_id.id
        )
