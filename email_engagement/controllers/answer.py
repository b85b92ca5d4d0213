"""The answer to a hit, without what Odoo does to one that may be anything."""

from http import HTTPStatus

from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException


class Answer(HTTPException):
    """A finished answer, raised as ``werkzeug.exceptions.abort(response)`` raises one.

    Odoo's dispatcher takes an exception without a code for the answer itself, may add
    headers, and calls it as a WSGI application. Werkzeug's responses parse, join and
    encode once more a location that ``tools.urls.location`` has made safe already, and
    Odoo wraps each of them twice.

    :param headers: ready to be sent; a line break in one is an error
    """

    code = None

    def __init__(self, status: HTTPStatus, headers: list, body: bytes = b""):
        super().__init__()
        self.status = f"{status.value} {status.phrase}"
        self.body = body
        self.headers = Headers(headers)
        self.headers["Content-Length"] = str(len(body))

    def get_response(self, environ=None, scope=None):
        return self

    def __call__(self, environ, start_response):
        start_response(self.status, self.headers.to_wsgi_list())
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.body]
