from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields

from .common import EngagementTransactionCase
from .test_send import BODY


class AlertCase(EngagementTransactionCase):
    """A followed email, an hour ago, and what its sender is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales.tz = "Europe/Brussels"
        cls.start = fields.Datetime.now() - timedelta(hours=5)
        with freeze_time(cls.start):
            case = cls("setUp")
            message, _mails = case.post(BODY, cls.anna | cls.bob, subject="The offer")
            cls.engagement = message.engagement_id
        cls.trace_anna, cls.trace_bob = cls.engagement.trace_ids.sorted(
            lambda trace: trace.partner_id != cls.anna
        )
        cls.link = cls.engagement.link_ids[0]
        cls.sales.write(
            {
                "engagement_alert": "own",
                "engagement_alert_opens": "first",
                "engagement_alert_replies": True,
            }
        )

    def setUp(self):
        super().setUp()
        self.sent = []
        real = type(self.env["bus.bus"])._sendone

        def sendone(bus, target, notification_type, message):
            if notification_type == "email.engagement/alert":
                self.sent.append((target, message))
            return real(bus, target, notification_type, message)

        self.startPatcher(patch.object(type(self.env["bus.bus"]), "_sendone", sendone))

    def be(self, status):
        """The salesperson's presence."""
        presences = self.env["mail.presence"]
        presences.search([("user_id", "=", self.sales.id)]).unlink()
        if status:
            presences.create({"user_id": self.sales.id, "status": status})

    def at(self, minutes):
        return self.start + timedelta(minutes=minutes)

    def act(self, minutes, trace=None, link=None, **request):
        """What a recipient does, some minutes after sending, digested at once."""
        with freeze_time(self.at(minutes)):
            self.hit(trace or self.trace_anna, link, seconds=minutes * 60, **request)
            self.digest()

    def tell(self, minutes):
        self.run_alerts(self.at(minutes))

    def titles(self):
        titles = [message["title"] for _target, message in self.sent]
        self.sent.clear()
        return titles

    def inbox(self):
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", self.sales.partner_id.ids),
            ],
            order="id",
        )
