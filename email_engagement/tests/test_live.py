import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user, tagged

from ..models import email_engagement_live
from ..models.email_engagement_live import NOTIFICATION
from .common import EngagementTransactionCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestLive(EngagementTransactionCase):
    """Open screens of those who may read it are told of changes, and no others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("test_who_may_read_is_told")
        cls.message = case.post(BODY)[0]
        cls.engagement = cls.message.engagement_id
        cls.env["mail.presence"].search([]).write({"status": "offline"})
        cls.flush_bus(case)

    def flush_bus(self):
        """Whatever waits for the commit is sent, and forgotten."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.cr.postcommit.clear()
        self.env["bus.bus"].search([]).unlink()

    def told(self):
        """{login: engagement ids} of what the bus holds now."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.cr.postcommit.clear()
        result = {}
        users = {user.partner_id.id: user for user in self.sales | self.colleague}
        for notification in self.env["bus.bus"].search([]):
            message = json.loads(notification.message)
            channel = json.loads(notification.channel)
            if message["type"] == NOTIFICATION:
                self.assertEqual(channel[1], "res.partner")
                result[users[channel[2]].login] = message["payload"]["engagement_ids"]
        return result

    def be_online(self, *users, status="online"):
        for user in users:
            self.env["mail.presence"].create({"user_id": user.id, "status": status})
        self.flush_bus()

    def open_it(self):
        self.seconds = getattr(self, "seconds", 0) + 3600
        self.hit(self.engagement.trace_ids, seconds=self.seconds)
        self.digest()

    def test_who_may_read_is_told(self):
        self.be_online(self.sales, self.colleague)
        self.open_it()
        ids = self.engagement.ids
        self.assertEqual(self.told(), {"sales": ids, "colleague": ids})

    def test_who_may_not_read_is_told_nothing(self):
        self.close_record()
        self.be_online(self.sales, self.colleague)
        self.open_it()
        self.assertEqual(self.told(), {"sales": self.engagement.ids})

    def test_other_company(self):
        self.engagement.company_id = self.env["res.company"].create({"name": "Other"})
        self.be_online(self.sales, self.colleague)
        self.open_it()
        self.assertFalse(self.told())

    def test_nobody_listens(self):
        self.be_online(self.sales, status="offline")
        self.open_it()
        before = self.env.cr.sql_log_count
        self.assertFalse(self.told())
        # the presences, the bus, the savepoint; and nothing for any user
        self.assertLessEqual(self.env.cr.sql_log_count - before, 6)

    def test_once_in_a_transaction(self):
        self.be_online(self.sales)
        self.open_it()
        self.hit(self.engagement.trace_ids, self.engagement.link_ids[0], seconds=7200)
        self.digest()
        self.assertEqual(self.told(), {"sales": self.engagement.ids})
        self.assertEqual(len(self.env["bus.bus"].search([])), 1)

    def test_the_rest_is_done_once_in_a_run(self):
        """Telling the screens at its end is no second change."""
        alerts = type(self.env["email.engagement.alert"])
        with patch.object(alerts, "_queue") as queue:
            self.open_it()
            self.digest()
        self.assertEqual(queue.call_count, 1)

    def test_anonymous_answer_is_not_told_at_once(self):
        engagement = self.engagement
        self.be_online(self.sales)
        for minutes, anonymous in enumerate((True, False), 1):
            engagement.trace_ids.is_anonymous = anonymous
            date = fields.Datetime.now() + timedelta(minutes=minutes)
            engagement._record_reply(False, engagement.trace_ids[0].id, None, date)
            self.assertEqual(bool(self.told()), not anonymous)
        self.assertEqual(engagement.reply_count, 2)

    def test_bound(self):
        """Of very many users those who were active last are told, and the sender."""
        others = self.env["res.users"]
        for name in ("lately", "later"):
            others |= new_test_user(self.env, f"ee_{name}", "base.group_user")
        now = fields.Datetime.now()
        for days, user in enumerate(others | self.colleague | self.sales):
            self.env["mail.presence"].create(
                {
                    "user_id": user.id,
                    "status": "online",
                    "last_presence": now - timedelta(days=days),
                }
            )
        with patch.object(email_engagement_live, "MAX_LISTENERS", 2):
            self.assertEqual(self.engagement._listeners(), others | self.sales)

    def test_cost_of_a_listener(self):
        """So many statements for each more, however many emails changed."""

        def cost():
            self.open_it()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.told()
            return self.env.cr.sql_log_count - before

        self.be_online(self.sales)
        cost()  # what is asked for once, such as rules
        one = cost()
        self.be_online(self.colleague)
        cost()
        two = cost()
        self.assertLessEqual(two - one, 4)

    def test_nothing_changed(self):
        self.be_online(self.sales)
        self.engagement._refresh()
        self.assertFalse(self.told())

    def test_only_ids_are_told(self):
        self.be_online(self.sales)
        self.open_it()
        self.told()
        payload = json.loads(self.env["bus.bus"].search([]).message)["payload"]
        self.assertEqual(payload, {"engagement_ids": self.engagement.ids})

    def test_failure_does_not_lose_what_was_recorded(self):
        self.be_online(self.sales)
        self.open_it()
        with (
            patch.object(
                type(self.engagement), "_readable_by", side_effect=ValueError("rule")
            ),
            self.assertLogs("odoo.addons.email_engagement", "ERROR"),
        ):
            self.assertFalse(self.told())
        self.assertEqual(self.engagement.open_count, 1)

    def test_a_contact_finds_what_was_sent_to_it(self):
        """What the form of a contact asks, as written in form_controller_patch.js."""

        def concerns(partner):
            domain = [
                ("id", "in", self.engagement.ids),
                ("trace_ids.partner_id", "child_of", partner.id),
            ]
            followed = self.env["email.engagement"].with_user(self.sales)
            return followed.search_count(domain, limit=1)

        company = self.env["res.partner"].create({"name": "Anna's Company"})
        self.assertEqual((concerns(self.anna), concerns(company)), (1, 0))
        self.anna.parent_id = company
        self.assertEqual(concerns(company), 1)
