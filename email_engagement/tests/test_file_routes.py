import shutil

from markupsafe import Markup

from odoo.tests import HttpCase, tagged
from odoo.tests.common import RecordCapturer

from ..models import email_engagement_reception as reception
from .common import BROWSER, EngagementCase
from .file_case import FILE, PDF, PNG
from .test_send import BODY

SANDBOX = "sandbox; default-src 'none'"
PRIVATE = "no-store, max-age=0"


@tagged("post_install", "-at_install")
class TestFileRoutes(EngagementCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("web.base.url", cls.base_url())
        cls.Hit = cls.env["email.engagement.hit"]
        cls.link, cls.path = cls("setUp").send_file("Offer.pdf", PDF)
        cls.trace = cls.link.engagement_id.trace_ids

    def send_file(self, name, raw, **values):
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.sales)
            .create({"name": name, "raw": raw, "res_model": "mail.compose.message"})
        )
        if values:
            attachment.sudo().write(values)
        message, mails = self.post(
            BODY,
            attachment_ids=attachment.ids,
            engagement_attachment_ids=attachment.ids,
        )
        [(token, name)] = FILE.findall(mails[0]["body"])
        self.env.flush_all()
        return message.engagement_id.file_ids, f"/ee/a/{token}/{name}"

    def client(self, path=None, method="GET", headers=None, **kwargs):
        self.env.flush_all()
        response = self.opener.request(
            method,
            self.base_url() + (path or self.path),
            headers={
                "User-Agent": BROWSER,
                "Accept-Language": "en",
                **(headers or {}),
            },
            allow_redirects=False,
            timeout=30,
            **kwargs,
        )
        self.env.invalidate_all()
        return response

    def hits(self):
        return self.Hit.search([("kind", "=", "attachment")])

    # ------------------------------------------------------------
    # Serving
    # ------------------------------------------------------------

    def test_file(self):
        response = self.client()
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.content, PDF)
        headers = response.headers
        self.assertEqual(headers["Content-Type"], "application/pdf")
        self.assertEqual(headers["Content-Disposition"], 'inline; filename="Offer.pdf"')
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(headers["Content-Security-Policy"], SANDBOX)
        self.assertEqual(headers["Cache-Control"], PRIVATE)
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(headers["Accept-Ranges"], "bytes")
        self.assertIn("noindex", headers["X-Robots-Tag"])
        self.assertNotIn("Set-Cookie", headers)
        hit = self.hits()
        self.assertEqual((hit.trace_id, hit.link_id), (self.trace.id, self.link.id))

    def test_name_in_the_address_does_not_matter(self):
        token = self.path.split("/")[3]
        for path in (
            f"/ee/a/{token}",
            f"/ee/a/{token}/other.html",
            f"/ee/a/{token}/a/b",
        ):
            response = self.client(path)
            self.assertEqual(response.content, PDF)
            self.assertIn("Offer.pdf", response.headers["Content-Disposition"])

    def test_names(self):
        for name, expected in [
            (
                "Angebot für Ärzte.pdf",
                "filename*=UTF-8''Angebot%20f%C3%BCr%20%C3%84rzte.pdf",
            ),
            ('say "hi".pdf', "filename*=UTF-8''say%20%22hi%22.pdf"),
            ("exe\u202efdp.pdf", 'filename="exefdp.pdf"'),
            ("a\nb.pdf", 'filename="ab.pdf"'),
            ("漢字.pdf", "filename*=UTF-8''%E6%BC%A2%E5%AD%97.pdf"),
        ]:
            with self.subTest(name):
                _link, path = self.send_file(name, PDF)
                response = self.client(path)
                self.assertEqual(response.status_code, 200)
                self.assertIn(expected, response.headers["Content-Disposition"])

    def test_inline_or_download(self):
        for name, raw, mimetype, inline in [
            ("a.png", PNG, "image/png", True),
            ("a.svg", b"<svg onload='alert(1)'/>", "image/svg+xml", False),
            ("a.html", b"<script>alert(1)</script>", "text/html", False),
            ("a.pdf", b"<script>alert(1)</script>", "text/html", False),
            ("a.xml", b"<a/>", "application/xml", False),
            ("a.txt", b"text", "text/plain", False),
            ("a.zip", b"PK", "application/zip", False),
        ]:
            with self.subTest(name):
                link, path = self.send_file(name, raw)
                link.attachment_id.with_context(image_no_postprocess=True).write(
                    {"mimetype": mimetype}
                )
                self.env.flush_all()
                self.env.cr.execute(
                    "UPDATE ir_attachment SET mimetype = %s WHERE id = %s",
                    [mimetype, link.attachment_id.id],
                )
                response = self.client(path)
                disposition = response.headers["Content-Disposition"]
                self.assertTrue(
                    disposition.startswith("inline" if inline else "attachment")
                )
                self.assertEqual(response.headers["Content-Security-Policy"], SANDBOX)
                self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
                if not inline:
                    self.assertNotRegex(response.headers["Content-Type"], "html|xml")

    def test_ranges(self):
        response = self.client(headers={"Range": "bytes=0-3"})
        self.assertEqual(response.status_code, 206)
        self.assertEqual(response.content, PDF[:4])
        self.assertEqual(response.headers["Content-Range"], f"bytes 0-3/{len(PDF)}")
        response = self.client(headers={"Range": "bytes=-3"})
        self.assertEqual(response.content, PDF[-3:])
        response = self.client(headers={"Range": "bytes=999-"})
        self.assertEqual(response.status_code, 416)
        etag = self.client().headers["ETag"]
        response = self.client(headers={"Range": "bytes=0-3", "If-Range": etag})
        self.assertEqual(response.status_code, 206)
        response = self.client(headers={"Range": "bytes=0-3", "If-Range": '"other"'})
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.content, PDF)

    def test_conditional(self):
        etag = self.client().headers["ETag"]
        response = self.client(headers={"If-None-Match": etag})
        self.assertEqual(response.status_code, 304)
        self.assertEqual(response.content, b"")

    def test_head(self):
        response = self.client(method="HEAD")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.content, b"")
        self.assertEqual(response.headers["Content-Length"], str(len(PDF)))
        self.assertTrue(self.hits().head)

    def test_in_the_database(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        link, path = self.send_file("Offer.pdf", b"%PDF-1.4 in the database")
        self.assertFalse(link.attachment_id.store_fname)
        response = self.client(path)
        self.assertEqual(response.content, b"%PDF-1.4 in the database")
        self.assertEqual(response.headers["Cache-Control"], PRIVATE)

    def test_address_as_attachment(self):
        for url, status in [
            ("https://files.example.com/a.pdf", 302),
            ("ftp://files.example.com/a.pdf", 404),
        ]:
            link, path = self.send_file("a", b"", type="url", url=url)
            response = self.client(path)
            self.assertEqual(response.status_code, status, url)
            self.assertTrue(link.attachment_id)

    def test_withdrawn_consent(self):
        """Ends the recording, not the serving."""
        self.env["email.engagement.consent"]._decide(
            {"opens": "refused", "clicks": "refused"}, "user", partners=self.anna
        )
        response = self.client()
        self.assertEqual((response.status_code, response.content), (200, PDF))
        self.assertFalse(self.hits())

    def test_recording_that_fails(self):
        spool = reception._spool(self.env.cr.dbname)
        self.addCleanup(shutil.rmtree, spool.folder, ignore_errors=True)
        self.addCleanup(reception._refused_at.clear)
        reception._warned.clear()
        rename = "ALTER TABLE email_engagement_hit RENAME COLUMN head TO not_head"
        self.env.cr.execute(rename)
        with self.assertLogs(reception._logger, "WARNING"):
            response = self.client()
        self.assertEqual(response.content, PDF)
        self.assertTrue(spool)

    def test_bad_links(self):
        token = self.path.split("/")[3]
        pixel = self.env["email.engagement.token"]._sign("click", self.trace.id, 1)
        other = self.env["email.engagement.link"].create(
            {"engagement_id": self.link.engagement_id.id, "url": "https://x.example/"}
        )
        _link2, path2 = self.send_file("Other.pdf", PDF)
        foreign = self.env["email.engagement.token"]._sign(
            "file", self.trace.id, _link2.id
        )
        wrong_kind = self.env["email.engagement.token"]._sign(
            "file", self.trace.id, other.id
        )
        pages = set()
        for bad in (token[:-1], "x", pixel, foreign, wrong_kind, token[::-1]):
            response = self.client(f"/ee/a/{bad}/Offer.pdf")
            self.assertEqual(response.status_code, 404, bad)
            pages.add(response.content)
        self.assertEqual(len(pages), 1)
        self.assertFalse(self.hits())
        self.assertEqual(self.client(path2).status_code, 200)

    def test_other_purposes(self):
        token = self.path.split("/")[3]
        self.assertEqual(self.client(f"/ee/c/{token}").status_code, 404)
        click = self.env["email.engagement.token"]._sign(
            "click", self.trace.id, self.link.id
        )
        self.assertEqual(self.client(f"/ee/c/{click}").status_code, 404)

    # ------------------------------------------------------------
    # Not served any more
    # ------------------------------------------------------------

    def gone(self, **kwargs):
        response = self.client(**kwargs)
        self.assertEqual(response.status_code, 410)
        self.assertIn("no-store", response.headers["Cache-Control"])
        self.assertNotIn("Set-Cookie", response.headers)
        self.assertNotIn("odoo", response.text.lower())
        self.assertIn("Offer.pdf", response.text)
        return response.text

    def test_gone(self):
        for values, text in [
            ({"revoked": True}, "Sally Sales has withdrawn it"),
            ({"expires_on": "2020-01-01"}, "The link to it has ended"),
            ({"attachment_id": False}, "It has been deleted"),
        ]:
            with self.subTest(values):
                self.link.write({"revoked": False, "expires_on": False, **values})
                page = " ".join(self.gone().replace("<bdi>", "").split())
                self.assertIn(text, page.replace("</bdi>", ""))
                self.assertIn("Ask for the file again", page)
        self.assertFalse(self.hits())

    def test_file_lost_on_the_disk(self):
        self.link.attachment_id.sudo().flush_recordset()
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = '00/none' WHERE id = %s",
            [self.link.attachment_id.id],
        )
        with self.assertLogs("odoo.addons.email_engagement", "WARNING"):
            self.gone()

    def test_language_of_the_recipient(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.anna.lang = "fr_FR"
        self.link.revoked = True
        self.assertIn('lang="fr-FR"', self.gone())
        self.anna.lang = False
        self.assertIn('lang="en-US"', self.gone())
        page = self.gone(headers={"Accept-Language": "fr"})
        self.assertIn('lang="fr-FR"', page)

    def test_ask_again(self):
        self.link.revoked = True
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        domain = [("cron_id", "=", queue.id)]
        with RecordCapturer(self.env["ir.cron.trigger"], domain) as asked:
            page = self.gone(method="POST")
        self.assertEqual(len(asked.records), 1, "the sender's mail is sent at once")
        self.assertIn("knows now", page)
        self.assertNotIn("<form", page)
        notified = self.env["mail.message"].search(
            [
                ("model", "=", "res.partner"),
                ("res_id", "=", self.record.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertEqual(notified.partner_ids, self.sales.partner_id)
        self.assertIn("Anna Customer", notified.body)
        self.assertIn("Offer.pdf", notified.body)
        # Once a day, whatever is pressed.
        self.gone(method="POST")
        self.gone(method="POST")
        requests = self.env["email.engagement.file.request"]
        self.assertEqual(requests.search_count([]), 1)
        self.assertEqual(len(notified.search([("id", ">=", notified.id)])), 1)
        self.env.cr.execute(
            "UPDATE email_engagement_file_request SET date = date - interval '25 h'"
        )
        self.gone(method="POST")
        self.assertEqual(len(notified.search([("id", ">=", notified.id)])), 2)

    def test_looking_does_not_ask(self):
        self.link.revoked = True
        self.gone()
        self.client(method="HEAD")
        self.assertFalse(self.env["email.engagement.file.request"].search([]))

    def test_ask_for_what_is_there(self):
        response = self.client(method="POST")
        self.assertEqual(response.status_code, 303)
        self.assertFalse(self.env["email.engagement.file.request"].search([]))
        bad = self.client(path=self.path.replace("/ee/a/", "/ee/a/x"), method="POST")
        self.assertEqual(bad.status_code, 404)

    def test_ask_with_nobody_to_tell(self):
        self.link.revoked = True
        self.link.engagement_id.write({"user_id": False, "author_id": False})
        self.gone(method="POST")
        self.link.engagement_id.write({"model": "no.model"})
        self.gone()

    # ------------------------------------------------------------
    # Seen
    # ------------------------------------------------------------

    def test_views(self):
        self.env.cr.execute(
            "UPDATE email_engagement_trace SET sent_date = sent_date - interval '1 h'"
        )
        for start in range(0, 12, 4):
            self.client(headers={"Range": f"bytes={start}-{start + 3}"})
        self.client()
        self.digest()
        engagement = self.link.engagement_id
        self.assertEqual(engagement.attachment_view_count, 1)
        self.assertEqual(engagement.status, "clicked")
        self.assertEqual((self.link.view_count, self.link.viewer_count), (1, 1))
        event = engagement.event_ids.filtered(lambda e: e.type == "attachment")
        self.assertEqual(self.link.last_view, event.date)
        event = event.with_user(self.sales)
        self.assertEqual(event.who, "Anna Customer")
        self.assertEqual(event.what, "File viewed: Offer.pdf")
        self.assertEqual(event.device, "desktop")
        self.assertEqual(event.hit_count, 4)

    def test_machines_do_not_view(self):
        self.env.cr.execute(
            "UPDATE email_engagement_trace SET sent_date = sent_date - interval '1 h'"
        )
        self.client(method="HEAD")
        self.client(headers={"User-Agent": "curl/8.0"})
        self.digest()
        self.assertEqual(self.link.engagement_id.attachment_view_count, 0)
        self.assertEqual(self.link.view_count, 0)


@tagged("post_install", "-at_install")
class TestPictureRoutes(EngagementCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("web.base.url", cls.base_url())
        cls.picture = cls.env["ir.attachment"].create(
            {"name": "photo.png", "raw": PNG, "public": True}
        )
        body = '<p><img src="/web/image/%s-x/10x10/photo.png"/></p>'
        cls.message, mails = cls("setUp").post(Markup(body) % cls.picture.id)
        body = mails[0]["body"]
        cls.path = "/ee/i/" + body.split("/ee/i/")[1].split('"')[0]
        cls.env.flush_all()

    def client(self, path, **kwargs):
        self.env.flush_all()
        response = self.opener.get(
            self.base_url() + path,
            headers={"User-Agent": BROWSER},
            timeout=30,
            **kwargs,
        )
        self.env.invalidate_all()
        return response

    def test_picture(self):
        core = self.client(f"/web/image/{self.picture.id}-x/10x10/photo.png")
        response = self.client(self.path)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.content, core.content)
        self.assertEqual(response.headers["Content-Type"], "image/png")
        self.assertIn("immutable", response.headers["Cache-Control"])
        self.assertIn("max-age=31536000", response.headers["Cache-Control"])
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")

    def test_is_an_open(self):
        trace = self.message.engagement_id.trace_ids
        self.client(self.path)
        self.hit(trace, seconds=3600)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE email_engagement_hit SET date = %s", [trace.sent_date]
        )
        self.env.cr.execute(
            "UPDATE email_engagement_hit SET date = date + interval '1 h'"
        )
        self.assertEqual(
            set(self.env["email.engagement.hit"].search([]).mapped("kind")),
            {"open", "image"},
        )
        self.digest()
        self.assertEqual(trace.open_count, 1)

    def test_not_public_any_more(self):
        """As by its own address."""
        self.picture.public = False
        response = self.client(self.path)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "image/gif")

    def test_gone_or_forged(self):
        self.picture.unlink()
        response = self.client(self.path)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "image/gif")
        response = self.client(self.path[:-1])
        self.assertEqual(response.headers["Content-Type"], "image/gif")
