import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from odoo.tests import BaseCase, tagged

from ..tools.kept_links import DATA, PACKAGE, Application, export
from ..tools.tokens import Purpose, Signer
from .common import EngagementTransactionCase
from .test_send import BODY

KEYS = ("a secret of sixteen", "another one of sixteen")
TEXTS = {"file": "Gone\n", "preference": "Nothing\n", "missing": "Nowhere\n"}
TARGET = "https://www.example.com/offer?a=1&b=%20#x"

# Starts on a port that the system chooses, and says which.
SERVE = f"""
import sys
sys.path.insert(0, "")
from {PACKAGE}.kept_links import Application, make
server = make("127.0.0.1", 0, Application("{PACKAGE}/{DATA}"))
print(server.server_port, flush=True)
server.serve_forever()
"""


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


class TestKeptLinks(BaseCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.signer = Signer(KEYS, "uuid")
        export(self.folder, KEYS, "uuid", [(7, TARGET)], TEXTS)

    def answer(self, path):
        return Application(self.folder / PACKAGE / DATA).answer(path)

    def path(self, purpose, *ids, signer=None):
        token = (signer or self.signer).sign(purpose, *ids)
        return f"/ee/{purpose.path}/{token}"

    def test_link(self):
        status, headers, _body = self.answer(self.path(Purpose.CLICK, 1, 7))
        self.assertEqual((status, dict(headers)["Location"]), ("302 Found", TARGET))

    def test_older_key(self):
        older = Signer(KEYS[1:], "uuid")
        path = self.path(Purpose.CLICK, 1, 7, signer=older)
        self.assertEqual(self.answer(path)[0], "302 Found")

    def test_nothing_for_the_forged(self):
        """And nothing that tells it from a link that is not known."""
        nowhere = self.answer(self.path(Purpose.CLICK, 1, 8))
        self.assertEqual(nowhere[0], "404 Not Found")
        forged = Signer(["x" * 16], "uuid")
        for path in (
            self.path(Purpose.CLICK, 1, 7, signer=forged),
            self.path(Purpose.CLICK, 1, 7, signer=Signer(KEYS, "other database")),
            self.path(Purpose.FILE, 1, 7, signer=forged),
            "/ee/c/7",
            "/ee/c/",
            "/ee/x/y",
            "/ee",
            "/",
            "",
            "/ee/c/" + "a" * 10_000,
            "/ee/c/\udcff",
        ):
            with self.subTest(path[:40]):
                self.assertEqual(self.answer(path), nowhere)

    def test_pictures(self):
        for path in (self.path(Purpose.OPEN, 1) + ".gif", "/ee/o/forged.gif"):
            status, headers, body = self.answer(path)
            self.assertEqual((status, body[:3]), ("200 OK", b"GIF"))
            self.assertEqual(dict(headers)["Content-Type"], "image/gif")

    def test_pages(self):
        path = self.path(Purpose.FILE, 1, 7) + "/Offer.pdf"
        self.assertEqual(self.answer(path)[0::2], ("410 Gone", b"Gone\n"))
        path = self.path(Purpose.PREFERENCE, 1)
        self.assertEqual(self.answer(path)[0::2], ("200 OK", b"Nothing\n"))

    def test_private(self):
        package = self.folder / PACKAGE
        self.assertEqual((package / DATA).stat().st_mode & 0o777, 0o600)
        with self.assertRaises(FileExistsError):
            export(self.folder, KEYS, "uuid", [], TEXTS)

    def test_runs_by_itself(self):
        """Without Odoo, and without anything installed."""
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", SERVE],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        port = process.stdout.readline().strip()
        silent = socket.create_connection(("127.0.0.1", int(port)))
        self.addCleanup(silent.close)  # nobody waits for it
        opener = build_opener(NoRedirect)
        base = f"http://127.0.0.1:{port}"
        for method in ("GET", "HEAD"):
            path = self.path(Purpose.CLICK, 1, 7)
            with self.subTest(method), self.assertRaises(HTTPError) as caught:
                opener.open(Request(base + path, method=method), timeout=10)
            with caught.exception as answer:
                self.assertEqual(answer.code, 302)
                self.assertEqual(answer.headers["Location"], TARGET)
                self.assertEqual(answer.headers["Cache-Control"], "no-store, max-age=0")
        with opener.open(base + "/ee/o/x.gif", timeout=10) as answer:
            self.assertEqual(answer.headers["Content-Type"], "image/gif")

    def test_help(self):
        done = subprocess.run(
            [sys.executable, "-m", PACKAGE, "--help"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertIn("--port", done.stdout)


@tagged("post_install", "-at_install")
class TestExport(EngagementTransactionCase):
    def test_links_of_a_mail(self):
        """The addresses that are in a mail lead to where they led before."""
        message, mails = self.post(BODY)
        self.env.flush_all()
        link = message.engagement_id.link_ids[0]
        trace = message.engagement_id.trace_ids
        base = "https://odoo.example.com"
        url = message.engagement_id._link_url(base, trace.id, link.id)
        url = url.removeprefix(base)
        self.assertIn(url, mails[0]["body"])
        with tempfile.TemporaryDirectory() as folder:
            path = self.env["email.engagement.link"]._export_kept_links(folder)
            answer = Application(Path(path) / DATA).answer(url)
        self.assertEqual(dict(answer[1])["Location"], link.url)
