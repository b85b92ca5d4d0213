from lxml import html as lxml_html
from markupsafe import Markup

from odoo.tests import tagged

from .file_case import PNG, FileCase


@tagged("post_install", "-at_install")
class TestPictureSend(FileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.picture = cls.attach(("photo.png", PNG))
        cls.picture.generate_access_token()
        cls.closed = cls.attach(("closed.png", PNG))

    def body(self):
        return Markup(
            '<p><img src="/web/image/{id}-abc/photo.png?access_token={token}" '
            'alt="Our chair" width="300" style="width:300px">'
            '<img src="/web/image/{closed}"><img src="https://x.example.com/a.png"></p>'
        ).format(
            id=self.picture.id,
            token=self.picture.sudo().access_token,
            closed=self.closed.id,
        )

    def test_pictures(self):
        message, mails = self.post(self.body(), self.anna | self.bob)
        engagement = message.engagement_id
        seen = set()
        for mail in mails:
            document = lxml_html.fromstring(mail["body"])
            images = document.xpath("//img[not(@width='1')]")
            sources = [image.get("src") for image in images]
            own = [source for source in sources if "/ee/i/" in source]
            self.assertEqual(len(own), 1)
            seen.add(own[0])
            image = images[sources.index(own[0])]
            self.assertEqual(image.get("alt"), "Our chair")
            self.assertEqual(image.get("width"), "300")
            self.assertIn("https://x.example.com/a.png", sources)
            self.assertTrue(
                any(
                    source.endswith(f"/web/image/{self.closed.id}")
                    for source in sources
                )
            )
        self.assertEqual(len(seen), 2)
        self.assertFalse(engagement.link_ids)
        self.assertNotIn("/ee/", message.body)

    def test_made_once(self):
        message, _mails = self.post(self.body())
        engagement = message.engagement_id
        links = self.env["email.engagement.link"].search(
            [("engagement_id", "=", engagement.id)]
        )
        again = engagement._ensure_pictures(links.mapped("url"))
        self.assertEqual(again, links.ids)

    def test_files_that_are_no_pictures(self):
        svg = self.env["ir.attachment"].create(
            {"name": "a.svg", "raw": b"<svg/>", "public": True}
        )
        svg.mimetype = "image/svg+xml"
        base = self.env["ir.config_parameter"].get_param("web.base.url")
        message, _mails = self.post("x")
        urls = [f"{base}/web/image/{svg.id}", f"{base}/web/image/{self.offer.id}"]
        self.assertEqual(message.engagement_id._ensure_pictures(urls), [None, None])
