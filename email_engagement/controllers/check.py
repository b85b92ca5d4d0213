"""The door at which *Check My Set-up* knocks."""

from odoo import http
from odoo.http import Response, request

from .languages import language_of_page
from .public import (
    COMMON_HEADERS,
    PAGE_HEADERS,
    PUBLIC_ROUTE,
    SECURITY_HEADERS,
    is_installed,
    not_found,
)


class CheckController(http.Controller):
    @http.route("/ee/s/<string:token>", **PUBLIC_ROUTE)
    def engagement_check(self, token, **_query):
        """To the check how its request arrived, to a browser that it did. Reads and
        writes nothing; what is no token of today is the 404 of all bad links.
        """
        door = request.env["email.engagement.door"] if is_installed() else None
        facts = door._answer(token) if door is not None else None
        if not facts:
            return not_found()
        if request.httprequest.headers.get("Accept") == "application/json":
            return request.make_json_response(facts, headers=COMMON_HEADERS)
        # sudo: a view, which strangers cannot read; nothing of theirs.
        env = request.env(su=True)
        body = env(context={"lang": language_of_page(env)})["ir.qweb"]._render(
            "email_engagement.check_page"
        )
        return Response(body, headers=[*PAGE_HEADERS, *SECURITY_HEADERS])
