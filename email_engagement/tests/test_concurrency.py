from datetime import timedelta

import psycopg2.errors

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

LONG_AGO = fields.Datetime.to_datetime("2001-01-01")


@tagged("post_install", "-at_install")
class TestConcurrency(TransactionCase):
    """Scheduled actions that meet the digest at the same rows.

    With two real connections and a real failure to serialize: what is made here is
    committed, and deleted afterwards.
    """

    def setUp(self):
        super().setUp()
        self.cron_cr = self.registry.cursor()
        self.digest_cr = self.registry.cursor()
        self.addCleanup(self.cron_cr.close)
        self.addCleanup(self.digest_cr.close)
        self.cron_env = api.Environment(self.cron_cr, SUPERUSER_ID, {})
        self.made = []
        self.addCleanup(self.delete)

    def make(self, values, trace_values):
        """A followed email that all connections know."""
        engagement = self.cron_env["email.engagement"].create(
            {"subject": "Concurrency", "status": "sent", **values}
        )
        self.cron_env["email.engagement.trace"].create(
            {"engagement_id": engagement.id, "state": "sent", **trace_values}
        )
        self.cron_cr.commit()
        self.made.append(engagement.id)
        return engagement

    def delete(self):
        self.cron_cr.rollback()
        self.cron_env["email.engagement"].browse(self.made).exists().unlink()
        self.cron_cr.commit()

    def meet(self, engagement, run):
        """``run`` in a transaction that has begun before somebody else writes to the
        same row; the failures that PostgreSQL reports.
        """
        self.cron_cr.execute("SELECT 1")
        self.digest_cr.execute(
            SQL(
                "UPDATE email_engagement SET machine_count = 7 WHERE id = %s",
                engagement.id,
            )
        )
        self.digest_cr.commit()
        with (
            mute_logger("odoo.sql_db"),
            self.assertLogs("odoo.sql_db", "ERROR") as logs,
        ):
            run()
        self.assertIn("could not serialize access", "\n".join(logs.output))
        self.cron_cr.rollback()
        self.cron_env.invalidate_all()

    def test_reminders(self):
        engagement = self.make(
            {
                "date": LONG_AGO,
                "user_id": SUPERUSER_ID,
                "reminder_type": "no_reply",
                "reminder_date": LONG_AGO,
                "reminder_state": "set",
                "reply_count": 1,
            },
            # The answer has come: nobody is bothered.
            {"reply_count": 1},
        )
        self.meet(engagement, self.cron_env["email.engagement"]._run_reminders)
        self.assertEqual(engagement.reminder_state, "cancelled")
        self.assertEqual(engagement.machine_count, 7, "what the other wrote is kept")

    def test_retention(self):
        company = self.cron_env["res.company"].search([], limit=1)
        self.assertGreater(company.engagement_keep_engagements, 0)
        engagement = self.make({"date": LONG_AGO, "company_id": company.id}, {})
        self.meet(engagement, self.cron_env["email.engagement"]._forget_old)
        self.assertFalse(engagement.exists())

    def test_closing(self):
        company = self.cron_env["res.company"].search([], limit=1)
        days = company.engagement_keep_events
        self.assertTrue(0 < days < company.engagement_keep_engagements)
        date = fields.Datetime.now() - timedelta(days=days + 1)
        engagement = self.make({"date": date, "company_id": company.id}, {})
        self.meet(engagement, self.cron_env["email.engagement"]._forget_old)
        self.assertTrue(engagement.is_closed)
        self.assertEqual(engagement.machine_count, 7)

    def test_a_held_copy_is_not_deleted(self):
        """What a foreign key of the events would see to, see ``trace_id`` there."""
        trace = self.make({"date": LONG_AGO}, {}).trace_ids
        trace.with_env(api.Environment(self.digest_cr, SUPERUSER_ID, {}))._hold()
        self.cron_cr.execute("SET LOCAL lock_timeout = '100ms'")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.LockNotAvailable),
        ):
            trace.unlink()
        self.digest_cr.rollback()  # or the cleaning up would wait for it, too

    def test_a_deleted_copy_is_not_held(self):
        trace = self.make({"date": LONG_AGO}, {}).trace_ids
        of_digest = trace.with_env(api.Environment(self.digest_cr, SUPERUSER_ID, {}))
        self.digest_cr.execute("SELECT 1")  # its view of the database is of now
        trace.unlink()
        self.cron_cr.commit()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.SerializationFailure),
        ):
            of_digest._hold()
        self.digest_cr.rollback()
