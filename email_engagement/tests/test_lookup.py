import os

from odoo.tests import tagged
from odoo.tools import SQL

from .common import EngagementTransactionCase
from .test_send import BODY

# ENGAGEMENT_LOOKUP_ROWS=1000000 ./dev test …/test_lookup.py: the same with a million
ROWS = int(os.environ.get("ENGAGEMENT_LOOKUP_ROWS", "100000"))


@tagged("post_install", "-at_install")
class TestLookup(EngagementTransactionCase):
    """The followed email that an incoming one answers is found by indexes alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute(
            """
            INSERT INTO mail_message (message_id, message_type, date, model, res_id)
            SELECT '<' || n || '.1741079537.5-openerp-' || n || '-res.partner@odoo>',
                   'comment', now(), 'res.partner', n
              FROM generate_series(1, %s) n
            """,
            [ROWS],
        )
        cls.env.cr.execute(
            """
            INSERT INTO email_engagement (message_id, date, status, model, res_id)
            SELECT id, date, 'sent', model, res_id
              FROM mail_message WHERE message_id LIKE '<%%.1741079537.5-openerp-%%'
            """
        )
        cls.env.cr.execute(
            """
            INSERT INTO email_engagement_trace
                   (engagement_id, email, state, recipient_count, sent_date)
            SELECT id, res_id || '@example.com', 'sent', 1, date FROM email_engagement
            """
        )
        cls.env.cr.execute(
            "ANALYZE mail_message, email_engagement, email_engagement_trace"
        )

    def plan(self, query) -> str:
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        return "\n".join(line for (line,) in rows)

    def test_by_identifier(self):
        engagements = self.env["email.engagement"].sudo()
        ids = [f"<{n}.1741079537.5-openerp-{n}-res.partner@odoo>" for n in range(64)]
        plan = self.plan(engagements._messages_by_identifier(ids))
        self.assertIn("mail_message__message_id_index", plan)
        self.assertNotIn("Seq Scan", plan)
        messages = self.env["mail.message"].browse(range(1, 65))
        plan = self.plan(engagements._search([("message_id", "in", messages.ids)]))
        self.assertIn("email_engagement_message_unique", plan)
        self.assertNotIn("Seq Scan", plan)

    def test_by_thread(self):
        """The second way, where a mail names nothing."""
        traces = self.env["email.engagement.trace"].sudo()
        query = traces._search(
            [
                ("engagement_id.model", "=", "res.partner"),
                ("engagement_id.res_id", "=", 4711),
                ("email", "ilike", "4711@example.com"),
            ]
        )
        plan = self.plan(query)
        self.assertIn("email_engagement_document_idx", plan)
        self.assertNotIn("Seq Scan", plan)

    def test_found(self):
        message, _mails = self.post(BODY)
        engagements = self.env["email.engagement"].sudo()
        with self.assertQueryCount(4):
            found = engagements._answered(
                [*(f"<{n}@elsewhere>" for n in range(60)), message.message_id]
            )
        self.assertEqual(found, [(message.engagement_id, True)])
