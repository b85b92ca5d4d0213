from odoo import api, models
from odoo.fields import Domain

LINK = "email.engagement.link"


class IrAttachment(models.Model):
    """Followed files belong to a link of the email. Managers see links of emails that
    they may not read: the name of a file and its figures, but not what is in it.
    """

    _inherit = "ir.attachment"

    def _inaccessible_comodel_records(self, model_and_ids, operation):
        yield from super()._inaccessible_comodel_records(model_and_ids, operation)
        ids = [id_ for id_ in model_and_ids.get(LINK, ()) if id_]
        if not ids or self.env.su or not self._engagement_sees_more():
            return
        allowed = set(self.env[LINK]._search(self._engagement_own_files(ids)))
        for id_ in ids:
            if id_ not in allowed:
                yield LINK, id_

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        # Without a condition on the model, Odoo asks the method above.
        if not (self.env.su or bypass_access) and self._engagement_sees_more():
            domain = Domain(domain)
            conditions = domain.iter_conditions()
            if any(condition.field_expr == "res_model" for condition in conditions):
                links = self.env[LINK]._search(self._engagement_own_files())
                domain &= Domain("res_model", "!=", LINK) | Domain(
                    "res_id", "in", links
                )
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model
    def _engagement_sees_more(self) -> bool:
        return self.env["email.engagement"]._engagement_is_manager()

    @api.model
    def _engagement_own_files(self, ids=None) -> Domain:
        """Links with files whose message the user may read."""
        engagements = self.env["email.engagement"]
        domain = Domain("attachment_id", "!=", False)
        if ids is not None:
            domain &= Domain("id", "in", ids)
        return domain & Domain(
            "engagement_id",
            "in",
            engagements._search(engagements._engagement_message_domain()),
        )
