from odoo import api, fields, models

from ..models.email_engagement_permission import followed_text


class MailComposeMessage(models.TransientModel):
    """Whom of the recipients an email would be followed for."""

    _inherit = "mail.compose.message"

    engagement_followed_text = fields.Char(compute="_compute_engagement_followed_text")

    @api.depends("partner_ids", "engagement_followed", "engagement_can_follow")
    def _compute_engagement_followed_text(self):
        for composer in self:
            # Whom the writer may not read, he learns nothing about here.
            recipients = composer._engagement_recipients()._filtered_access("read")
            wanted = composer.engagement_followed and composer.engagement_can_follow
            preferences = wanted and recipients.engagement_preferences()
            composer.engagement_followed_text = wanted and followed_text(
                self.env,
                total=len(preferences),
                apart=[row["followed"] for row in preferences if row["reason"]],
            )

    def _engagement_recipients(self):
        """Hook: the contacts that the composer names; none in mass mode, where each
        record has its own.
        """
        self.ensure_one()
        if self.composition_mode != "comment":
            return self.env["res.partner"]
        return self.partner_ids._origin
