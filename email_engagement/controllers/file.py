"""Followed files and pictures: served, and recorded like any other hit.

The answer is made before the hit is recorded, so that recording decides nothing, and
neither does what fails there.
"""

import contextlib
import logging

import psycopg2
from werkzeug.exceptions import HTTPException, NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import Response, Stream, request

from ..models.email_engagement_picture import may_load
from ..tools import files, pictures
from ..tools.urls import location
from .languages import language_of_page
from .public import (
    COMMON_HEADERS,
    PAGE_HEADERS,
    PIXEL,
    PIXEL_HEADERS,
    PUBLIC_ROUTE,
    SECURITY_HEADERS,
    as_response,
    columns,
    is_installed,
    not_found,
    options,
    try_again,
    verify,
)

_logger = logging.getLogger(__name__)

# An origin of its own for whatever is shown, and nothing to load from anywhere.
SANDBOX = "sandbox; default-src 'none'"
# What can be wrong with a picture; one of a single pixel then takes its place.
NOT_SHOWN = (OSError, UserError, psycopg2.Error, HTTPException)


class FileController(http.Controller):
    @http.route(
        ["/ee/a/<string:token>", "/ee/a/<string:token>/<path:filename>"], **PUBLIC_ROUTE
    )
    def engagement_file(self, token, filename="", **_query):
        """A followed file, or a page that says why there is none."""
        return options() or _file(token)

    @http.route(
        ["/ee/a/<string:token>", "/ee/a/<string:token>/<path:filename>"],
        **{**PUBLIC_ROUTE, "methods": ["POST"]},
    )
    def engagement_ask(self, token, filename="", **_form):
        """*Ask for the file again*: by POST, which no scanner sends. The token is
        the proof that it is a recipient who asks; there is no session to protect.
        """
        ids = verify("file", token) if is_installed() else None
        trace, link = _find(ids) if ids else (None, None)
        if not link:
            return not_found()
        if link.file_state == "available":
            return request.redirect(request.httprequest.path, code=303)
        # sudo: the token is the right to ask for this one file.
        request.env(su=True)["email.engagement.file.request"]._ask(trace, link)
        return _gone(trace, link, asked=True)

    @http.route("/ee/i/<string:token>", **PUBLIC_ROUTE)
    def engagement_image(self, token, **_query):
        """A picture of the text: whatever happens, the client gets a picture."""
        return options() or _image(token)


def answer_at_once(path: str) -> Response | None:
    """The answer to a hit, without the rest of Odoo's dispatcher; see ``ir.http``.

    :return: None for all that is not a file or a picture that is served
    """
    _empty, _ee, purpose, token, *name = [*path.split("/"), ""]
    if not is_installed():
        return None
    if purpose == "i" and not name[:-1]:
        return _image(token)
    if purpose == "a":
        # The pages for these are rendered once Odoo knows what it serves.
        with contextlib.suppress(psycopg2.Error, FileNotFoundError, NotFound):
            ids = verify("file", token)
            response = _served(ids) if ids else None
            if response:
                _record("attachment", ids, token)
                return response
    return None


def _image(token: str) -> Response:
    ids = verify("image", token) if is_installed() else None
    response = None
    if ids:
        # sudo: the token is the right to this one picture.
        links_sudo = request.env(su=True)["email.engagement.link"]
        with contextlib.suppress(*NOT_SHOWN):
            response = _picture(links_sudo._find_picture(*ids))
        _record("image", ids, token)
    return response or Response(PIXEL, headers=PIXEL_HEADERS)


def _file(token: str) -> Response:
    if not request.db:
        return as_response(try_again())
    ids = verify("file", token) if is_installed() else None
    if not ids:
        return not_found()
    try:
        response = None
        try:
            response = _served(ids)
        except FileNotFoundError:
            _logger.warning("The file of link %s is not on the disk", ids[1])
        if not response:
            trace, link = _find(ids)
            return _gone(trace, link) if link else not_found()
    except NotFound:
        return not_found()
    except psycopg2.Error:
        return as_response(try_again())
    _record("attachment", ids, token)
    return response


