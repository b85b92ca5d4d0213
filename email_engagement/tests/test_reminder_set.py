import json

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .reminder_case import ReminderCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestReminderSet(ReminderCase):
    """Setting, changing and removing them, from wherever it is done."""

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
        allowed = thread._get_allowed_message_params()
        self.assertNotIn("engagement_reminder_type", allowed)

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

    def test_of_no_record(self):
        """Sent by code without one, followed or not: an activity of no record."""
        thread = self.env["mail.thread"].with_user(self.sales)
        for followed in (False, True):
            with self.mock_mail_gateway():
                message = thread.message_notify(
                    partner_ids=self.anna.ids,
                    body=BODY,
                    subject="An offer",
                    engagement_followed=followed,
                    engagement_reminder_type="anyway",
                    engagement_reminder_date=self.in_hours(24),
                    engagement_reminder_note="Call her",
                )
            self.assertEqual(bool(message.engagement_id), followed)
            self.run_due()
            activity = self.env["mail.activity"].search([("res_model", "=", False)])
            with self.subTest(followed=followed):
                self.assertEqual(activity.user_id, self.sales)
                self.assertEqual(activity.summary, "An offer")
                self.assertIn("Call her", activity.note)
            activity.unlink()

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
