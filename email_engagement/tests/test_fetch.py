import contextlib
import datetime
import socket
import ssl
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from odoo.tests import BaseCase

from ..tools import fetch
from ..tools.fetch import Answer, Failure

HOST = "127.0.0.1"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        self.send_response(302 if self.path == "/away" else 200)
        if self.path == "/away":
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(b"x" * (1_000_000 if self.path == "/large" else 2))

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def serving(wrap=None):
    server = HTTPServer((HOST, 0), Handler)
    server.asked = []
    server.handle_error = lambda *args: None
    if wrap:
        server.socket = wrap(server.socket)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def with_own_certificate(raw: socket.socket) -> socket.socket:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_bytes(
            key.private_bytes(
                pem,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(pem)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
    return context.wrap_socket(raw, server_side=True)


class TestFetch(BaseCase):
    def test_answer(self):
        with serving() as server:
            result = fetch.fetch(
                f"http://{HOST}:{server.server_port}/x?y", {"User-Agent": "me"}
            )
        self.assertEqual(result, Answer(200, "", b"xx"))
        path, headers = server.asked[0]
        self.assertEqual((path, headers["User-Agent"]), ("/x?y", "me"))
        self.assertNotIn("Authorization", headers)

    def test_redirects_are_not_followed(self):
        with serving() as server:
            result = fetch.fetch(f"http://{HOST}:{server.server_port}/away", {})
        self.assertEqual((result.status, result.location), (302, "/elsewhere"))
        self.assertEqual([path for path, _ in server.asked], ["/away"])

    def test_size_is_bounded(self):
        with serving() as server:
            result = fetch.fetch(f"http://{HOST}:{server.server_port}/large", {})
        self.assertEqual(len(result.body), fetch.SIZE_MAX)

    def test_nobody_answers(self):
        with socket.socket() as taken:
            taken.bind((HOST, 0))  # and does not listen
            result = fetch.fetch(f"http://{HOST}:{taken.getsockname()[1]}/", {})
        self.assertEqual(result.kind, "refused")

    def test_silence(self):
        """Odoo's tests lengthen time-outs, so the request is asked for below them."""
        with socket.socket() as silent:
            silent.bind((HOST, 0))
            silent.listen()
            short = patch.object(fetch, "TIMEOUT", 0.2)
            real = patch("requests.Session.send", self.__class__._real_send)
            with short, real:
                result = fetch.fetch(f"http://{HOST}:{silent.getsockname()[1]}/", {})
        self.assertEqual(result, Failure("timeout", ""))

    def test_one_byte_at_a_time(self):
        """Time-outs of sockets start anew with each byte."""
        late = Failure("timeout", "")
        self.assertEqual(self.ask_trickling("http", b""), late)
        self.assertEqual(self.ask_trickling("https", b"\x16\x03\x03\x40\x00"), late)
        result = self.ask_trickling("http", b"HTTP/1.1 200 OK\r\n\r\n")
        self.assertEqual(result.status, 200)

    def ask_trickling(self, scheme, beginning):
        """Ask a server that goes on for seconds, and is not listened to for so long."""
        stop = threading.Event()

        def trickle():
            with contextlib.suppress(OSError):
                connection, _address = listening.accept()
                with connection:
                    connection.sendall(beginning)
                    while not stop.wait(0.05):
                        connection.sendall(b"H")

        with socket.socket() as listening:
            listening.bind((HOST, 0))
            listening.listen()
            thread = threading.Thread(target=trickle)
            thread.start()
            timer = threading.Timer(5, stop.set)
            timer.start()
            short = patch.object(fetch, "TIMEOUT", 0.3)
            real = patch("requests.Session.send", self.__class__._real_send)
            with short, real:
                port = listening.getsockname()[1]
                result = fetch.fetch(f"{scheme}://{HOST}:{port}/", {})
            self.assertFalse(stop.is_set())
            stop.set()
            timer.cancel()
            thread.join()
        return result

    def test_certificate(self):
        with serving(with_own_certificate) as server:
            result = fetch.fetch(f"https://localhost:{server.server_port}/", {})
        self.assertEqual(result.kind, "tls")
        self.assertIn("self", result.detail)

    def test_no_tls_there(self):
        with serving() as server:
            result = fetch.fetch(f"https://localhost:{server.server_port}/", {})
        self.assertEqual(result.kind, "tls")

    def test_unknown_name(self):
        real = patch("requests.Session.send", self.__class__._real_send)
        with real:
            result = fetch.fetch("http://nowhere.invalid/", {})
        self.assertEqual(result.kind, "dns")

    def test_no_address_at_all(self):
        for url in ("", "http://", "http://[", "ftp://a.example/", "http://a:x/"):
            with self.subTest(url):
                self.assertIsInstance(fetch.fetch(url, {}), Failure)

    @staticmethod
    def _real_send(session, request, **kwargs):
        from odoo.tests import common

        return common._super_send(session, request, **kwargs)
