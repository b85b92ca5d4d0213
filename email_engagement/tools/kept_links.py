"""Links in emails already sent go on working when Odoo does not answer them any more.

Pure, and nothing but the standard library: the folder that ``export`` makes holds this
module, ``tokens`` and one SQLite file, and runs by itself::

    python3 -m followed_links --port 8070

Behind the web server that used to hand ``/ee/`` to Odoo, it sends readers of old emails
to where the link leads, serves pixels as nothing, and says in a sentence what became of
files and preferences. It records nothing.
"""

import argparse
import base64
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from .tokens import BadToken, Purpose, Signer

PACKAGE = "followed_links"
DATA = "links.sqlite"
PIXEL = base64.b64decode(
    b"R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="
)
HEADERS = [
    ("Cache-Control", "no-store, max-age=0"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex, nofollow"),
]
#: Status and sentence of each page, by the purpose of the token.
PAGES = {Purpose.FILE: "410 Gone", Purpose.PREFERENCE: "200 OK"}
NOT_FOUND = "404 Not Found"
MAIN = "from .kept_links import main\n\nmain()\n"


def export(
    folder: str | Path,
    keys: Iterable[str],
    context: str,
    links: Iterable[tuple[int, str]],
    texts: dict[str, str],
) -> Path:
    """Make the folder of the program and its data, where there is none yet.

    :param keys: what tokens were signed with, ``context`` likewise
    :param links: id and address of each link
    :param texts: a sentence for ``file``, ``preference`` and ``missing``
    :return: the folder, ``followed_links`` in ``folder``
    :raise FileExistsError: there is one
    """
    package = Path(folder) / PACKAGE
    package.mkdir(mode=0o700, parents=True)
    here = Path(__file__).parent
    for name in ("kept_links.py", "tokens.py"):
        shutil.copyfile(here / name, package / name)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(MAIN)
    path = package / DATA
    path.touch(mode=0o600)  # it holds the secret
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(
            "CREATE TABLE link (id INTEGER PRIMARY KEY, url TEXT NOT NULL);"
            "CREATE TABLE value (name TEXT NOT NULL, value TEXT NOT NULL);"
        )
        connection.executemany("INSERT INTO link VALUES (?, ?)", links)
        values = [("key", key) for key in keys]
        values += [("context", context), *texts.items()]
        connection.executemany("INSERT INTO value VALUES (?, ?)", values)
    return package


class Application:
    """WSGI application over the data in ``path``."""

    def __init__(self, path: str | Path):
        self.path = path
        with closing(self._connect()) as connection:
            values = connection.execute("SELECT name, value FROM value").fetchall()
        self.texts = dict(values)
        keys = [value for name, value in values if name == "key"]
        self.signer = Signer(keys, self.texts["context"])

    def __call__(self, environ, start_response):
        status, headers, body = self.answer(environ.get("PATH_INFO", ""))
        headers = [*headers, *HEADERS, ("Content-Length", str(len(body)))]
        start_response(status, headers)
        return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]

    def answer(self, path: str) -> tuple[str, list, bytes]:
        """Status, headers and body for the path of an address.

        As before, nothing tells a forged token from one that leads nowhere.
        """
        _empty, _ee, letter, token, *_name = [*path.split("/"), "", "", ""]
        if letter in (Purpose.OPEN.path, Purpose.IMAGE.path):
            return "200 OK", [("Content-Type", "image/gif")], PIXEL
        purpose = next((p for p in Purpose if p.path == letter), None)
        try:
            ids = self.signer.verify(purpose, token) if purpose else None
        except BadToken:
            ids = None
        if ids and purpose is Purpose.CLICK and (url := self._find(ids[1])):
            return "302 Found", [("Location", url)], b""
        if ids and purpose in PAGES:
            return self._page(PAGES[purpose], purpose.value)
        return self._page(NOT_FOUND, "missing")

    def _page(self, status: str, name: str) -> tuple[str, list, bytes]:
        return (
            status,
            [("Content-Type", "text/plain; charset=utf-8")],
            self.texts[name].encode(),
        )

    def _find(self, link_id: int) -> str | None:
        with closing(self._connect()) as connection:
            row = connection.execute(
                "SELECT url FROM link WHERE id = ?", (link_id,)
            ).fetchone()
        return row and row[0]

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)


class Server(ThreadingMixIn, WSGIServer):
    """Nobody waits for a client that says nothing."""

    daemon_threads = True


class Handler(WSGIRequestHandler):
    timeout = 30  # seconds that a client may say nothing


def make(host: str, port: int, application: Application) -> WSGIServer:
    return make_server(host, port, application, Server, Handler)


def main():
    parser = argparse.ArgumentParser(prog=f"python3 -m {PACKAGE}", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8070)
    args = parser.parse_args()
    application = Application(Path(__file__).parent / DATA)
    with make(args.host, args.port, application) as server:
        server.serve_forever()
