from odoo.tests import Form, tagged

from ..tools.visible_picture import has_visible_picture
from .common import EngagementTransactionCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestComposerHints(EngagementTransactionCase):
    def composer(self, partners, user=None, **values):
        return (
            self.env["mail.compose.message"]
            .with_user(user or self.sales)
            .create(
                {
                    "model": "res.partner",
                    "res_ids": repr(self.record.ids),
                    "composition_mode": "comment",
                    "partner_ids": partners.ids,
                    **values,
                }
            )
        )

    def send_earlier(self, count=3, opened=2, partners=None):
        for number in range(count):
            engagement = self.post(BODY, partners)[0].engagement_id
            if number < opened:
                self.hit(engagement.trace_ids[0], seconds=3600)
        self.digest()

    def test_nothing_known(self):
        self.assertFalse(self.composer(self.anna).engagement_history)
        self.assertFalse(self.composer(self.env["res.partner"]).engagement_history)

    def test_one_recipient(self):
        self.send_earlier()
        self.assertEqual(
            self.composer(self.anna).engagement_history,
            "Anna Customer opened 2 of 3 earlier emails, usually within 1 h.",
        )

    def test_several_recipients(self):
        self.send_earlier(partners=self.anna | self.bob)
        self.assertEqual(
            self.composer(self.anna | self.bob).engagement_history,
            "These recipients opened 2 of 6 earlier emails, usually within 1 h.",
        )

    def test_never_opened(self):
        self.send_earlier(opened=0)
        self.assertIn("may block pictures", self.composer(self.anna).engagement_history)

    def test_emails_that_the_writer_may_not_read(self):
        self.send_earlier()
        other = self.env["res.partner"].create({"name": "Another record"})
        self.close_record()
        composer = self.composer(self.anna, self.colleague, res_ids=repr(other.ids))
        self.assertFalse(composer.engagement_history)

    def test_one_statement(self):
        self.send_earlier(partners=self.anna | self.bob)
        composer = self.composer(self.anna | self.bob)
        composer._engagement_history()  # rules and models are known from then on
        with self.assertQueryCount(2):  # the figures, and the models they are about
            composer._engagement_history()

    def test_changes_with_the_recipients(self):
        self.send_earlier()
        context = {
            "default_model": "res.partner",
            "default_res_ids": self.record.ids,
            "default_composition_mode": "comment",
        }
        composer = self.env["mail.compose.message"].with_user(self.sales)
        with Form(composer.with_context(**context)) as form:
            self.assertFalse(form.engagement_history)
            form.partner_ids.add(self.anna)
            self.assertIn("2 of 3", form.engagement_history)
            form.subject = "Hello"

    def test_durations(self):
        composer = self.composer(self.anna)
        for seconds, text in (
            (0, "1 min"),
            (61, "2 min"),
            (3600, "1 h"),
            (3601, "2 h"),
            (47 * 3600, "47 h"),
            (49 * 3600, "3 days"),
        ):
            with self.subTest(seconds):
                self.assertEqual(composer._engagement_duration(seconds), text)

    def test_signature_and_logo(self):
        composer = self.composer(self.anna, email_add_signature=True)
        self.assertFalse(composer.engagement_signature_has_picture)
        self.sales.signature = '<p>Sally <img src="/web/image/1" width="80"></p>'
        composer = self.composer(self.anna, email_add_signature=True)
        self.assertTrue(composer.engagement_signature_has_picture)
        self.env.company.uses_default_logo = True
        composer.invalidate_recordset()
        self.assertFalse(composer.engagement_logo)


@tagged("post_install", "-at_install")
class TestPictures(EngagementTransactionCase):
    def test_visible(self):
        for html, visible in (
            ("", False),
            (None, False),
            ("<p>Hello</p>", False),
            ('<img src="/logo.png">', True),
            ('<IMG SRC="cid:logo" WIDTH="120">', True),
            ('<img alt="no source">', False),
            ('<img src="/p.gif" width="1" height="1">', False),
            ('<img src="/p.gif" width="1px">', False),
            ('<img src="/p.gif" height="0">', False),
            ('<p>&lt;img src="x"&gt;</p>', False),
            ("<img src='/logo.png'", False),
        ):
            with self.subTest(html):
                self.assertIs(has_visible_picture(html), visible)
