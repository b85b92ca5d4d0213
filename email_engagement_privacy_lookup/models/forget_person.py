"""Taking a person out of one record, found by Odoo's privacy lookup.

``_engagement_forget_person`` returns whether that is all there is to do.
"""

from odoo import models


class EmailEngagementTrace(models.Model):
    _inherit = "email.engagement.trace"

    def _engagement_forget_person(self, email) -> bool:
        privacy = self.env["email.engagement.privacy"]
        addresses = privacy._addresses_of(self.partner_id, [email])
        if self.env["email.engagement.page"]._is_shared(self):
            privacy._leave_shared(self, addresses)
        else:
            engagement = self.engagement_id
            privacy._anonymise(self)
            privacy._forget_texts(engagement, addresses)
        return True


class EmailEngagement(models.Model):
    _inherit = "email.engagement"

    def _engagement_forget_person(self, email) -> bool:
        """Found by its author: without the author it is nobody's."""
        self.write({"author_id": False, "user_id": False})
        return True


class EmailEngagementConsent(models.Model):
    _inherit = "email.engagement.consent"

    def _engagement_forget_person(self, email) -> bool:
        privacy = self.env["email.engagement.privacy"]
        privacy._forget_decisions(
            self.partner_id, privacy._addresses_of(self.partner_id, [email])
        )
        return True


class EmailEngagementPreference(models.Model):
    _inherit = "email.engagement.preference"

    def _engagement_forget_person(self, email) -> bool:
        """The keyed hash stays: what was refused is to stay refused."""
        privacy = self.env["email.engagement.privacy"]
        privacy._forget_decisions(
            self.env["res.partner"], privacy._addresses_of(self.partner_id, [email])
        )
        return True
