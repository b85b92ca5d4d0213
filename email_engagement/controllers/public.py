"""What all public routes have in common: their headers, what they read of a request,
and the pages that say nothing.
"""

import base64
from http import HTTPStatus

from odoo.http import Response, request

from ..models.email_engagement_hit import request_columns
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


def options() -> Response | None:
    """The answer to a question about methods, which is no hit."""
    if request.httprequest.method != "OPTIONS":
        return None
    return Response(status=204, headers=[("Allow", "GET, HEAD, OPTIONS")])


def as_response(answer: Answer) -> Response:
    return Response(answer.body, status=answer.status, headers=list(answer.headers))


def is_installed() -> bool:
    # As a server-wide module this is served for databases without the addon too.
    return bool(request.db) and "email.engagement.reception" in request.env


def verify(purpose: str, token: str) -> tuple[int, ...] | None:
    return request.env["email.engagement.token"]._verify(purpose, token)


def columns() -> dict:
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


def not_found() -> Response:
    """One page for every link that leads nowhere: never says why."""
    if not is_installed():
        return Response(status=404, headers=PAGE_HEADERS)
    # sudo: a view and languages, which strangers cannot read; nothing of theirs.
    env = request.env(su=True)
    body = env(context={"lang": language_of_page(env)})["ir.qweb"]._render(
        "email_engagement.link_not_found"
    )
    return Response(body, status=404, headers=[*PAGE_HEADERS, *SECURITY_HEADERS])


def try_again() -> Answer:
    """A page that asks again by itself, until there is a database."""
    headers = [
        ("Refresh", str(RETRY_AFTER)),
        ("Retry-After", str(RETRY_AFTER)),
        *PAGE_HEADERS,
        *SECURITY_HEADERS,
    ]
    page = later_page(language_without_database())
    return Answer(HTTPStatus.SERVICE_UNAVAILABLE, headers, page.encode())
