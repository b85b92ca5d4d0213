from urllib.parse import quote

from odoo import api, models
from odoo.tools import hash_sign, verify_hash_signed
from odoo.tools.urls import urljoin

SCOPE = "email_engagement_portal-address"
HOURS = 24  # for which a link in a confirmation holds
DAY = 24 * 3600
# Confirmations that are sent: users enter whatever address they like, and then it is a
# stranger who gets them.
PER_MINUTE = 1  # of one user
PER_DAY = 5  # of one user
PER_ADDRESS = 3  # in a day, whoever asks


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
    def _send_proof(self, user) -> str:
        """Send the link to the address of the user's contact, by the queue of emails.

        :return: ``sent``, or why not: ``address`` (there is none), ``minute`` or
            ``day`` (enough for now, or for today)
        """
        address = user.partner_id.email_normalized
        if not address:
            return "address"
        if bound := self._bound_of_proofs(user, address):
            return bound
        proof = hash_sign(self.env, SCOPE, [user.id, address], expiration_hours=HOURS)
        path = f"/my/email-privacy?proof={quote(proof)}"
        company = user.company_id
        mail = self.env["mail.mail"].create(
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
        )
        mail._engagement_send_soon()
        return "sent"

    @api.model
    def _bound_of_proofs(self, user, address: str) -> str | None:
        """The bound that a further confirmation would pass, if any."""
        take = self.env["email.engagement.bound"]._take
        # In this order: what is not sent does not count for what comes behind it.
        if not take(user.id, PER_MINUTE, 60):
            return "minute"
        if not take(user.id, PER_DAY, DAY) or not take(address, PER_ADDRESS, DAY):
            return "day"
        return None
