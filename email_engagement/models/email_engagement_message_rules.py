from odoo import api, models
from odoo.fields import Domain

HOOK = "_mail_get_operation_for_mail_message_operation"
#: Addons of Odoo whose override of HOOK says nothing about reading: who may read the
#: record may read its messages.
AS_THE_RECORD = ("mail", "event", "website_forum", "website_crm_partner_assign")


class EmailEngagementReadableRoot(models.AbstractModel):
    """Models with rules of their own about their messages.

    In general these are Python, and all records with followed emails have to be read
    to ask it. Those of Odoo's own addons are known, so that nothing has to be read.
    """

    _inherit = "email.engagement.readable.root"

    @api.model
    def _has_message_rules(self, model_name: str) -> bool:
        """Whether reading a record of the model is not enough to read its messages,
        as with private meetings.
        """
        known = self._engagement_known_rules(model_name)
        return known is None or not known.is_true()

    @api.model
    def _engagement_checked_domain(self, model_name: str) -> Domain:
        domain = self._engagement_known_rules(model_name)
        if domain is None:
            return super()._engagement_checked_domain(model_name)
        return self._engagement_in_domain(model_name, domain)

    @api.model
    def _engagement_known_rules(self, model_name: str) -> Domain | None:
        """What a readable record has to meet, so that its messages are readable, too;
        None if it takes Python to know.
        """
        addons = {
            each.__module__.removeprefix("odoo.addons.").partition(".")[0]
            for each in type(self.env[model_name]).mro()
            if HOOK in vars(each)
        }
        addons.difference_update(AS_THE_RECORD)
        if not addons:
            return Domain.TRUE
        if addons == {"calendar"} and model_name == "calendar.event":
            return self._engagement_meeting_domain()
        return None

    @api.model
    def _engagement_meeting_domain(self) -> Domain:
        """Private meetings only for who attends or may write them, see the method in
        ``calendar.event`` that HOOK names.
        """
        partner = self.env.user.partner_id
        domain = Domain("privacy", "!=", "private") | Domain(
            "attendee_ids.partner_id", "=", partner.id
        )
        if self.env["calendar.event"].has_access("write"):
            domain |= self.env["ir.rule"]._compute_domain("calendar.event", "write")
        return domain