def _record(kind: str, ids: tuple[int, int], token: str) -> None:
    reception = request.env["email.engagement.reception"]
    reception._receive(kind, ids, columns(), token)


def _find(ids: tuple[int, int]):
    # sudo: the token is the right to this one file.
    return request.env(su=True)["email.engagement.link"]._find_file(*ids)


def _served(ids: tuple[int, int]) -> Response | None:
    """The file, None if it is not available."""
    # sudo: the token is the right to this one file.
    found = request.env(su=True)["email.engagement.link"]._find_served(*ids)
    if not found:
        return None
    attachment_sudo, label = found
    # sudo: of the attachment that was just found by the token.
    stream = request.env(su=True)["ir.binary"]._get_stream_from(attachment_sudo)
    if stream.type == "url":
        return _redirect(stream)
    mimetype = files.served_type(stream.mimetype)
    inline = files.is_inline(mimetype)
    # Content and name of a file are what somebody uploaded: neither is trusted.
    response = stream.get_response(
        as_attachment=not inline,
        content_security_policy=SANDBOX,
        mimetype=mimetype,
        max_age=None,
    )
    name = files.content_disposition(label, inline)
    response.headers["Content-Disposition"] = name
    # Viewers of PDF ask for parts of a file only if they are told that they may.
    response.headers.setdefault("Accept-Ranges", "bytes")
    return _with(response, COMMON_HEADERS)


def _redirect(stream: Stream) -> Response:
    """To where the file is kept, such as a signed address of a cloud storage.

    :raises NotFound: the address is not a web address
    """
    address = location(stream.url)
    if not address:
        raise NotFound
    return Response(status=302, headers=[("Location", address), *COMMON_HEADERS])


def _picture(link_sudo) -> Response | None:
    """The picture in the size that the text asks for, as core would answer."""
    attachment_sudo = link_sudo.attachment_id
    if link_sudo.kind != "image" or not attachment_sudo:
        return None
    wanted = pictures.parse(link_sudo.url)
    # Its own address may not be enough any more: it is not public for ever.
    if not wanted or not may_load(attachment_sudo, wanted.access_token):
        return None
    # sudo: the token is the right to this one picture, which may be loaded.
    stream = request.env(su=True)["ir.binary"]._get_image_stream_from(
        attachment_sudo,
        width=wanted.width,
        height=wanted.height,
        crop=wanted.crop,
    )
    if stream.type == "url":
        return _redirect(stream)
    if stream.mimetype not in files.INLINE:
        return None
    # Kept by clients as long as before; the pixel beside it is asked for each time.
    response = stream.get_response(
        as_attachment=False,
        immutable=wanted.immutable,
        content_security_policy=SANDBOX,
    )
    if "Content-Disposition" in response.headers:
        name = files.content_disposition(link_sudo.label or "", inline=True)
        response.headers["Content-Disposition"] = name
    return _with(response, COMMON_HEADERS[1:])


def _with(response: Response, headers) -> Response:
    for name, value in headers:
        response.headers[name] = value
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _gone(trace_sudo, link_sudo, asked: bool = False) -> Response:
    """The page for a file that is not served any more, in the recipient's language."""
    # sudo: a view, and the names in it; whoever sees it has the token of the file.
    env = request.env(su=True)
    language = language_of_page(env, trace_sudo.partner_id.lang)
    engagement_sudo = trace_sudo.engagement_id.with_context(lang=language)
    sender = engagement_sudo.user_id.partner_id or engagement_sudo.author_id
    body = env(context={"lang": language})["ir.qweb"]._render(
        "email_engagement.file_gone",
        {
            "state": link_sudo.file_state,
            "file": files.clean_name(link_sudo.label or ""),
            "sender": sender.name or engagement_sudo.company_id.name or "",
            "asked": asked,
        },
    )
    return Response(
        body,
        status=410,
        headers=[*PAGE_HEADERS, *SECURITY_HEADERS],
    )
