import base64

from odoo import http
from odoo.http import request

PIXEL = base64.b64decode(
    b"R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="
)


class NoopController(http.Controller):
    @http.route("/bench/noop", type="http", auth="none", save_session=False)
    def bench_noop(self):
        """A picture and nothing else: the least that a route of Odoo can do."""
        return request.make_response(PIXEL, [("Content-Type", "image/gif")])
