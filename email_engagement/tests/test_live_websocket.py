import json

from websocket import WebSocketTimeoutException

from odoo.tests import tagged

from odoo.addons.bus.tests.common import WebsocketCase

from ..models.email_engagement_live import NOTIFICATION
from .common import BROWSER, TOKEN, EngagementCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestLiveWebsocket(EngagementCase, WebsocketCase):
    """A recipient's request reaches the screen of the sender, over a websocket."""

    def setUp(self):
        super().setUp()
        self.message, [mail] = self.post(BODY)
        tokens = dict(TOKEN.findall(mail["body"]))
        self.pixel = f"/ee/o/{tokens['o']}.gif"
        # so soon after sending it would be a filter's doing
        self.env["ir.config_parameter"].set_param("email_engagement.open_grace", 0)
        self.close_record()
        self.env["mail.presence"].search([]).write({"status": "offline"})

    def is_told(self, user):
        """Ids of what changed, as the browser of a user is told when the email has been
        opened; None if it is told nothing.
        """
        session = self.authenticate(user.login, user.login)
        socket = self.websocket_connect(cookie=f"session_id={session.sid};")
        self.subscribe(socket, [], self.env["bus.bus"]._bus_last_id())
        self.env["mail.presence"].create({"user_id": user.id, "status": "online"})
        # Whoever opens the email is not logged in.
        self.opener.cookies.pop("session_id")
        headers = {"User-Agent": BROWSER, "Accept-Language": "en"}
        response = self.url_open(self.pixel, headers=headers)
        self.assertEqual(response.headers["Content-Type"], "image/gif")
        self.digest()
        self.assertEqual(self.message.engagement_id.status, "opened")
        self.trigger_notification_dispatching([user.partner_id])
        socket.settimeout(2)
        while True:
            try:
                told = json.loads(socket.recv())
            except WebSocketTimeoutException:
                return None
            for notification in told:
                if notification["message"]["type"] == NOTIFICATION:
                    return notification["message"]["payload"]["engagement_ids"]

    def test_sender(self):
        self.assertEqual(self.is_told(self.sales), self.message.engagement_id.ids)

    def test_who_may_not_read(self):
        self.assertIsNone(self.is_told(self.colleague))
