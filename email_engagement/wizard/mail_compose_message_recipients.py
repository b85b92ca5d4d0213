from odoo import api, fields, models


class MailComposeMessage(models.TransientModel):
    """Whom of the recipients an email would be followed for."""

    _inherit = "mail.compose.message"

    engagement_followed_text = fields.Char(compute="_compute_engagement_followed_text")

    @api.depends("partner_ids", "engagement_followed", "engagement_can_follow")
    def _compute_engagement_followed_text(self):
        for composer in self:
            wanted = composer.engagement_followed and composer.engagement_can_follow
            followed = (
                wanted and composer._engagement_recipients().engagement_followed_for()
            )
            composer.engagement_followed_text = followed and followed["text"]

    def _engagement_recipients(self):
        """Hook: the contacts that the composer names; none in mass mode, where each
        record has its own.
        """
        self.ensure_one()
        if self.composition_mode != "comment":
            return self.env["res.partner"]
        return self.partner_ids._origin
