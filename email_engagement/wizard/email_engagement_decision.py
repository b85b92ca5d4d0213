from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.mail import email_normalize

from ..models.email_engagement_consent import STATE


class EmailEngagementDecision(models.TransientModel):
    """Enter what somebody has decided, and how one knows."""

    _name = "email.engagement.decision"
    _description = "Enter a Decision About Following Emails"

    partner_id = fields.Many2one("res.partner", "Contact")
    email = fields.Char("Address", help="Of somebody who is no contact.")
    # Stored fields are computed as superuser otherwise, who may read everything.
    opens = fields.Selection(
        STATE,
        compute="_compute_states",
        compute_sudo=False,
        store=True,
        readonly=False,
        required=True,
    )
    clicks = fields.Selection(
        STATE,
        "Clicks and files",
        compute="_compute_states",
        compute_sudo=False,
        store=True,
        readonly=False,
        required=True,
    )
    reason = fields.Char(
        "How You Know",
        required=True,
        help="When and how it was said, such as “by telephone on 3 May”: this is the "
        "proof that you can show.",
    )

    @api.depends("partner_id", "email")
    def _compute_states(self):
        for decision in self:
            state = decision._current_states()
            decision.opens = state["opens"]
            decision.clicks = state["clicks"]

    def _current_states(self) -> dict[str, str]:
        """What holds now: of contacts for whoever may read them, of addresses for
        administrators. Users could ask for any address otherwise.
        """
        partner = self.partner_id._origin  # in a form that is not saved yet
        if partner:
            partner.check_access("read")
        elif self.email:
            self.env["email.engagement"]._check_administrator()
        email = email_normalize((partner.email if partner else self.email) or "")
        return self.env["email.engagement.policy"]._states(
            [(partner.id or None, [email] if email else [])], self.env.company
        )[0]

    def action_apply(self):
        self.ensure_one()
        kinds = {"opens": self.opens, "clicks": self.clicks}
        before = self._current_states()
        # What stays as it is was not decided now, unless all of it was said again.
        changed = {kind: kinds[kind] for kind in kinds if kinds[kind] != before[kind]}
        kinds = changed or kinds
        if self.partner_id:
            self.partner_id._engagement_decide(kinds, "user", self.reason)
        else:
            self._decide_for_address(kinds)
        self.email = False  # nothing of the person is to stay here
        return {"type": "ir.actions.act_window_close"}

    def _decide_for_address(self, kinds):
        self.env["email.engagement"]._check_administrator()
        email = email_normalize(self.email or "")
        if not email:
            raise ValidationError(self.env._("Enter a contact or one address."))
        # sudo: the log is written by nobody directly.
        self.env["email.engagement.consent"].sudo()._decide(
            kinds,
            "user",
            emails=[email],
            company=self.env.company,
            reason=self.reason,
        )
