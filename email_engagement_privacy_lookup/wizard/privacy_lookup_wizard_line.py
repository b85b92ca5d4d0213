from odoo import models


class PrivacyLookupWizardLine(models.TransientModel):
    """What is found of a person is forgotten, and counts on in the totals."""

    _inherit = "privacy.lookup.wizard.line"

    def action_unlink(self):
        self.ensure_one()
        if self.is_unlinked or not self._engagement_forget():
            return super().action_unlink()
        self.execution_details = self.env._(
            "Anonymized %(model)s #%(id)s", model=self.res_model_id.name, id=self.res_id
        )
        self.is_unlinked = True
        return None

    def _engagement_forget(self) -> bool:
        """Take the person out of one of our records.

        :return: whether it is one, that is dealt with
        """
        self.ensure_one()
        model = self.res_model or ""
        if not model.startswith("email.engagement"):
            return False
        # sudo: as Odoo's own method, for administrators who have no other access to
        # what is recorded.
        record_sudo = self.env[model].sudo().browse(self.res_id)
        forget = getattr(record_sudo, "_engagement_forget_person", None)
        return bool(forget and forget(self.wizard_id.email))
