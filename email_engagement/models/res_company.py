from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import networks
from ..tools.urls import is_safe_target

# Customers in the portal read their company; how it tells machines from people, and
# whom it follows, is none of their business.
INTERNAL = "base.group_user"


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
    engagement_own_networks = fields.Text(
        "Our Own Networks",
        help="Addresses or networks of your offices, one per line. What is opened "
        "or clicked from there is a colleague's doing and never counts.",
        groups=INTERNAL,
    )
    engagement_scanner_networks = fields.Text(
        "Mail Gateways",
        help="Addresses or networks of mail security gateways, one per line, in "
        "addition to those of Microsoft and Barracuda that are known already. "
        "Links followed from there are a scanner's doing and never count.",
        groups=INTERNAL,
    )
    engagement_keep_raw = fields.Boolean(
        "Keep Raw Requests",
        help="Keep address and program of each interaction, so that it can be judged "
        "again when the rules change. Otherwise both are gone within seconds.",
        groups=INTERNAL,
    )

    @api.constrains("engagement_own_networks", "engagement_scanner_networks")
    def _check_engagement_networks(self):
        for company in self:
            for name in ("engagement_own_networks", "engagement_scanner_networks"):
                company._check_networks_of(name)

    def _check_networks_of(self, name):
        try:
            networks.parse(self[name] or "")
        except networks.NetworkListError as error:
            raise ValidationError(
                self.env._(
                    "%(field)s, line %(line)s: “%(text)s” is neither an address nor "
                    "a network such as 192.0.2.0/24.",
                    field=self._fields[name]._description_string(self.env),
                    line=error.line,
                    text=error.text,
                )
            ) from None

    @api.constrains("engagement_base_url")
    def _check_engagement_base_url(self):
        for company in self.filtered("engagement_base_url"):
            url = company.engagement_base_url.rstrip("/")
            has_more = url.count("/") != 2 or "?" in url or "#" in url
            if has_more or not is_safe_target(url):
                raise ValidationError(
                    self.env._(
                        "“%s” is not an address that links can start with. "
                        "Enter scheme and host only, such as "
                        "https://mail.example.com",
                        company.engagement_base_url,
                    )
                )
