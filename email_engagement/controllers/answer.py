"""The answer to a hit, without what Odoo does to one that may be anything."""

from http import HTTPStatus

from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException


class Answer(HTTPException):
    """A finished answer, raised as ``werkzeug.exceptions.abort(response)`` raises one.

    Odoo's dispatcher takes an exception without a code for the answer itself, may add
    headers, and calls it as a WSGI application. A response of werkzeug's takes longer
    for that than a hit takes in the database: it parses, joins and encodes a location
    that ``tools.urls.location`` has made safe already.

    :param headers: of text that is known to be safe: nobody looks at them again
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
