from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .alert_case import AlertCase

MODELS = "odoo.addons.email_engagement.models"


@tagged("post_install", "-at_install")
class TestHook(AlertCase):
    """``_engagement_event`` on the record's model."""

    def listen(self, hook):
        self.startPatcher(
            patch.object(
                type(self.env["res.partner"]), "_engagement_event", hook, create=True
            )
        )

    def test_called_once_for_each_that_counts(self):
        heard = []
        self.listen(lambda record, event: heard.append((record, event.type)))
        self.act(10, user_agent="curl/8.0")
        self.act(11)
        self.act(30, link=self.link)
        self.tell(31)
        self.tell(32)
        self.assertEqual(heard, [(self.record, "open"), (self.record, "click")])

    def test_failing_is_undone_and_keeps_nothing(self):
        def fail(record, event):
            record.name = "Spoilt"
            raise ValueError

        self.listen(fail)
        self.be("online")
        self.act(10)
        with mute_logger(f"{MODELS}.email_engagement_alert"):
            self.tell(11)
        self.assertEqual(self.record.name, "The Deal")
        self.assertEqual(len(self.titles()), 1)

    def test_costs_nothing_when_nobody_listens(self):
        self.act(10)
        events = self.engagement.event_ids
        events.mapped("engagement_id.model")
        with self.assertQueryCount(0):
            self.assertIsNone(self.engagement._engagement_listener())

    def test_record_gone(self):
        self.listen(lambda record, event: self.fail("there is no record"))
        self.act(10)
        self.record.unlink()
        self.tell(11)
