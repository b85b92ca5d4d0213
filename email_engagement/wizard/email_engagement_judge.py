from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError


class EmailEngagementJudge(models.TransientModel):
    """Apply the current rules to a period that is past."""

    _name = "email.engagement.judge"
    _description = "Judge Interactions Again"

    date_from = fields.Datetime(
        "From",
        required=True,
        default=lambda self: fields.Datetime.now() - timedelta(days=7),
    )
    date_to = fields.Datetime("To", required=True, default=fields.Datetime.now)

    def action_judge(self):
        self.ensure_one()
        self.check_access("write")
        if self.date_from >= self.date_to:
            raise UserError(self.env._("The period ends before it begins."))
        # sudo: only administrators have access to this wizard, and only the company
        # they work in is judged; traces are nobody's to write.
        events_sudo = self.env["email.engagement.event"].sudo()
        judged, changed = events_sudo._judge_again(
            self.date_from, self.date_to, company=self.env.company
        )
        if judged:
            message = self.env._(
                "%(judged)s interactions were judged again, "
                "%(changed)s of them got another verdict.",
                judged=judged,
                changed=changed,
            )
        else:
            message = self.env._(
                "There was nothing to judge: raw requests are kept from the moment "
                "on at which “Keep Raw Requests” is switched on in the settings."
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if judged else "warning",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
