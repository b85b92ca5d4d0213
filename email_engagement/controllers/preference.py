"""The recipient's page: reached by a link at the end of a followed email.

Whoever visits it changes nothing: scanners follow every link of an email, and fetch
every link of the pages behind. What changes something, or hands data out, is a POST.
The token is what entitles to it, as with a link to unsubscribe: there is no session to
forge a request in.
"""

import time

from odoo import SUPERUSER_ID, http
from odoo.http import Response, request

from ..models.email_engagement_page import DECISIONS
from ..tools.limiter import Limiter
from .languages import language_of_page
from .public import (
    COMMON_HEADERS,
    PAGE_HEADERS,
    PUBLIC_ROUTE,
    SECURITY_HEADERS,
    is_installed,
    not_found,
)

# More buttons than a person presses. Each may write, or put a file together.
POSTS_PER_MINUTE = 20
POSTS = Limiter()
# What the page can say after something was done.
DONE = (
    *("stopped", "allowed", "deleted", "unconfirmed"),
    *("changed", "which", "refused"),
)


class PreferenceController(http.Controller):
    @http.route("/ee/p/<string:token>", **{**PUBLIC_ROUTE, "methods": ["GET", "POST"]})
    def engagement_preference(self, token, **form):
        trace = self._engagement_trace(token)
        if trace is None:
            return not_found()
        if request.httprequest.method == "POST":
            key = (request.db, trace.id)
            if not POSTS.allow(key, POSTS_PER_MINUTE, time.time()):
                POSTS.drain()  # nobody asks how many they were
                return Response(
                    status=429, headers=[("Retry-After", "60"), *COMMON_HEADERS]
                )
            return self._engagement_do(trace, token, form)
        return self._engagement_page(trace, token, form.get("done"))

    def _engagement_trace(self, token):
        """The copy that a token names, as superuser and in the recipient's language;
        None for a bad token and for a copy that is gone.
        """
        if not is_installed():
            return None
        ids = request.env["email.engagement.token"]._verify("preference", token)
        if not ids:
            return None
        # Nobody is logged in here; the token was signed for this one copy.
        env = request.env(user=SUPERUSER_ID)
        trace = env["email.engagement.trace"].browse(ids[0]).exists()
        if not trace or trace.is_anonymous:
            return None
        company = trace.engagement_id.company_id
        lang = language_of_page(env, trace.partner_id.lang, company.partner_id.lang)
        return trace.with_context(lang=lang)

    def _engagement_page(self, trace, token, done) -> Response:
        env = trace.env
        company = trace.engagement_id.company_id or env.company
        values = env["email.engagement.page"]._values(
            company,
            trace.partner_id,
            trace._addresses(),
            trace=trace,
        )
        values["done"] = done if done in DONE else False
        values["action_url"] = f"/ee/p/{token}"
        values["title"] = env._("Email privacy")
        body = env["ir.qweb"]._render("email_engagement.preference_page", values)
        return Response(body, headers=[*PAGE_HEADERS, *SECURITY_HEADERS])

    def _engagement_do(self, trace, token, form) -> Response:
        page = trace.env["email.engagement.page"]
        action = form.get("action")
        if action in ("json", "csv"):
            return data_response(trace.env, page._export(trace), action)
        shared = page._is_shared(trace)
        allowed = ("stop", "delete") if shared else (*DECISIONS, "delete")
        if action not in allowed:
            return not_found()
        done = page._act(trace, action, form)
        return Response(
            status=303,
            headers=[("Location", f"/ee/p/{token}?done={done}"), *COMMON_HEADERS],
        )


def data_response(env, data: dict, extension: str) -> Response:
    """Data about a person as a file."""
    privacy = env["email.engagement.privacy"]
    if extension == "json":
        body, mimetype = privacy._export_json(data), "application/json"
    else:
        # The mark tells spreadsheets that it is UTF-8.
        body, mimetype = "\ufeff" + privacy._export_csv(data), "text/csv"
    return Response(
        body,
        headers=[
            ("Content-Type", f"{mimetype}; charset=utf-8"),
            ("Content-Disposition", f'attachment; filename="email-data.{extension}"'),
            ("X-Content-Type-Options", "nosniff"),
            *COMMON_HEADERS,
        ],
    )
