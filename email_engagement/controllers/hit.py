"""The public routes of followed emails: verify, write one row, answer.

They also answer when Odoo has no database to offer (it restarts, or it cannot be
told which one is meant), if the addon is among the ``server_wide_modules``.
"""

from http import HTTPStatus

from odoo import http
from odoo.http import request

from ..models.email_engagement_reception import (
    is_refusing,
    receive_without_database,
)
from ..tools.urls import location
from .answer import Answer
from .public import (
    COMMON_HEADERS,
    PIXEL,
    PIXEL_HEADERS,
    PUBLIC_ROUTE,
    as_response,
    columns,
    is_installed,
    not_found,
    options,
    try_again,
    verify,
)


class HitController(http.Controller):
    @http.route("/ee/o/<string:token>.gif", **PUBLIC_ROUTE)
    def engagement_open(self, token, **_query):
        """The pixel: whatever happens, the client gets its picture."""
        return options() or as_response(_open(token))

    @http.route("/ee/c/<string:token>", **PUBLIC_ROUTE)
    def engagement_click(self, token, **_query):
        """A link: to its stored target, and nowhere else."""
        if response := options():
            return response
        if not request.db:
            target = receive_without_database(token, columns())
            return as_response(_redirect(target) or try_again())
        answer = _click(token)
        return as_response(answer) if answer else not_found()


def answer_at_once(path: str) -> Answer | None:
    """The answer to a hit, without the rest of Odoo's dispatcher; see ``ir.http``.

    :return: None for all that is not a plain hit, or gets a page as its answer
    """
    _empty, _ee, purpose, *tokens = path.split("/")
    if len(tokens) != 1:
        return None
    if purpose == "o" and tokens[0].endswith(".gif"):
        return _open(tokens[0].removesuffix(".gif"))
    if purpose == "c":
        return _click(tokens[0])
    return None


def _open(token: str) -> Answer:
    ids = verify("open", token) if is_installed() else None
    if ids:
        request.env["email.engagement.reception"]._receive("open", ids, columns())
    return Answer(HTTPStatus.OK, PIXEL_HEADERS, PIXEL)


def _click(token: str) -> Answer | None:
    """The answer to a link, None when it leads nowhere."""
    ids = verify("click", token) if is_installed() else None
    if not ids:
        return None
    reception = request.env["email.engagement.reception"]
    target = reception._receive("click", ids, columns(), token)
    if not target and is_refusing(request.db):
        return try_again()  # not known just now; the hit is in the spool
    return _redirect(target)


def _redirect(target: str | None) -> Answer | None:
    address = location(target) if target else None
    if not address:
        return None
    return Answer(HTTPStatus.FOUND, [("Location", address), *COMMON_HEADERS])
