from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import link_text

#: Condition on ``link``: its file is served, which makes it *available*
#: (``email.engagement.link.file_state``).
SERVED = SQL(
    """(
        link.kind = 'file' AND link.attachment_id IS NOT NULL
        AND link.revoked IS NOT TRUE
        AND (link.expires_on IS NULL OR link.expires_on > now() AT TIME ZONE 'UTC')
    )"""
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
    shown_url = fields.Char("Address", compute="_compute_shown_url")
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
    @api.depends_context("uid")
    def _compute_shown_url(self):
        """Without the secrets in it; for managers who may not read the message its
        host only, since a path may be a secret as well.
        """
        readable = self.engagement_id._engagement_with_text()
        # sudo: whole addresses are for administrators.
        for link, link_sudo in zip(self, self.sudo(), strict=True):
            link.shown_url = link_text.shown(
                link_sudo.url or "", link.engagement_id in readable
            )

    @api.depends_context("lang")
    @api.depends("label", "url")
    def _compute_display_name(self):
        """Not by its address: names of related records are read as superuser."""
        for link, link_sudo in zip(self, self.sudo(), strict=True):  # sudo: as above
            link.display_name = (
                link.label or link_text.host(link_sudo.url or "") or self.env._("Link")
            )
