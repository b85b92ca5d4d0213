import io
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import websocket
from reportlab.pdfgen import canvas

from odoo.tests import HttpCase, tagged

from .common import EngagementCase
from .test_send import BODY

VIEWER = "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/"  # Chromium's, of PDF
PAGES = """
    document.querySelector("pdf-viewer").shadowRoot
            .querySelector("viewer-toolbar").docLength
"""
SECONDS = 90


# Odoo's limit of memory is inherited otherwise; Chromium reserves much more than that.
UNLIMITED = ("sh", "-c", 'ulimit -S -v unlimited; exec "$0" "$@"')


class Chromium:
    """A recipient's browser, which has never seen this Odoo.

    Not the one of ``browser_js``: that one cannot look into the viewer of PDF.
    """

    def __init__(self, program: str):
        self.profile = Path(tempfile.mkdtemp(prefix="recipient-"))
        self.process = subprocess.Popen(
            [
                *UNLIMITED,
                program,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--remote-allow-origins=*",
                "--remote-debugging-port=0",
                f"--user-data-dir={self.profile}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._numbers = itertools.count(1)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.profile, ignore_errors=True)

    def targets(self) -> list[dict]:
        lines = (self.profile / "DevToolsActivePort").read_text().split()
        # Not by requests, which Odoo keeps from leaving its tests.
        with urlopen(f"http://127.0.0.1:{lines[0]}/json/list", timeout=10) as answer:
            return json.load(answer)

    def find(self, wanted):
        """The first target that ``wanted`` is true of, waited for."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError, IndexError):  # it has only just been started
                for target in self.targets():
                    if wanted(target):
                        return target
            time.sleep(0.2)
        raise AssertionError("not seen in the browser")

    def call(self, target: dict, method: str, **params):
        socket = websocket.create_connection(target["webSocketDebuggerUrl"], timeout=20)
        try:
            number = next(self._numbers)
            socket.send(json.dumps({"id": number, "method": method, "params": params}))
            while (answer := json.loads(socket.recv())).get("id") != number:
                pass
            return answer["result"]
        finally:
            socket.close()

    def evaluate(self, target: dict, expression: str):
        result = self.call(target, "Runtime.evaluate", expression=expression)
        return result["result"].get("value")


@tagged("post_install", "-at_install")
class TestFileBrowser(EngagementCase, HttpCase):
    def test_pdf_of_the_mail(self):
        """A recipient clicks the file in the mail, and reads it in the browser."""
        program = shutil.which("chromium") or shutil.which("google-chrome")
        if not program:
            self.skipTest("no Chromium")
        self.env["ir.config_parameter"].set_param("web.base.url", self.base_url())
        content = io.BytesIO()
        document = canvas.Canvas(content)
        for page in ("The offer", "The price"):
            document.drawString(100, 700, page)
            document.showPage()
        document.save()
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.sales)
            .create(
                {
                    "name": "Offer für Anna.pdf",
                    "raw": content.getvalue(),
                    "res_model": "mail.compose.message",
                }
            )
        )
        message, mails = self.post(
            BODY,
            attachment_ids=attachment.ids,
            engagement_attachment_ids=attachment.ids,
        )
        self.env.flush_all()
        browser = Chromium(program)
        self.addCleanup(browser.stop)
        with self.allow_requests(all_requests=True):
            page = browser.find(lambda target: target["type"] == "page")
            frame = browser.call(page, "Page.getFrameTree")["frameTree"]["frame"]
            browser.call(
                page,
                "Page.setDocumentContent",
                frameId=frame["id"],
                html=mails[0]["body"],
            )
            browser.evaluate(
                page, "document.querySelector('a[href*=\"/ee/a/\"]').click()"
            )
            viewer = browser.find(lambda target: target["url"].startswith(VIEWER))
            deadline = time.monotonic() + SECONDS
            while not (pages := browser.evaluate(viewer, PAGES)):
                self.assertLess(time.monotonic(), deadline, "the file is not shown")
                time.sleep(0.2)
        self.assertEqual(pages, 2)
        self.env.invalidate_all()
        hits = self.env["email.engagement.hit"].search([("kind", "=", "attachment")])
        self.assertTrue(hits)
        self.assertEqual(hits.mapped("trace_id")[0], message.engagement_id.trace_ids.id)
