from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the composers what each company's setting says, so that they can show
        it before anything is sent.
        """
        info = super().session_info()
        companies = info.get("user_companies", {}).get("allowed_companies", {})
        # sudo: these are the user's own companies, whatever a rule says about them.
        for company_sudo in self.env["res.company"].browse(companies).sudo():
            companies[company_sudo.id]["engagement_follow_default"] = (
                company_sudo.engagement_follow_default
            )
        return info
