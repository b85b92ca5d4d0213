from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tests.common import RecordCapturer
from odoo.tools import mute_logger

from ..models.email_engagement_alert import NEWS_DAYS
from .alert_case import AlertCase
from .test_send import BODY

MODELS = "odoo.addons.email_engagement.models"


@tagged("post_install", "-at_install")
class TestAlert(AlertCase):
    def queue_asked(self):
        """Capture that Odoo's queue of mails is asked to run."""
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        return RecordCapturer(self.env["ir.cron.trigger"], [("cron_id", "=", queue.id)])

    def test_on_the_screen(self):
        self.be("online")
        self.act(10)
        self.tell(11)
        ((target, news),) = self.sent
        self.assertEqual(target, self.sales.partner_id)
        self.assertEqual(news["title"], "Anna Customer opened “The offer”")
        self.assertIn("Computer", news["message"])
        # on the button that opens it, and nowhere else
        self.assertEqual(news["record_name"], "The Deal")
        self.assertNotIn("The Deal", news["title"] + news["message"])
        self.assertEqual(
            (news["model"], news["res_id"]), ("res.partner", self.record.id)
        )
        self.assertFalse(self.inbox())

    def test_in_the_inbox_when_offline(self):
        for status in (None, "offline"):
            with self.subTest(status):
                self.be(status)
                before = self.inbox()
                self.sales.notification_type = "inbox"
                self.act(10, self.trace_bob if status else self.trace_anna)
                self.tell(11)
                self.assertFalse(self.sent)
                message = self.inbox() - before
                self.assertIn("opened “The offer”", message.subject)
                self.assertEqual(message.res_id, self.record.id)
                self.assertEqual(message.notification_ids.notification_type, "inbox")

    def test_by_email_within_seconds(self):
        """Odoo leaves what a cron notifies to its queue, which runs once an hour."""
        self.be("offline")
        self.sales.notification_type = "email"
        self.act(10)
        cron = self.env.ref("email_engagement.ir_cron_alert")
        with freeze_time(self.at(11)), self.no_commits(), self.mock_mail_gateway():
            with self.queue_asked() as asked:
                cron.ir_actions_server_id.run()
            (mail,) = self._new_mails
        self.assertIn("opened “The offer”", mail.subject)
        self.assertEqual(len(asked.records), 1)

    def test_in_the_inbox_no_mail_is_sent(self):
        self.be("offline")
        self.sales.notification_type = "inbox"
        self.act(10)
        with self.queue_asked() as asked:
            self.tell(11)
        self.assertTrue(self.inbox())
        self.assertFalse(asked.records)

    def test_away_is_told_twice(self):
        self.be("away")
        self.act(10)
        self.tell(11)
        self.assertEqual(len(self.sent), 1)
        self.assertEqual(len(self.inbox()), 1)

    def test_not_before_it_has_settled(self):
        self.be("online")
        self.act(10)
        self.tell(10.1)
        self.assertFalse(self.titles())
        self.tell(10.5)
        self.assertEqual(len(self.titles()), 1)
        self.tell(12)
        self.assertFalse(self.titles(), "told once")

    def test_scanner_burst(self):
        """Its first link looked like a person's."""
        links = self.engagement.link_ids + self.env["email.engagement.link"].create(
            [
                {"engagement_id": self.engagement.id, "url": f"https://example.com/{n}"}
                for n in range(2)
            ]
        )
        self.be("online")
        self.act(10, link=links[0], address="192.0.2.1")
        self.assertTrue(self.engagement.click_count)
        for number in (1, 2):
            self.act(10 + number / 60, link=links[number], address="192.0.2.1")
        self.tell(12)
        self.assertFalse(self.titles())
        self.assertFalse(self.env["email.engagement.alert"].search([]))

    def test_machines_are_never_told(self):
        self.be("online")
        self.act(10, user_agent="curl/8.0")
        self.tell(12)
        self.assertFalse(self.titles())

    def test_first_open_or_each(self):
        self.be("online")
        for choice, count in (("first", 1), ("each", 3), ("off", 0)):
            self.sales.engagement_alert_opens = choice
            self.env["email.engagement.event"].search([]).unlink()
            for minutes in (10, 40, 70):
                self.act(minutes)
                self.tell(minutes + 1)
            with self.subTest(choice):
                self.assertEqual(len(self.titles()), count)

    def test_kinds(self):
        self.be("online")
        self.sales.engagement_alert_opens = "off"
        self.act(10, link=self.link)
        self.tell(11)
        self.assertEqual(self.titles(), ["Anna Customer clicked a link in “The offer”"])
        self.sales.engagement_alert_clicks = False
        self.act(60, link=self.link)
        self.tell(61)
        self.assertFalse(self.titles())

    def test_click_with_its_implied_open_is_one(self):
        self.be("online")
        self.act(10, link=self.link)
        self.tell(11)
        self.assertEqual(self.titles(), ["Anna Customer clicked a link in “The offer”"])
        self.assertEqual(self.inbox(), self.inbox().browse())

    def reply(self, minutes):
        with freeze_time(self.at(minutes)):
            self.env["email.engagement.event"].create(
                {
                    "engagement_id": self.engagement.id,
                    "trace_id": self.trace_anna.id,
                    "type": "reply",
                    "date": self.at(minutes),
                    "counted": True,
                }
            )
            self.engagement._refresh()

    def test_a_run_for_each_moment_at_which_something_is_due(self):
        """The run for the first one is over before the second is due."""
        cron = self.env.ref("email_engagement.ir_cron_alert")
        alerts = self.env["email.engagement.alert"]
        self.be("online")
        self.sales.engagement_alert_opens = "each"
        self.act(10)
        self.act(10.2, self.trace_bob)
        self.reply(10.3)
        self.tell(11)
        self.act(12)
        self.tell(13)
        held = alerts.search([("state", "=", "held")])
        self.assertEqual(held.event_id.type, "open")
        with freeze_time(self.at(13)):
            alerts._trigger(held.due)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        for due in alerts.search([]).mapped("due"):
            soon = due + timedelta(seconds=5)
            with self.subTest(due):
                self.assertTrue(
                    triggers.filtered(lambda t, d=due, s=soon: d <= t.call_at <= s)
                )
        at_end = triggers.filtered(lambda trigger: trigger.call_at >= held.due)
        self.assertEqual(len(at_end), 1, "one for all that is due together")

    def test_strangers_are_counted(self):
        """Who answers without having got a copy, such as those it was passed on to."""
        self.be("online")
        for number in range(4):
            received = self.env["mail.message"].create(
                {
                    "author_id": False,
                    "body": "Yes",
                    "email_from": f"stranger{number}@other.example.com",
                    "message_type": "email",
                }
            )
            with freeze_time(self.at(10)):
                self.engagement._record_reply(received.id, False, None, self.at(10))
                self.tell(10)
        self.titles()
        self.tell(90)
        self.assertEqual(self.titles(), ["3 recipients of “The offer”"])

    def test_success_restores_the_tries(self):
        """Somebody else writes before each of many batches."""
        alerts = self.env["email.engagement.alert"]
        outcomes = [SerializationFailure, (1, True)] * 6 + [(0, False)]
        with (
            self.no_commits(),
            patch.object(self.env.cr, "rollback"),
            patch.object(type(alerts), "_run_batch", side_effect=outcomes) as batch,
        ):
            alerts._run()
        self.assertEqual(batch.call_count, len(outcomes))

    def test_reply_at_once(self):
        self.be("online")
        self.reply(10)
        self.tell(10)
        self.assertEqual(self.titles(), ["Anna Customer replied to “The offer”"])

    # ------------------------------------------------------------
    # What happened in the meantime
    # ------------------------------------------------------------

    def test_clicked_before_the_open_is_told(self):
        """One alert, of the click: not an open first that is out of date."""
        self.be("online")
        self.act(10)
        self.act(10.3, link=self.link)
        self.tell(10.5)
        self.assertFalse(self.titles(), "the click has not settled yet")
        self.tell(11)
        self.assertEqual(self.titles(), ["Anna Customer clicked a link in “The offer”"])
        self.tell(60)
        self.assertFalse(self.titles())

    def test_clicks_are_not_wanted(self):
        """What nobody is told keeps nobody waiting."""
        self.be("online")
        self.sales.engagement_alert_clicks = False
        self.act(10)
        self.act(10.3, link=self.link)
        self.tell(10.5)
        self.assertEqual(self.titles(), ["Anna Customer opened “The offer”"])

    def test_what_came_in_the_meantime_was_no_person(self):
        self.be("online")
        self.act(10)
        self.act(10.3, link=self.link)
        self.tell(10.5)
        self.engagement.event_ids.filtered(lambda e: e.type == "click").counted = False
        self.tell(11)
        self.assertEqual(self.titles(), ["Anna Customer opened “The offer”"])

    def test_answered_before_the_open_is_told(self):
        self.be("online")
        self.act(10)
        self.reply(10.1)
        self.tell(10.1)
        self.assertEqual(self.titles(), ["Anna Customer replied to “The offer”"])
        self.tell(11)
        self.tell(60)
        self.assertFalse(self.titles(), "who answers has opened")

    def test_another_recipient_is_not_waited_for(self):
        self.be("online")
        self.act(10)
        self.act(10.3, self.trace_bob, link=self.link)
        self.tell(10.5)
        self.assertEqual(self.titles(), ["Anna Customer opened “The offer”"])

    def test_crowd(self):
        """A forwarded mail: one alert, then a summary."""
        self.be("online")
        self.sales.engagement_alert_opens = "each"
        for minutes in (10, 11, 12, 13, 14, 15):
            self.act(minutes)
            self.tell(minutes + 0.5)
        self.assertEqual(self.titles(), ["Anna Customer opened “The offer”"])
        self.tell(20)
        self.assertFalse(self.titles())
        self.tell(26)
        ((_target, news),) = self.sent
        self.assertEqual(news["title"], "Anna Customer is busy with “The offer”")
        self.assertIn("opens: 5", news["message"])
        self.sent.clear()
        self.tell(60)
        self.assertFalse(self.titles())

    def test_another_recipient_is_told_at_once(self):
        self.be("online")
        self.act(10)
        self.tell(11)
        self.act(12, self.trace_bob)
        self.tell(13)
        self.assertEqual(
            self.titles(),
            ["Anna Customer opened “The offer”", "Bob Buyer opened “The offer”"],
        )

    def test_old_news_is_none(self):
        self.be("online")
        with freeze_time(self.at(NEWS_DAYS * 24 * 60 + 100)):
            self.hit(self.trace_anna)
            self.digest()
        self.tell(NEWS_DAYS * 24 * 60 + 110)
        self.assertFalse(self.titles())

    def test_hot(self):
        self.be("online")
        self.sales.engagement_alert_opens = "off"
        self.act(10)
        for minutes in (6000, 6010, 6020):
            self.act(minutes)
            self.tell(minutes + 1)
        ((_target, news),) = self.sent
        self.assertEqual(news["title"], "Anna Customer is looking at “The offer” again")
        self.assertIn("after 4 days", news["message"])
        self.assertEqual(news["kind"], "hot")
        alert = self.engagement.event_ids.filtered(lambda event: event.type == "alert")
        self.assertEqual(alert.trace_id, self.trace_anna)
        self.assertEqual(alert.what, "Looked at again, several times")
        self.act(6030)
        self.tell(6031)
        self.assertEqual(len(self.titles()), 1, "once")

    def test_hot_only_by_people(self):
        self.be("online")
        self.act(10)
        self.tell(11)
        self.titles()
        for minutes in (6000, 6010):
            self.act(minutes)
        self.act(6020, user_agent="curl/8.0")
        self.tell(6021)
        self.assertFalse(self.titles())

    def test_hot_is_a_setting(self):
        self.be("online")
        self.env["ir.config_parameter"].set_param("email_engagement.hot_count", "0")
        self.act(10)
        self.tell(11)
        self.titles()
        for minutes in (6000, 6010, 6020):
            self.act(minutes)
        self.tell(6021)
        self.assertFalse(self.titles())

    def test_settings_that_make_no_sense(self):
        """An alert comes all the same."""
        self.be("online")
        self.sales.engagement_alert_opens = "each"
        parameters = self.env["ir.config_parameter"]
        for minute, value in ((10, "2000000000"), (6000, "inf"), (12000, "nan")):
            for name in ("alert_minutes", "hot_hours", "hot_silence"):
                parameters.set_param(f"email_engagement.{name}", value)
            self.act(minute)
            self.tell(minute + 1)
            with self.subTest(value):
                self.assertEqual(len(self.titles()), 1)

    # ------------------------------------------------------------
    # Who chooses
    # ------------------------------------------------------------

    def test_company_default(self):
        self.be("online")
        self.sales.engagement_alert = "company"
        self.engagement.company_id.engagement_alert_opens = "off"
        self.act(10)
        self.tell(11)
        self.assertFalse(self.titles())
        self.engagement.company_id.engagement_alert_opens = "first"
        self.act(20, self.trace_bob)
        self.tell(21)
        self.assertEqual(len(self.titles()), 1)

    def test_off(self):
        self.be("online")
        self.sales.engagement_alert = "off"
        self.act(10)
        self.act(20, link=self.link)
        self.tell(21)
        self.assertFalse(self.titles())
        self.assertFalse(self.inbox())

    def test_everybody_chooses_for_himself(self):
        mine = self.sales.with_user(self.sales)
        mine.write({"engagement_alert": "own", "engagement_alert_clicks": False})
        self.assertEqual(mine.read(["engagement_alert"])[0]["engagement_alert"], "own")
        with self.assertRaises(AccessError):
            self.colleague.with_user(self.sales).write({"engagement_alert": "off"})

    def test_not_what_the_sender_may_not_read(self):
        self.be("online")
        other = self.env["res.company"].create({"name": "Other"})
        self.engagement.company_id = other
        self.act(10)
        self.tell(11)
        self.assertFalse(self.titles())
        self.assertFalse(self.inbox())

    def test_nobody_reads_the_queue(self):
        self.act(10)
        portal = new_test_user(self.env, "portal_user", "base.group_portal")
        for user in (self.sales, portal):
            with self.assertRaises(AccessError):
                self.env["email.engagement.alert"].with_user(user).search([])

    # ------------------------------------------------------------
    # The rest
    # ------------------------------------------------------------

    def test_digest_pays_one_statement(self):
        """Whatever the number of engagements and events."""
        alerts = self.env["email.engagement.alert"]
        self.act(10)
        self.env.flush_all()
        alerts._settle_seconds()  # the digest has asked for the rules before
        with patch.object(type(alerts), "_trigger"), self.assertQueryCount(1):
            alerts._queue(self.engagement.ids)

    def test_old_rows_go(self):
        self.act(10)
        self.tell(11)
        alerts = self.env["email.engagement.alert"]
        alerts._gc_alerts()
        self.assertTrue(alerts.search([]))
        with freeze_time(self.at(60 * 24 * (NEWS_DAYS + 2))):
            alerts._gc_alerts()
        self.assertFalse(alerts.search([]))

    def test_one_that_fails_keeps_no_other(self):
        self.be("online")
        message, _mails = self.post(BODY, subject="Another")
        self.act(10)
        self.hit(message.engagement_id.trace_ids, seconds=-17000)
        model = type(self.engagement)
        tell_news = model._tell_news

        def fail(engagement, alerts):
            if engagement == self.engagement:
                raise ValueError
            return tell_news(engagement, alerts)

        with (
            patch.object(model, "_tell_news", fail),
            mute_logger(f"{MODELS}.email_engagement_alert"),
        ):
            self.tell(11)
        states = self.env["email.engagement.alert"].search([]).mapped("state")
        self.assertIn("skipped", states)

    def test_cron(self):
        self.be("online")
        self.act(10)
        cron = self.env.ref("email_engagement.ir_cron_alert")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(len(self.titles()), 1)
