"""The public routes of followed emails: verify, write one row, answer.

They also answer when Odoo has no database to offer (it restarts, or it cannot be
told which one is meant), if the addon is among the ``server_wide_modules``.
"""

import base64
from http import HTTPStatus

from odoo import http
from odoo.http import Response, request

from ..models.email_engagement_hit import request_columns
from ..models.email_engagement_reception import (
    is_refusing,
    receive_without_database,
)
from ..tools.urls import location
from .answer import Answer
from .languages import language_of_page, language_without_database
from .pages import later_page

# The smallest transparent GIF that all mail clients show.
PIXEL = base64.b64decode(
    b"R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="
)
COMMON_HEADERS = [
    ("Cache-Control", "no-store, max-age=0"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex, nofollow"),
]
PIXEL_HEADERS = [("Content-Type", "image/gif"), *COMMON_HEADERS]
PAGE_HEADERS = [("Content-Type", "text/html; charset=utf-8"), *COMMON_HEADERS]
CONTENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = [
    ("Content-Security-Policy", CONTENT_POLICY),
    ("X-Content-Type-Options", "nosniff"),
]
# Do Not Track, and Global Privacy Control, which came after it.
OPT_OUT_HEADERS = ("DNT", "Sec-GPC")
PURPOSE_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
# Seconds after which a browser tries again while no database can be reached.
RETRY_AFTER = 3

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
        return _options() or _as_response(_open(token))

    @http.route("/ee/c/<string:token>", **PUBLIC_ROUTE)
    def engagement_click(self, token, **_query):
        """A link: to its stored target, and nowhere else."""
        if response := _options():
            return response
        if not request.db:
            target = receive_without_database(token, _columns())
            return _as_response(_redirect(target) or _try_again())
        answer = _click(token)
        return _as_response(answer) if answer else _not_found()


def answer_at_once(path: str) -> Answer | None:
    """The answer to a hit, without the rest of Odoo's dispatcher; see ``ir.http``.

    :return: None for all that is not a plain hit, or gets a page as its answer
    """
    if request.env.cr.readonly or request.httprequest.method not in ("GET", "HEAD"):
        return None
    _empty, _ee, purpose, *tokens = path.split("/")
    if len(tokens) != 1:
        return None
    if purpose == "o" and tokens[0].endswith(".gif"):
        return _open(tokens[0].removesuffix(".gif"))
    if purpose == "c":
        return _click(tokens[0])
    return None


def _options() -> Response | None:
    """The answer to a question about methods, which is no hit."""
    if request.httprequest.method != "OPTIONS":
        return None
    return Response(status=204, headers=[("Allow", "GET, HEAD, OPTIONS")])


def _as_response(answer: Answer) -> Response:
    return Response(answer.body, status=answer.status, headers=list(answer.headers))


def _open(token: str) -> Answer:
    ids = _verify("open", token) if _is_installed() else None
    if ids:
        request.env["email.engagement.reception"]._receive("open", ids, _columns())
    return Answer(HTTPStatus.OK, PIXEL_HEADERS, PIXEL)


def _click(token: str) -> Answer | None:
    """The answer to a link, None when it leads nowhere."""
    ids = _verify("click", token) if _is_installed() else None
    if not ids:
        return None
    reception = request.env["email.engagement.reception"]
    target = reception._receive("click", ids, _columns(), token)
    if not target and is_refusing(request.db):
        return _try_again()  # not known just now; the hit is in the spool
    return _redirect(target)


def _redirect(target: str | None) -> Answer | None:
    address = location(target) if target else None
    if not address:
        return None
    return Answer(HTTPStatus.FOUND, [("Location", address), *COMMON_HEADERS])


def _is_installed() -> bool:
    # As a server-wide module this is served for databases without the addon too.
    return bool(request.db) and "email.engagement.reception" in request.env


def _verify(purpose: str, token: str) -> tuple[int, ...] | None:
    return request.env["email.engagement.token"]._verify(purpose, token)


def _columns() -> dict:
    """What the request tells, as columns of a hit."""
    headers = request.httprequest.headers
    purposes = (headers.get(name) for name in PURPOSE_HEADERS)
    return request_columns(
        head=request.httprequest.method != "GET",
        user_agent=headers.get("User-Agent", ""),
        purpose=" ".join(purpose for purpose in purposes if purpose),
        language=bool(headers.get("Accept-Language")),
        address=request.httprequest.remote_addr or "",
        user_id=request.session.uid,
        opt_out=any(headers.get(name, "").strip() == "1" for name in OPT_OUT_HEADERS),
    )


def _not_found() -> Response:
    """One page for every link that leads nowhere: never says why."""
    if not _is_installed():
        return Response(status=404, headers=PAGE_HEADERS)
    # sudo: a view and languages, which strangers cannot read; nothing of theirs.
    env = request.env(su=True)
    body = env(context={"lang": language_of_page(env)})["ir.qweb"]._render(
        "email_engagement.link_not_found"
    )
    return Response(body, status=404, headers=[*PAGE_HEADERS, *SECURITY_HEADERS])


def _try_again() -> Answer:
    """A page that asks again by itself, until there is a database."""
    headers = [
        ("Refresh", str(RETRY_AFTER)),
        ("Retry-After", str(RETRY_AFTER)),
        *PAGE_HEADERS,
        *SECURITY_HEADERS,
    ]
    page = later_page(language_without_database())
    return Answer(HTTPStatus.SERVICE_UNAVAILABLE, headers, page.encode())
