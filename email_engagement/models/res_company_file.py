from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

MEGABYTE = 1_000_000


class ResCompany(models.Model):
    _inherit = "res.company"

    engagement_follow_attachments = fields.Boolean(
        "Send Files as Links",
        help="New attachments of followed emails are sent as links, so that you see "
        "who looks at them, unless the writer chooses otherwise.",
    )
    engagement_follow_attachments_above = fields.Float(
        "Large Files",
        default=10,
        help="Larger files (in megabytes) are proposed to be sent as links, which "
        "keeps emails small. 0: none.",
    )
    engagement_expiry_days = fields.Integer(
        "Links to Files End",
        help="Days after which the links to files of an email end. 0: never.",
    )

    @api.constrains("engagement_follow_attachments_above", "engagement_expiry_days")
    def _check_engagement_files(self):
        for company in self:
            if (
                company.engagement_follow_attachments_above < 0
                or not 0 <= company.engagement_expiry_days <= 36500
            ):
                raise ValidationError(
                    self.env._("Sizes and days must be positive, or 0 for none.")
                )

    def _engagement_expiry_date(self) -> date | None:
        """Last day of the links to files of an email that is sent today."""
        days = self.engagement_expiry_days
        return fields.Date.context_today(self) + timedelta(days=days) if days else None

    def _engagement_is_large(self, size: int) -> bool:
        """Whether a file of ``size`` bytes is proposed to be sent as a link."""
        limit = self.engagement_follow_attachments_above * MEGABYTE
        return bool(limit and size > limit)
