from urllib.parse import urlencode

from odoo import SUPERUSER_ID
from odoo.http import request, route

from odoo.addons.email_engagement.controllers.preference import DONE, data_response
from odoo.addons.email_engagement.models.email_engagement_page import DECISIONS, mask
from odoo.addons.portal.controllers.portal import CustomerPortal


class EmailPrivacyPortal(CustomerPortal):
    """The recipient's page for who is logged in: about all of the contact's emails,
    since here it is known who asks.
    """

    @route("/my/email-privacy", type="http", auth="user", website=True)
    def portal_my_email_privacy(self, done=None, proof=None, sent=None, **_query):
        partner, emails, page = self._engagement_page(proof)
        values = self._prepare_portal_layout_values()
        # sudo: the name and the policy of the company, which contacts do not read.
        company_sudo = request.env.company.sudo()
        values.update(page._values(company_sudo, partner, emails))
        values.update(
            {
                "done": done if done in DONE else False,
                "action_url": self._engagement_url("/decide", proof=emails and proof),
                "to_confirm": not emails and mask(partner.email_normalized or ""),
                "sent": sent,
                "csrf_token": request.csrf_token(),
                "page_name": "email_privacy",
            }
        )
        return request.render("email_engagement_portal.portal_my_email_privacy", values)

    @route(
        "/my/email-privacy/decide",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_my_email_privacy_decide(self, action="", wording="", proof=None, **form):
        partner, emails, page = self._engagement_page(proof)
        privacy = page.env["email.engagement.privacy"]
        if action in ("json", "csv"):
            data = privacy._export(partner, emails, own_only=True)
            return data_response(page.env, data, action)
        if action == "confirm":
            sent = page._send_proof(request.env.user.with_env(page.env))
            return request.redirect(self._engagement_url(sent=sent))
        if action == "delete":
            done = "deleted" if form.get("confirm") else "unconfirmed"
            if done == "deleted":
                privacy._erase(partner, emails, own_only=True)
        elif action in DECISIONS:
            company = request.env.company.with_env(page.env)
            done = page._decide(action, wording, company, partner, emails, "portal")
        else:
            raise request.not_found()
        url = self._engagement_url(done=done, proof=emails and proof)
        return request.redirect(url)

    def _engagement_url(self, path="", **query) -> str:
        query = urlencode({key: value for key, value in query.items() if value})
        return f"/my/email-privacy{path}" + (f"?{query}" if query else "")

    def _engagement_page(self, proof):
        """The logged-in contact, its addresses, and the page as superuser: contacts
        have no access to what is recorded, and only their own is asked for.

        The addresses are those that were confirmed. That of the contact proves
        nothing: portal users enter there what they like.
        """
        env = request.env(user=SUPERUSER_ID)
        user = request.env.user.with_env(env)
        page = env["email.engagement.page"]
        address = page._proven_address(user, proof)
        return user.partner_id, [address] if address else [], page
