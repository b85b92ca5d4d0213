from odoo import api, fields, models


class MailComposeMessage(models.TransientModel):
    """Whom of the recipients an email would be followed for."""

    _inherit = "mail.compose.message"

    engagement_followed_text = fields.Char(compute="_compute_engagement_followed_text")

    @api.depends("partner_ids", "engagement_followed", "engagement_can_follow")
    def _compute_engagement_followed_text(self):
        for composer in self:
            recipients = composer._engagement_recipients()
            wanted = composer.engagement_followed and composer.engagement_can_follow
            preferences = wanted and recipients.engagement_preferences()
            apart = [row for row in preferences or () if row["reason"]]
            composer.engagement_followed_text = bool(apart) and self.env._(
                "Followed for %(followed)s of %(total)s",
                followed=len(preferences) - len(apart),
                total=len(preferences),
            )

    def _engagement_recipients(self):
        """Hook: the contacts that the composer names; none in mass mode, where each
        record has its own.
        """
        self.ensure_one()
        if self.composition_mode != "comment":
            return self.env["res.partner"]
        return self.partner_ids._origin
