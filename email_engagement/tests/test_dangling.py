"""Not every relation has a foreign key: still nothing points to what is gone."""

from odoo.tests import tagged
from odoo.tools import SQL

from .common import EngagementTransactionCase
from .test_send import BODY

RELATIONS = (
    ("email_engagement_event", "trace_id", "email_engagement_trace"),
    ("email_engagement_event", "engagement_id", "email_engagement"),
    ("email_engagement_alert", "engagement_id", "email_engagement"),
    ("email_engagement_alert", "event_id", "email_engagement_event"),
)


@tagged("post_install", "-at_install")
class TestDangling(EngagementTransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("test_a_copy_that_is_deleted")
        message, _mails = case.post(BODY, cls.anna | cls.bob)
        cls.engagement = message.engagement_id
        cls.copies = cls.engagement.trace_ids

    def setUp(self):
        super().setUp()
        for trace in self.copies:
            self.hit(trace, seconds=7200)
            self.hit(trace, self.engagement.link_ids[:1], seconds=7300)
        self.digest()
        self.alerts = self.env["email.engagement.alert"].search(
            [("engagement_id", "=", self.engagement.id)]
        )
        self.assertEqual(self.alerts.event_id.trace_id, self.copies)

    def assertNothingDangles(self):
        self.env.flush_all()
        for table, column, target in RELATIONS:
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT id FROM %s source
                     WHERE %s IS NOT NULL
                       AND NOT EXISTS (SELECT FROM %s WHERE id = source.%s)
                    """,
                    SQL.identifier(table),
                    SQL.identifier(column),
                    SQL.identifier(target),
                    SQL.identifier(column),
                )
            )
            self.assertFalse(rows, f"{table}.{column}")

    def test_a_copy_that_is_deleted(self):
        copy, other = self.copies
        copy.unlink()
        self.assertNothingDangles()
        self.assertEqual(self.engagement.event_ids.trace_id, other)
        self.engagement._refresh()
        self.assertEqual(self.engagement.open_count, other.open_count)

    def test_nothing_is_written_about_a_copy_that_is_gone(self):
        values = {
            "engagement_id": self.engagement.id,
            "trace_id": self.copies[0].id,
            "type": "reply",
            "date": "2026-01-05 08:00:00",
        }
        self.env["email.engagement.event"].create(values)
        self.copies[0].unlink()
        with self.assertRaises(ValueError):
            self.env["email.engagement.event"].create(values)

    def test_an_email_that_is_deleted(self):
        events = self.engagement.event_ids
        self.engagement.unlink()
        self.env.invalidate_all()
        self.assertNothingDangles()
        self.assertFalse(events.exists())
        self.assertFalse(self.alerts.exists())

    def test_what_is_relied_on(self):
        """The keys of which the others need not be."""
        wanted = {
            ("email_engagement_event", "engagement_id", "c"),
            ("email_engagement_trace", "engagement_id", "c"),
            ("email_engagement_alert", "event_id", "c"),
        }
        found = self.env.execute_query(
            SQL(
                """
                SELECT conrelid::regclass::text, attname, confdeltype::text
                  FROM pg_constraint
                  JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
                 WHERE contype = 'f' AND confrelid IN (
                       'email_engagement'::regclass, 'email_engagement_event'::regclass,
                       'email_engagement_trace'::regclass)
                """
            )
        )
        self.assertLessEqual(wanted, set(found))
        self.assertNotIn(("email_engagement_event", "trace_id", "c"), found)
