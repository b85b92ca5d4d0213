from datetime import timedelta

from odoo.tests import tagged

from .common import EngagementTransactionCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestImplied(EngagementTransactionCase):
    """A copy has one implied open at the most, whatever the order of what tells."""

    def setUp(self):
        super().setUp()
        message, _mails = self.post(BODY)
        self.engagement = message.engagement_id
        self.trace = self.engagement.trace_ids
        self.link = self.engagement.link_ids.filtered(lambda link: "offer" in link.url)

    def events(self, type_):
        return self.engagement.event_ids.filtered(lambda event: event.type == type_)

    def test_a_late_hit_implies_it_instead(self):
        """The first click lay in the spool, and comes after the second one."""
        self.hit(self.trace, self.link, seconds=3653)
        self.digest()
        self.hit(self.trace, self.link, seconds=3600)
        self.digest()
        clicks = self.events("click").mapped("date")
        self.assertEqual(len(clicks), 2)
        self.assertEqual(self.events("open").mapped("date"), [min(clicks)])
        self.assertEqual(self.engagement.open_count, 1)

    def test_a_late_picture_replaces_it(self):
        self.hit(self.trace, self.link, seconds=3653)
        self.digest()
        self.hit(self.trace, seconds=3600)
        self.digest()
        self.assertEqual(self.engagement.open_count, 1)
        self.assertNotEqual(self.events("open").reason, "implied")

    def test_two_become_one(self):
        """As two transactions that did not see each other's leave them behind."""
        self.hit(self.trace, self.link)
        self.digest()
        opened = self.events("open")
        opened.copy({"date": opened.date + timedelta(minutes=1)})
        self.trace._imply_opens()
        self.engagement.invalidate_recordset()
        self.assertEqual(self.events("open"), opened)
