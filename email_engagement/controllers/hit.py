"""The public routes of followed emails: verify, write one row, answer."""

import base64
import logging

import psycopg2

from odoo import http
from odoo.http import request

from ..tools.urls import is_safe_target

_logger = logging.getLogger(__name__)

# The smallest transparent GIF that all mail clients show.
PIXEL = base64.b64decode(b"R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
COMMON_HEADERS = [
    ("Cache-Control", "no-store, max-age=0"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex, nofollow"),
]
PURPOSE_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")

# No session is read from a database or written, and nothing tells a forged token
# from an outdated one.
PUBLIC_ROUTE = {
    "type": "http",
    "auth": "none",
    "readonly": False,  # the default of auth="none" is a read-only cursor
    "methods": ["GET"],
    "csrf": False,
    "save_session": False,
    "sitemap": False,
}


class HitController(http.Controller):
    @http.route("/ee/o/<string:token>.gif", **PUBLIC_ROUTE)
    def engagement_open(self, token, **_query):
        """The pixel: whatever happens, the client gets its picture."""
        ids = self._verify("open", token)
        if ids:
            try:
                request.env["email.engagement.hit"]._record_open(*ids, _columns())
            except psycopg2.Error:
                self._not_recorded()
        return request.make_response(
            PIXEL, [("Content-Type", "image/gif"), *COMMON_HEADERS]
        )

    @http.route("/ee/c/<string:token>", **PUBLIC_ROUTE)
    def engagement_click(self, token, **_query):
        """A link: to its stored target, and nowhere else."""
        ids = self._verify("click", token)
        target = None
        if ids:
            Hit = request.env["email.engagement.hit"]
            try:
                target = Hit._record_click(*ids, _columns())
            except psycopg2.Error:
                self._not_recorded()
                target = Hit._target(*ids)
        if not target or not is_safe_target(target):
            return self._not_found()
        return request.make_response(
            "", [("Location", target), *COMMON_HEADERS], status=302
        )

    def _verify(self, purpose, token):
        return request.env["email.engagement.token"]._verify(purpose, token)

    def _not_recorded(self):
        request.env.cr.rollback()
        _logger.warning("A hit could not be recorded", exc_info=True)

    def _not_found(self):
        """One page for every link that leads nowhere: never says why."""
        env = request.env(su=True)
        language = env["res.lang"]._get_data(code=request.best_lang or "").code
        body = env(context={"lang": language or "en_US"})["ir.qweb"]._render(
            "email_engagement.link_not_found"
        )
        return request.make_response(
            body,
            [("Content-Type", "text/html; charset=utf-8"), *COMMON_HEADERS],
            status=404,
        )


def _columns():
    """What the request tells, as columns of a hit."""
    headers = request.httprequest.headers
    purposes = (headers.get(name) for name in PURPOSE_HEADERS)
    return request.env["email.engagement.hit"]._request_columns(
        head=request.httprequest.method == "HEAD",
        user_agent=headers.get("User-Agent", ""),
        purpose=" ".join(purpose for purpose in purposes if purpose),
        address=request.httprequest.remote_addr or "",
        user_id=request.session.uid,
    )
