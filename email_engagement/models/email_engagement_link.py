import re

from odoo import api, fields, models

SECRETS = re.compile(
    r"(?i)([?&#][a-z_]*(?:token|hash|pid|signature|otp|ticket|key)=)[^&#]*"
)


class EmailEngagementLink(models.Model):
    """One followed target in a followed email: a web address or a file."""

    _name = "email.engagement.link"
    _inherit = ["email.engagement.part"]
    _description = "Followed Link"
    _order = "engagement_id, sequence, id"
    _rec_name = "label"

    sequence = fields.Integer(default=1)
    label = fields.Char("Text")
    url = fields.Char("Target", groups="email_engagement.group_administrator")
    shown_url = fields.Char("Address", compute="_compute_shown_url", compute_sudo=True)
    attachment_id = fields.Many2one(
        "ir.attachment", "File", ondelete="set null", index="btree_not_null"
    )
    click_count = fields.Integer("Clicks", compute="_compute_click_count")
    expires_on = fields.Datetime()
    revoked = fields.Boolean()

    @api.depends("engagement_id.event_ids.counted")
    def _compute_click_count(self):
        counts = dict(
            self.env["email.engagement.event"]._read_group(
                [("link_id", "in", self.ids), ("counted", "=", True)],
                ["link_id"],
                ["__count"],
            )
        )
        for link in self:
            link.click_count = counts.get(link, 0)

    @api.depends("url")
    def _compute_shown_url(self):
        """Without the secrets in it: who holds a portal link can act as the customer
        it was made for.
        """
        for link in self:
            link.shown_url = SECRETS.sub(r"\1…", link.url or "")

    @api.depends("label", "shown_url")
    def _compute_display_name(self):
        for link in self:
            link.display_name = link.label or link.shown_url or self.env._("Link")
