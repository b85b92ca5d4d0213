import time
from urllib.parse import quote

from odoo import api, models
from odoo.tools import hash_sign, verify_hash_signed
from odoo.tools.urls import urljoin

from odoo.addons.email_engagement.tools.limiter import Limiter

SCOPE = "email_engagement_portal-address"
HOURS = 24  # for which a link in a confirmation holds
PER_MINUTE = 1  # confirmations that one user gets sent

_limiter = Limiter()


class EmailEngagementPage(models.AbstractModel):
    """Who is logged in, and decides for an address, has to show that it is his.

    What stands on the contact shows nothing: portal users enter there what they like,
    and then it is where emails to them go. The proof is a link that was sent to the
    address; nothing of it is stored.
    """

    _inherit = "email.engagement.page"

    @api.model
    def _proven_address(self, user, proof: str | None) -> str | None:
        """The normalized address that ``proof`` shows to be this user's."""
        try:
            values = verify_hash_signed(self.env, SCOPE, proof) if proof else None
        except (ValueError, AttributeError):
            return None  # not one of ours
        if not values or values[0] != user.id:
            return None
        return values[1]

    @api.model
    def _send_proof(self, user) -> bool:
        """Send the link to the address of the user's contact.

        :return: whether it is on its way
        """
        address = user.partner_id.email_normalized
        key = self.env.cr.dbname, user.id
        if not address or not _limiter.allow(key, PER_MINUTE, time.time()):
            return False
        proof = hash_sign(self.env, SCOPE, [user.id, address], expiration_hours=HOURS)
        path = f"/my/email-privacy?proof={quote(proof)}"
        company = user.company_id
        self.env["mail.mail"].create(
            {
                "subject": self.env._("Is this your address?"),
                "body_html": self.env["ir.qweb"]._render(
                    "email_engagement_portal.address_proof",
                    {
                        "user": user,
                        "company": company,
                        "url": urljoin(self.get_base_url(), path),
                    },
                ),
                "email_from": company.email_formatted or user.email_formatted,
                "email_to": address,
                "auto_delete": True,
            }
        ).send()
        return True
