from odoo.tests import tagged

from odoo.addons.email_engagement.tests.common import EngagementTransactionCase
from odoo.addons.email_engagement.tests.test_send import BODY


@tagged("post_install", "-at_install")
class TestPrivacyLookup(EngagementTransactionCase):
    def test_lookup(self):
        message, _mails = self.post(BODY)
        engagement = message.engagement_id
        trace = engagement.trace_ids
        self.hit(trace, engagement.link_ids[0])
        self.digest()
        self.anna._engagement_decide({"opens": "refused"})
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": self.anna.name, "email": self.anna.email}
        )
        wizard.action_lookup()
        lines = wizard.line_ids
        ours = lines.filtered(
            lambda line: line.res_model.startswith("email.engagement")
        )
        self.assertEqual(
            set(ours.mapped("res_model")),
            {
                "email.engagement.trace",
                "email.engagement.consent",
                "email.engagement.preference",
            },
        )
        ours.action_unlink_all()
        self.assertEqual(ours.mapped("is_unlinked"), [True] * len(ours))
        self.assertIn("Anonymized", ours[0].execution_details)
        self.assertFalse(trace.partner_id or trace.email)
        self.assertEqual((engagement.click_count, trace.click_count), (1, 1))
        rows = self.env["email.engagement.consent"].search([])
        self.assertFalse(rows.filtered(lambda row: row.email == self.anna.email))
        self.assertEqual(self.anna.engagement_consent, "refused")
        contact = lines.filtered(lambda line: line.res_model == "res.partner")
        contact.action_unlink()
        self.assertFalse(self.anna.exists())
        self.assertEqual(engagement.click_count, 1)
