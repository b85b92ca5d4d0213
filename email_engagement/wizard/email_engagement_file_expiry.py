from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.email_engagement_file import end_of, last_day


class EmailEngagementFileExpiry(models.TransientModel):
    """Change until when the links to files of an email work that was sent."""

    _name = "email.engagement.file.expiry"
    _description = "Change When Links to Files End"

    engagement_id = fields.Many2one("email.engagement")
    link_ids = fields.Many2many(
        "email.engagement.link",
        relation="email_engagement_file_expiry_link_rel",
        string="Files",
        required=True,
    )
    expire_on = fields.Date(
        "Links to Files End On",
        help="Last day on which recipients can open the files; empty: no end.",
    )

    def action_apply(self):
        self.ensure_one()
        links = self.link_ids.filtered(lambda link: link.kind == "file")
        links.engagement_id._check_may_manage_files()
        if self.expire_on and self.expire_on < fields.Date.context_today(self):
            raise UserError(
                self.env._("This day is over. To have links end now, revoke them.")
            )
        # sudo: nobody writes links; who may manage these was checked.
        links.sudo().expires_on = end_of(self.expire_on, self.env.tz)
        return {"type": "ir.actions.act_window_close"}


class EmailEngagementLink(models.Model):
    _inherit = "email.engagement.link"

    last_day = fields.Date("Ends", compute="_compute_last_day")

    @api.depends_context("tz")
    @api.depends("expires_on")
    def _compute_last_day(self):
        for link in self:
            link.last_day = last_day(link)

    def action_change_expiry(self):
        self.engagement_id._check_may_manage_files()
        days = set(self.mapped("last_day"))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change When Links End"),
            "res_model": "email.engagement.file.expiry",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_engagement_id": self.engagement_id.id,
                "default_link_ids": self.ids,
                "default_expire_on": days.pop() if len(days) == 1 else False,
            },
        }


class EmailEngagement(models.Model):
    _inherit = "email.engagement"

    def action_change_file_expiry(self):
        return self.file_ids.filtered("attachment_id").action_change_expiry()
