from markupsafe import Markup

from odoo.tests import tagged

from .common import EngagementTransactionCase

BODY = Markup(
    '<p>Hello &amp; <a href="https://www.example.com/offer?a=1&amp;b=2#top">'
    'our offer</a>, <a href="mailto:sally@company.example.com">me</a></p>'
)


@tagged("post_install", "-at_install")
class TestPage(EngagementTransactionCase):
    """The email on the full page: as it was sent, with links that lead nowhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("test_links")
        cls.engagement = case.post(BODY)[0].engagement_id
        cls.link = cls.engagement.link_ids.filtered(lambda link: "offer" in link.label)
        case.hit(cls.engagement.trace_ids, cls.link)
        case.digest()

    def test_all_views(self):
        """Whatever the lists can be switched to, as an ordinary user."""
        model = self.env["email.engagement"].with_user(self.colleague)
        for name in ("my", "all"):
            action = self.env.ref(f"email_engagement.action_{name}_followed_emails")
            modes = action.view_mode.split(",")
            self.assertEqual(modes, ["list", "kanban", "graph", "pivot", "form"])
            views = model.get_views([(False, mode) for mode in modes])["views"]
            self.assertIn('name="open_count" type="measure"', views["pivot"]["arch"])

    def test_links(self):
        page = self.engagement.with_user(self.colleague)
        self.assertIn(f'href="#engagement-{self.link.id}"', page.body)
        self.assertNotIn("https://www.example.com/offer", page.body)
        self.assertIn("mailto:sally@company.example.com", page.body)
        self.assertEqual(
            page.body_links[str(self.link.id)],
            {"clicks": 1, "address": "https://www.example.com/offer?a=1&b=2#top"},
        )

    def test_the_message_stays_as_it_is(self):
        self.engagement.with_user(self.colleague).read(["body"])
        self.assertIn("https://www.example.com/offer", self.engagement.message_id.body)

    def test_secrets_in_addresses(self):
        self.link.url = "https://www.example.com/my/orders/1?access_token=secret"
        page = self.engagement.with_user(self.colleague)
        self.assertNotIn("secret", str(page.body_links))

    def test_deleted_message(self):
        self.engagement.message_id.unlink()
        self.engagement.invalidate_recordset()
        self.assertFalse(self.engagement.with_user(self.colleague).body)

    def test_files_apart_from_addresses(self):
        attachment = self.env["ir.attachment"].create(
            {"name": "offer.pdf", "raw": b"x"}
        )
        file = self.env["email.engagement.link"].create(
            {
                "engagement_id": self.engagement.id,
                "kind": "file",
                "label": "offer.pdf",
                "attachment_id": attachment.id,
            }
        )
        page = self.engagement.with_user(self.colleague)
        self.assertEqual(page.file_ids.ids, file.ids)
        self.assertNotIn(file.id, page.address_ids.ids)
        self.assertIn(self.link.id, page.address_ids.ids)

    def test_ten_thousand_interactions(self):
        """Any page of a very long timeline costs as many statements as the first."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO email_engagement_event
                        (engagement_id, trace_id, type, date, last_date, actor, counted)
            SELECT %s, %s, 'open', moment, moment, 'human', true
              FROM generate_series(now() AT TIME ZONE 'UTC' - interval '100 d',
                                   now() AT TIME ZONE 'UTC', interval '14.4 min') moment
            """,
            [self.engagement.id, self.engagement.trace_ids.id],
        )
        events = self.env["email.engagement.event"].with_user(self.colleague)
        specification = {name: {} for name in ("type", "date", "who", "what", "note")}

        def page(offset):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            result = events.web_search_read(
                [("engagement_id", "=", self.engagement.id), ("counted", "=", True)],
                specification,
                offset=offset,
                limit=80,
                order="date desc, id desc",
            )
            self.assertGreater(result["length"], 10_000)
            self.assertEqual(len(result["records"]), 80)
            return self.env.cr.sql_log_count - before

        first = page(0)
        self.assertLessEqual(page(9_900), first)
