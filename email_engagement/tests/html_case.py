from odoo.tests import BaseCase

from ..tools.html import scan

URL = "https://x.y/a?b=c&d=e#f"
WRITTEN = "https://x.y/a?b=c&amp;d=e#f"
NEW = "https://t.example/ee/c/AbC-_9"


class HtmlCase(BaseCase):
    def urls(self, html, **options):
        return [target.url for target in scan(html, **options).targets]

    def assertFollowed(self, html, expected, **options):
        """``expected`` is ``html`` with "NEW" in place of what is followed."""
        body = scan(html, **options)
        self.assertTrue(body.targets, f"nothing is followed in {html!r}")
        self.assertEqual(
            body.render([NEW] * len(body.targets), None), expected.replace("NEW", NEW)
        )
        self.assertEqual(body.render({}, None), html)

    def assertNotFollowed(self, html, **options):
        body = scan(html, **options)
        self.assertEqual(body.targets, [], f"in {html!r}")
        self.assertEqual(body.render([NEW], None), html)
        self.assertEqual(body.render({URL: NEW}, None), html)
