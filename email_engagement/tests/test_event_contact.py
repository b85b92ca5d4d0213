from odoo.tests import tagged

from .common import EngagementTransactionCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestEventContact(EngagementTransactionCase):
    """Everything with one person, and those below it."""

    def test_search(self):
        company = self.env["res.partner"].create({"name": "Ltd", "is_company": True})
        self.anna.parent_id = company
        both = self.post(BODY, self.anna | self.bob)[0].engagement_id
        other = self.post(BODY, self.bob)[0].engagement_id
        for trace in both.trace_ids | other.trace_ids:
            self.hit(trace)
        self.digest()
        events = self.env["email.engagement.event"].with_user(self.sales)
        sent = both.event_ids.filtered(lambda event: event.type == "sent")
        hers = both.event_ids.filtered(
            lambda event: event.trace_id.partner_id == self.anna
        )
        self.assertTrue(sent)
        self.assertTrue(hers)
        for domain in (
            [("contact_id", "child_of", company.id)],
            [("contact_id", "child_of", self.anna.id)],
            [("contact_id", "=", self.anna.id)],
            [("contact_id", "in", self.anna.ids)],
        ):
            with self.subTest(domain):
                self.assertEqual(events.search(domain), hers | sent)
        self.assertFalse(events.search([("contact_id", "=", company.id)]))
        self.assertEqual(hers.contact_id, self.anna)
        self.anna.active = False
        self.assertEqual(
            events.search([("contact_id", "child_of", self.anna.id)]), hers | sent
        )
        self.close_record()
        theirs = events.with_user(self.colleague)
        self.assertFalse(theirs.search([("contact_id", "child_of", company.id)]))
