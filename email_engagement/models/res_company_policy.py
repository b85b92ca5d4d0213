from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .email_engagement_policy import POLICY
from .res_company import INTERNAL

# What is in ``email.engagement.policy``'s caches.
CACHED = {
    "engagement_policy",
    "engagement_policy_opens",
    "engagement_policy_clicks",
    "engagement_honour_opt_out",
}


class ResCompany(models.Model):
    """Whom a company follows, for how long, and what it tells them."""

    _inherit = "res.company"

    engagement_policy = fields.Selection(
        POLICY,
        "Follow Recipients",
        default="unless_refused",
        required=True,
        groups=INTERNAL,
        help="Off: nothing is followed, and nothing that comes in is recorded; what "
        "was recorded before comes back when it is switched on again.\n"
        "Anonymous: one pixel and one set of links per email. Totals only: no person, "
        "no address, no device.\n"
        "Only with consent: recipients who have agreed.\n"
        "Unless refused: recipients who have not refused.",
    )
    engagement_policy_chosen = fields.Boolean(
        "Policy Was Chosen",
        groups=INTERNAL,
        help="Somebody has decided whom to follow. Until then administrators are "
        "asked.",
    )
    engagement_policy_opens = fields.Boolean("Opens", default=True, groups=INTERNAL)
    engagement_policy_clicks = fields.Boolean(
        "Clicks and files", default=True, groups=INTERNAL
    )
    engagement_country_ids = fields.One2many(
        "email.engagement.policy.country",
        "company_id",
        "Other Countries",
        groups=INTERNAL,
    )
    engagement_line = fields.Char(
        "Last Line",
        translate=True,
        help="What the last line of followed emails says before the link to the page "
        "on which recipients decide. Empty: a text in the recipient's language.",
    )
    engagement_honour_opt_out = fields.Boolean(
        "Honour “Do Not Track”",
        help="Record nothing that comes from a client which sends Do Not Track or "
        "Global Privacy Control.",
        groups=INTERNAL,
    )
    engagement_keep_events = fields.Integer(
        "Keep Timelines",
        default=395,
        help="Days after sending for which opens and clicks are recorded. Then the "
        "timeline is deleted and the figures stay. 0: for ever.",
        groups=INTERNAL,
    )
    engagement_keep_engagements = fields.Integer(
        "Keep Figures",
        default=1095,
        help="Days after sending after which all that is known about an email and its "
        "recipients is deleted; templates keep their totals. 0: never.",
        groups=INTERNAL,
    )

    @api.constrains("engagement_keep_events", "engagement_keep_engagements")
    def _check_engagement_retention(self):
        for company in self:
            if company.engagement_keep_events < 0 or (
                company.engagement_keep_engagements < 0
            ):
                raise ValidationError(
                    self.env._("Days to keep something cannot be negative.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(
            [
                {"engagement_policy_chosen": True, **vals}
                if "engagement_policy" in vals
                else vals
                for vals in vals_list
            ]
        )
        self.env.registry.clear_cache()
        return companies

    def write(self, vals):
        if "engagement_policy" in vals:
            vals = {"engagement_policy_chosen": True, **vals}
        result = super().write(vals)
        if vals.get("engagement_policy_chosen"):
            self._engagement_asked()
        if CACHED & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        """The followed emails go with the company that has sent them: they are nobody
        else's, and nobody would be left to say how long they are kept.
        """
        self.check_access("unlink")
        # sudo: who may delete a company need not see all of its emails.
        self.env["email.engagement"].sudo().search(
            [("company_id", "in", self.ids)]
        ).unlink()
        return super().unlink()

    def _engagement_asked(self):
        """Once somebody has chosen, Odoo need not open the settings any more, as it
        does after the next installation of whatever addon.
        """
        todo = self.env.ref("email_engagement.todo_policy", raise_if_not_found=False)
        if todo:
            # sudo: of Odoo's administrators; who writes a policy need not be one.
            todo.sudo().state = "done"

    def _engagement_is_on(self) -> bool:
        """Whether new emails of this company can be followed at all."""
        self.ensure_one()
        # sudo: whoever writes an email, whatever he may read.
        company_sudo = self.sudo()
        return company_sudo.engagement_policy != "off" and (
            company_sudo.engagement_policy_opens
            or company_sudo.engagement_policy_clicks
        )

    def _engagement_is_default(self) -> bool:
        """Whether new emails of this company are followed unless somebody says
        otherwise.
        """
        # sudo: as above
        return self._engagement_is_on() and self.sudo().engagement_follow_default
