from markupsafe import Markup

from odoo.tests import HttpCase, tagged

from .common import EngagementCase

BODY = Markup("""
<p style="background-image: url('https://elsewhere.example.com/style.png')">Forwarded</p>
<img src="https://elsewhere.example.com/photo.png" width="200" height="50" alt="Photo">
<img src="https://elsewhere.example.com/pixel.gif" width="1" height="1">
<img src="/web/static/img/logo.png" alt="Ours">
""")


@tagged("post_install", "-at_install")
class TestInertPage(EngagementCase, HttpCase):
    """Reading an email on its page tells nobody, whoever put pictures into it."""

    def fetch_proxy(self, url):
        self.asked.append(url)
        return super().fetch_proxy(url)

    def test_no_request_leaves(self):
        self.asked = []
        message, _mails = self.post(BODY)
        self.start_tour(
            f"/odoo/email.engagement/{message.engagement_id.id}",
            "email_engagement.inert_page",
            login=self.sales.login,
        )
        elsewhere = [url for url in self.asked if "elsewhere" in url]
        self.assertEqual(elsewhere, ["https://elsewhere.example.com/control.png"])
