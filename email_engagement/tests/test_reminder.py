from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from markupsafe import Markup

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .reminder_case import ReminderCase


@tagged("post_install", "-at_install")
class TestReminder(ReminderCase):
    """The sender is reminded when it is time, and only if there is a reason to."""

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
        cron = self.env.ref("email_engagement.ir_cron_reminder")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertGreater(max(triggers.mapped("call_at")), self.in_hours(25))
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
        plan = type(first)._plan_activities

        def fail(engagements):
            if first in engagements:
                raise ValueError
            return plan(engagements)

        with (
            patch.object(type(first), "_plan_activities", fail),
            mute_logger(
                "odoo.addons.email_engagement.models.email_engagement_reminder_due"
            ),
        ):
            self.run_due()
        self.assertEqual(first.reminder_state, "set")
        self.assertState(second, "done", activities=1)

    def test_many_take_few_statements(self):
        """Eight more of one user cost none."""

        def cost(count):
            for _number in range(count):
                self.set(self.followed(), "anyway")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.run_due()
            return self.env.cr.sql_log_count - before

        cost(1)  # what is asked for once
        one, many = cost(1), cost(9)
        self.assertEqual(len(self.activities()), 11)
        self.assertLessEqual(many - one, 2)

    def test_what_is_written_by_others_comes_soon(self):
        """Neither does it wait for the interval, nor all that are due behind it."""
        engagements = self.followed() | self.followed() | self.followed()
        for hours, engagement in enumerate(engagements, 1):
            self.set(engagement, "anyway", hours=hours)
        cron = self.env.ref("email_engagement.ir_cron_reminder")
        model = type(engagements)
        lock = model.try_lock_for_update

        def others_lock(records, **kwargs):
            return lock(records - engagements[0], **kwargs)

        now = self.in_hours(25)
        with (
            freeze_time(now),
            self.no_commits(),
            patch.object(model, "try_lock_for_update", others_lock),
        ):
            engagements._run_reminders(batch_size=1)
        states = engagements.mapped("reminder_state")
        self.assertEqual(states, ["set", "done", "done"])
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(now + timedelta(seconds=30), triggers.mapped("call_at"))

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
