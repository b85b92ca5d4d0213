import json
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from markupsafe import Markup

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .common import EngagementTransactionCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestReminder(EngagementTransactionCase):
    """The sender is reminded when it is time, and only if there is a reason to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales.tz = "Europe/Brussels"

    def followed(self, body=BODY, **kwargs):
        message, _mails = self.post(body, **kwargs)
        return message.engagement_id

    def in_hours(self, hours):
        return fields.Datetime.now() + timedelta(hours=hours)

    def set(self, engagement, reminder_type, hours=24, note=None, user=None):
        engagement.with_user(user or self.sales).set_reminder(
            reminder_type, self.in_hours(hours), note
        )
        engagement.invalidate_recordset()

    def run_due(self, hours=25):
        with (
            freeze_time(self.in_hours(hours)),
            self.no_commits(),
            self.mock_mail_gateway(),
        ):
            self.env["email.engagement"]._run_reminders()

    def settle(self):
        """What the cron of alerts does some seconds later."""
        self.run_alerts(self.in_hours(0.1))

    def reply(self, engagement):
        """An answer, as the incoming mail gateway will write it down."""
        self.env["email.engagement.event"].create(
            {
                "engagement_id": engagement.id,
                "trace_id": engagement.trace_ids[0].id,
                "type": "reply",
                "date": fields.Datetime.now(),
                "counted": True,
            }
        )
        engagement._refresh()
        engagement.invalidate_recordset()

    def activities(self):
        return self.record.activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id
                == self.env.ref("email_engagement.mail_activity_type_reminder")
            )
        )

    def assertState(self, engagement, state, activities=0):
        self.assertEqual(engagement.reminder_state, state)
        self.assertEqual(len(self.activities()), activities)

    # ------------------------------------------------------------
    # Due
    # ------------------------------------------------------------

    def test_no_reply(self):
        engagement = self.followed(subject="The offer")
        self.set(engagement, "no_reply", note="Call her <b>then</b>")
        self.run_due(23)
        self.assertState(engagement, "set")
        self.run_due(25)
        self.assertState(engagement, "done", activities=1)
        activity = self.activities()
        self.assertEqual(activity.user_id, self.sales)
        self.assertEqual(activity.res_id, self.record.id)
        self.assertIn("The offer", activity.summary)
        self.assertIn("Call her &lt;b&gt;then", activity.note)
        self.assertIn(f"/odoo/followed-emails/{engagement.id}", activity.note)
        alert = engagement.event_ids.filtered(lambda event: event.type == "alert")
        self.assertEqual(len(alert), 1)
        self.assertIn("no reply", alert.what)
        self.assertFalse(alert.counted)

    def test_twice_is_once(self):
        engagement = self.followed()
        self.set(engagement, "anyway")
        self.run_due()
        self.run_due()
        self.assertState(engagement, "done", activities=1)

    def test_reply_came_first(self):
        engagement = self.followed()
        self.set(engagement, "no_reply")
        self.reply(engagement)
        self.assertState(engagement, "cancelled")
        self.run_due()
        self.assertState(engagement, "cancelled")

    def test_reply_of_a_stranger(self):
        """Who got no copy cannot have the sender forget who did."""
        engagement = self.followed()
        self.set(engagement, "no_reply")
        engagement._record_reply(False, False, None, fields.Datetime.now())
        self.assertEqual(engagement.reply_count, 1)
        self.assertState(engagement, "set")
        self.run_due()
        self.assertState(engagement, "done", activities=1)

    def test_open_does_not_satisfy_no_reply(self):
        engagement = self.followed()
        self.set(engagement, "no_reply")
        self.hit(engagement.trace_ids)
        self.digest()
        self.settle()
        self.assertState(engagement, "set")
        self.run_due()
        self.assertState(engagement, "done", activities=1)

    def test_opened_by_a_person(self):
        engagement = self.followed()
        self.set(engagement, "not_opened")
        self.hit(engagement.trace_ids)
        self.digest()
        self.assertState(engagement, "set")  # a burst might still come
        self.settle()
        self.assertState(engagement, "cancelled")
        self.run_due()
        self.assertState(engagement, "cancelled")

    def test_opened_by_a_machine(self):
        engagement = self.followed()
        self.set(engagement, "not_opened")
        self.hit(engagement.trace_ids, user_agent="curl/8.0")
        self.digest()
        self.settle()
        self.assertEqual(engagement.machine_count, 1)
        self.assertState(engagement, "set")
        self.run_due()
        self.assertState(engagement, "done", activities=1)

    def test_scanner_that_looked_like_a_person(self):
        """Its first link alone would be a person's click, and imply an open."""
        engagement = self.followed(
            Markup("".join(f"<a href='https://example.com/{n}'>{n}</a>" for n in "abc"))
        )
        self.set(engagement, "not_opened")
        links = engagement.link_ids
        self.hit(engagement.trace_ids, links[0], seconds=3600, address="192.0.2.1")
        self.digest()
        self.assertTrue(engagement.open_count)
        for number in (1, 2):
            self.hit(
                engagement.trace_ids,
                links[number],
                seconds=3600 + number,
                address="192.0.2.1",
            )
        self.digest()
        self.settle()
        self.assertFalse(engagement.open_count)
        self.assertState(engagement, "set")

    def test_due_while_an_open_is_not_settled(self):
        engagement = self.followed()
        self.set(engagement, "not_opened")
        self.hit(engagement.trace_ids)
        self.digest()
        self.run_due()
        self.assertState(engagement, "set")
        self.settle()
        self.assertState(engagement, "cancelled")

    def test_failed(self):
        engagement = self.followed()
        self.set(engagement, "no_reply", note="Call her")
        engagement.trace_ids._set_failed("no such mailbox")
        engagement._refresh()
        self.run_due()
        self.assertState(engagement, "expired")
        word = self.words()
        self.assertEqual(len(word), 1)
        self.assertIn("could not be delivered", word.body)
        self.assertIn("Call her", word.body)

    def test_failed_but_anyway(self):
        engagement = self.followed()
        self.set(engagement, "anyway")
        engagement.trace_ids._set_failed("no such mailbox")
        engagement._refresh()
        self.run_due()
        self.assertState(engagement, "done", activities=1)
        self.assertIn("Could not be sent", self.activities().note)

    def test_record_gone(self):
        for reminder_type in ("no_reply", "anyway"):
            with self.subTest(reminder_type):
                self.record = self.env["res.partner"].create({"name": "A deal"})
                engagement = self.followed()
                self.set(engagement, reminder_type)
                before = self.words()
                self.record.unlink()
                self.run_due()
                self.assertEqual(engagement.reminder_state, "expired")
                word = self.words() - before
                self.assertEqual(len(word), 1)
                self.assertIn("does not exist any more", word.body)

    def test_no_access_any_more(self):
        engagement = self.followed()
        self.set(engagement, "anyway")
        self.env["ir.rule"].create(
            {
                "name": "closed",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.record.id})]",
            }
        )
        self.run_due()
        self.assertState(engagement, "expired")

    def words(self):
        """What was told to the salesperson."""
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", self.sales.partner_id.ids),
            ]
        )

    def test_sender_has_left(self):
        engagement = self.followed()
        self.set(engagement, "anyway")
        self.sales.active = False
        self.run_due()
        self.assertState(engagement, "expired")
        self.assertFalse(self.words())

    def test_one_that_fails_keeps_no_other(self):
        first, second = self.followed(), self.followed()
        self.set(first, "anyway", hours=1)
        self.set(second, "anyway", hours=2)
        plan = type(first)._plan_activity

        def fail(engagement):
            if engagement == first:
                raise ValueError
            return plan(engagement)

        with (
            patch.object(type(first), "_plan_activity", fail),
            mute_logger(
                "odoo.addons.email_engagement.models.email_engagement_reminder"
            ),
        ):
            self.run_due()
        self.assertEqual(first.reminder_state, "set")
        self.assertEqual(second.reminder_state, "done")

    def test_deadline_is_the_senders_day(self):
        self.sales.tz = "Pacific/Auckland"
        engagement = self.followed()
        with freeze_time("2030-01-10 08:00:00"):
            self.set(engagement, "anyway", hours=3)
        with freeze_time("2030-01-10 11:30:00"):
            self.run_due(0)
        self.assertEqual(str(self.activities().date_deadline), "2030-01-11")

    def test_cron(self):
        engagement = self.followed()
        self.set(engagement, "anyway")
        cron = self.env.ref("email_engagement.ir_cron_reminder")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(engagement.reminder_date, triggers.mapped("call_at"))
        engagement.reminder_date = self.in_hours(-1)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(engagement.reminder_state, "done")

    def many(self, count, date):
        """Followed emails with a reminder set, all of them at the same moment."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO email_engagement
                       (date, status, user_id, reminder_type, reminder_date,
                        reminder_state)
                SELECT now(), 'sent', %s, 'no_reply', %s, 'set'
                  FROM generate_series(1, %s)
             RETURNING id
                """,
                self.sales.id,
                date,
                count,
            )
        )
        self.env.cr.execute("ANALYZE email_engagement")

    def test_one_indexed_query_among_100_000(self):
        """Whether they are yet to come, or all of them are due at once."""
        for date in (self.in_hours(500), self.in_hours(-1)):
            self.many(100_000, date)
            query = self.env["email.engagement"]._search(
                [
                    ("reminder_state", "=", "set"),
                    ("reminder_date", "<=", fields.Datetime.now()),
                    ("id", "not in", []),
                ],
                order="reminder_date, id",
                limit=100,
            )
            plan = self.env.execute_query(
                SQL("EXPLAIN (ANALYZE, TIMING OFF) %s", query.select())
            )
            text = "\n".join(line for (line,) in plan)
            with self.subTest(date=date):
                self.assertIn("email_engagement_reminder_idx", text)
                self.assertNotIn("Sort", text)
                self.assertNotIn("Seq Scan", text)

    def test_a_few_due_among_100_000(self):
        engagement = self.followed()
        self.set(engagement, "anyway")
        self.many(100_000, self.in_hours(500))
        self.run_due()
        self.assertState(engagement, "done", activities=1)

    def test_nothing_due_is_one_query(self):
        self.env.flush_all()
        with self.no_commits(), self.assertQueryCount(1):
            self.env["email.engagement"]._run_reminders()

    # ------------------------------------------------------------
    # Set, change, remove
    # ------------------------------------------------------------

    def test_change_and_remove(self):
        engagement = self.followed()
        self.set(engagement, "no_reply", note="Call her")
        self.assertIn("if no reply by", engagement.reminder_summary)
        self.set(engagement, "not_opened", hours=48)
        self.assertIn("if not opened by", engagement.reminder_summary)
        self.assertFalse(engagement.reminder_note)
        engagement.with_user(self.sales).remove_reminder()
        self.assertFalse(engagement.reminder_state)
        self.assertEqual(engagement.reminder_summary, "")
        self.run_due(72)
        self.assertState(engagement, False)

    def test_summary_is_in_the_users_time(self):
        engagement = self.followed()
        with freeze_time("2030-01-10 08:00:00"):
            engagement._set_reminder("anyway", "2030-01-11 08:00:00")
        mine = engagement.with_context(tz="Europe/Brussels")
        self.assertIn("9:00", mine.reminder_summary)
        theirs = engagement.with_context(tz="Asia/Kolkata")
        self.assertIn("1:30", theirs.reminder_summary)

    def test_what_cannot_be_asked_for(self):
        engagement = self.followed()
        for reminder_type, date in (
            ("anyway", fields.Datetime.now()),
            ("anyway", False),
            ("tomorrow", self.in_hours(24)),
        ):
            with self.subTest(reminder_type, date=date), self.assertRaises(UserError):
                engagement.with_user(self.sales).set_reminder(reminder_type, date)
        engagement.not_followed_reason = "unsafe_html"
        with self.assertRaises(UserError):
            self.set(engagement, "not_opened")
        self.reply(engagement)
        with self.assertRaises(UserError):
            self.set(engagement, "no_reply")
        self.set(engagement, "anyway")

    def test_only_the_sender(self):
        engagement = self.followed()
        portal = new_test_user(self.env, "portal_user", "base.group_portal")
        for user in (self.colleague, portal):
            with self.subTest(user.name):
                with self.assertRaises(AccessError):
                    self.set(engagement, "anyway", user=user)
                with self.assertRaises(AccessError):
                    engagement.with_user(user).remove_reminder()
        self.assertFalse(engagement.with_user(self.colleague).reminder_editable)
        self.assertTrue(engagement.with_user(self.sales).reminder_editable)
        with self.assertRaises(AccessError):
            engagement.with_user(self.sales).write({"reminder_state": "set"})

    # ------------------------------------------------------------
    # From the composer and from code
    # ------------------------------------------------------------

    def test_message_post(self):
        date = self.in_hours(24)
        engagement = self.followed(
            engagement_reminder_type="no_reply",
            engagement_reminder_date=fields.Datetime.to_string(date),
            engagement_reminder_note="Call her",
        )
        self.assertEqual(engagement.reminder_type, "no_reply")
        self.assertEqual(engagement.reminder_date, date.replace(microsecond=0))
        self.assertEqual(engagement.reminder_note, "Call her")
        self.assertState(engagement, "set")

    def test_unfollowed_anyway_is_an_activity(self):
        message, _mails = self.post(
            BODY,
            followed=False,
            subject="The offer",
            engagement_reminder_type="anyway",
            engagement_reminder_date="2030-01-11 23:30:00",
            engagement_reminder_note="Call her",
        )
        self.assertFalse(message.engagement_id)
        activity = self.activities()
        self.assertEqual(activity.user_id, self.sales)
        self.assertIn("Call her", activity.note)
        self.assertEqual(activity.summary, "The offer")

    def test_unfollowed_later(self):
        message, _mails = self.post(BODY, followed=False)
        mine = message.with_user(self.sales)
        reminder = mine.engagement_get_reminder()
        self.assertEqual(reminder["possible"], ["anyway"])
        self.assertIn("not followed", reminder["why_not"])
        for reminder_type in ("no_reply", "not_opened"):
            with self.assertRaises(UserError) as error:
                mine.engagement_set_reminder(reminder_type, self.in_hours(24))
            self.assertIn("not followed", str(error.exception))
        mine.engagement_set_reminder("anyway", self.in_hours(24), "Call her")
        self.assertEqual(len(self.activities()), 1)

    def test_followed_by_its_message(self):
        engagement = self.followed()
        mine = engagement.message_id.with_user(self.sales)
        mine.engagement_set_reminder("no_reply", self.in_hours(24), "Call her")
        reminder = mine.engagement_get_reminder()
        self.assertEqual((reminder["type"], reminder["note"]), ("no_reply", "Call her"))
        mine.engagement_remove_reminder()
        self.assertFalse(mine.engagement_get_reminder()["type"])

    def test_portal_decides_nothing(self):
        portal = new_test_user(self.env, "portal_user", "base.group_portal")
        thread = self.record.with_user(portal)
        valid = thread._get_notify_valid_parameters()
        self.assertNotIn("engagement_reminder_type", valid)

    def compose(self, **values):
        return (
            self.env["mail.compose.message"]
            .with_user(self.sales)
            .create(
                {
                    "body": "Hello",
                    "composition_mode": "comment",
                    "model": "res.partner",
                    "partner_ids": self.anna.ids,
                    "res_ids": str(self.record.ids),
                    "subject": "An offer",
                    **values,
                }
            )
        )

    def test_composer(self):
        composer = self.compose(
            engagement_reminder_type="no_reply",
            engagement_reminder_date=self.in_hours(24),
            engagement_reminder_note="Call her",
        )
        with self.mock_mail_gateway():
            _mails, message = composer._action_send_mail()
        self.assertEqual(message.engagement_id.reminder_state, "set")
        self.assertEqual(message.engagement_id.reminder_note, "Call her")

    def test_composer_says_why_not(self):
        composer = self.compose(
            engagement_followed=False,
            engagement_reminder_type="no_reply",
            engagement_reminder_date=self.in_hours(24),
        )
        with self.assertRaises(UserError) as error:
            composer._action_send_mail()
        self.assertIn("not be recorded", str(error.exception))
        composer.engagement_reminder_type = "anyway"
        with self.mock_mail_gateway():
            composer._action_send_mail()
        self.assertEqual(len(self.activities()), 1)

    def test_scheduled(self):
        composer = self.compose(
            scheduled_date=fields.Datetime.to_string(self.in_hours(24)),
            engagement_reminder_type="no_reply",
            engagement_reminder_date=self.in_hours(12),
        )
        with self.assertRaises(UserError):
            composer._action_schedule_message()
        composer.engagement_reminder_date = self.in_hours(48)
        scheduled = composer._action_schedule_message()
        self.assertEqual(scheduled.engagement_reminder_type, "no_reply")
        scheduled.engagement_reminder_note = "Call her"
        before = self.record.message_ids
        with self.mock_mail_gateway():
            scheduled.post_message()
        engagement = (self.record.message_ids - before).with_env(self.env).engagement_id
        self.assertEqual(engagement.reminder_state, "set")
        self.assertEqual(engagement.reminder_note, "Call her")

    def test_scheduled_without(self):
        scheduled = self.compose(
            scheduled_date=fields.Datetime.to_string(self.in_hours(24)),
            engagement_reminder_type="no_reply",
            engagement_reminder_date=self.in_hours(48),
        )._action_schedule_message()
        scheduled.engagement_reminder_type = False
        parameters = json.loads(scheduled.notification_parameters)
        self.assertNotIn("engagement_reminder_date", parameters)
        self.assertTrue(parameters["engagement_followed"])
