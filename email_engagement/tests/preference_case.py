import re
from html.parser import HTMLParser

from odoo.tests import HttpCase

from ..controllers import preference
from ..tools.limiter import Limiter
from .common import EngagementCase, RecipientMixin
from .test_send import BODY

PREFERENCE = re.compile(r"/ee/p/[\w-]+")


class Page(HTMLParser):
    """What is on a page, for those who look at it without a browser."""

    def __init__(self, text):
        super().__init__()
        self.links, self.buttons, self.inputs = [], [], []
        self.labels, self.tags, self.headings = set(), [], []
        self.lang = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.lang = attrs.get("lang")
        self.links += [attrs[n] for n in ("href", "src", "action") if n in attrs]
        if tag == "button":
            self.buttons.append(attrs.get("value"))
        if tag == "input" and attrs.get("type") != "hidden":
            self.inputs.append(attrs.get("id"))
        if tag == "label":
            self.labels.add(attrs.get("for"))


class PreferenceCase(RecipientMixin, EngagementCase, HttpCase):
    _registry_readonly_enabled = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prepare_mail(BODY)
        token = cls.env["email.engagement.token"]._sign("preference", cls.trace.id)
        cls.page_path = f"/ee/p/{token}"

    def setUp(self):
        super().setUp()
        self.patch(preference, "POSTS", Limiter())

    def get(self, **kwargs):
        response = self.client(self.page_path, **kwargs)
        self.assertEqual(response.status_code, 200)
        return response

    def press(self, action, **data):
        """Press a button of the page as it is now."""
        text = self.get().text
        self.assertIn(f'value="{action}"', text, "there is such a button")
        version = re.search(r'name="wording" value="(\w+)"', text)
        if version:
            data.setdefault("wording", version[1])
        response = self.client(
            self.page_path, method="POST", data={"action": action, **data}
        )
        self.env.invalidate_all()
        return response

    def after(self, response):
        """What the page says after a button was pressed."""
        return self.client(response.headers["Location"]).text

    def log(self):
        return self.env["email.engagement.consent"].search([])
