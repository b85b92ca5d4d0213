from datetime import timedelta

from odoo import api, fields, models

WARM = timedelta(days=7)


class CrmLead(models.Model):
    _inherit = "crm.lead"

    engagement_is_warm = fields.Boolean(
        "Warm",
        compute="_compute_engagement_is_warm",
        groups="base.group_user",
        help="Somebody opened, clicked or answered a followed email within the last "
        "seven days. What programs did is left out.",
    )

    @api.depends("engagement_last_event")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_engagement_is_warm(self):
        since = fields.Datetime.now() - WARM
        for lead in self:
            last = lead.engagement_last_event
            lead.engagement_is_warm = bool(last and last >= since)
