from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    engagement_follow_default = fields.Boolean(
        "Follow New Emails",
        default=True,
        help="New emails to customers are followed unless the writer switches it off.",
    )
    engagement_base_url = fields.Char(
        "Tracking Domain",
        help="Address of this Odoo that the links in followed emails point to, such "
        "as https://mail.example.com. Empty: the address of the record's website.",
    )

    @api.constrains("engagement_base_url")
    def _check_engagement_base_url(self):
        for company in self.filtered("engagement_base_url"):
            url = urlsplit(company.engagement_base_url)
            if (
                url.scheme not in ("http", "https")
                or not url.hostname
                or url.query
                or url.fragment
                or url.path.strip("/")
            ):
                raise ValidationError(
                    self.env._(
                        "“%s” is not an address that links can start with. "
                        "Enter scheme and host only, such as "
                        "https://mail.example.com",
                        company.engagement_base_url,
                    )
                )
