from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Whoever comes to the settings decides whom to follow, and finds what is known of
    the rules.
    """

    _inherit = "res.config.settings"

    engagement_policy_chosen = fields.Boolean(
        related="company_id.engagement_policy_chosen"
    )

    engagement_policy_help = fields.Text(compute="_compute_engagement_policy_help")

    def _compute_engagement_policy_help(self):
        policy = self.env["res.company"]._fields["engagement_policy"]
        self.engagement_policy_help = policy._description_help(self.env)

    def action_engagement_keep_policy(self):
        """What is set is what was chosen."""
        self.company_id.engagement_policy_chosen = True
        # The page knows from when it was loaded that it has to ask.
        return {"type": "ir.actions.client", "tag": "reload"}

    def action_engagement_countries(self):
        return self.env["res.country"].action_engagement_known()
