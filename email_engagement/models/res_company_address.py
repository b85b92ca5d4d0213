from odoo import fields, models

from .res_company import INTERNAL


class ResCompany(models.Model):
    """Under which addresses recipients reach the company's emails, and whether they
    do.
    """

    _inherit = "res.company"

    engagement_check_date = fields.Datetime("Set-up Checked On", groups=INTERNAL)
    engagement_check_level = fields.Selection(
        [("ok", "In order"), ("warning", "Warnings"), ("error", "Errors")],
        "Result of the Check",
        groups=INTERNAL,
    )
    engagement_named_urls = fields.Char(
        "Addresses with a Database",
        groups=INTERNAL,
        help="Addresses, separated by blanks, that led here at the last check although "
        "Odoo's configuration does not say so: a proxy names the database.",
    )

    def _engagement_base_urls(self) -> list[str]:
        """All addresses that links of this company's emails may begin with, without a
        slash at the end and the most usual one first: its tracking domain, else its
        own and those of its websites.
        """
        self.ensure_one()
        if self.engagement_base_url:
            return [self.engagement_base_url.rstrip("/")]
        urls = [self.get_base_url()]
        if "website" in self.env:
            # sudo: their domains only; recipients see these.
            websites_sudo = self.env["website"].sudo()
            websites_sudo = websites_sudo.search([("company_id", "=", self.id)])
            urls += [website.get_base_url() for website in websites_sudo]
        return list(dict.fromkeys(url.rstrip("/") for url in urls if url))
