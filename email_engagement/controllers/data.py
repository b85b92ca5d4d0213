"""Data about a contact, for administrators."""

from odoo import http
from odoo.http import request

from .preference import data_response


class DataController(http.Controller):
    @http.route(
        "/email_engagement/data/<int:company_id>/<int:partner_id>.<string:extension>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def engagement_data(self, company_id, partner_id, extension):
        """All that one of the user's companies knows about a contact."""
        if extension not in ("json", "csv"):
            raise request.not_found()
        request.update_context(allowed_company_ids=[company_id])
        company = request.env.company  # AccessError if it is none of the user's
        partner = request.env["res.partner"].browse(partner_id).exists()
        if not partner:
            raise request.not_found()
        partner._check_engagement_administrator("read")
        # sudo: administrators answer to people who ask what is known about them, in
        # whatever emails that is; they see those of the companies they work in.
        privacy_sudo = request.env["email.engagement.privacy"].sudo()
        data = privacy_sudo._export(
            partner, privacy_sudo._addresses_of(partner), company=company
        )
        return data_response(request.env, data, extension)
