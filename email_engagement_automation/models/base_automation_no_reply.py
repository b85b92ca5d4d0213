from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base_automation.models.base_automation import DATE_RANGE

from .base_automation import CONTACT

NO_REPLY = "on_email_no_reply"
# Delivered, and not answered.
UNANSWERED = ("sent", "opened", "clicked")


class BaseAutomation(models.Model):
    """Rules that start when an email has had no reply for some time.

    ``engagement_until`` is how far a rule has come in the emails' dates: each email is
    looked at once, when its time is over, whatever happens to the rule's delay.
    """

    _inherit = "base.automation"

    trigger = fields.Selection(
        selection_add=[(NO_REPLY, "No reply to email after")],
        ondelete={NO_REPLY: "cascade"},
    )
    engagement_until = fields.Datetime(
        "Emails Done",
        readonly=True,
        copy=False,
        help="Emails sent before are done. Those that had no reply when the rule was "
        "switched on are not caught up on.",
    )

    @api.constrains("trigger", "trg_date_range")
    def _check_engagement_delay(self):
        for rule in self:
            if rule.trigger == NO_REPLY and rule.trg_date_range <= 0:
                raise ValidationError(
                    self.env._("Say how long the rule waits for a reply.")
                )

    def _engagement_is_trigger(self) -> bool:
        return super()._engagement_is_trigger() or self.trigger == NO_REPLY

    @api.depends("trigger")
    def _compute_trg_date_range_data(self):
        """Odoo's own delay, which it empties for triggers that it does not know."""
        ours = self.filtered(lambda rule: rule.trigger == NO_REPLY)
        others = super(BaseAutomation, self - ours)
        result = others._compute_trg_date_range_data()
        for rule in ours:
            rule.trg_date_range = rule.trg_date_range or 3
            rule.trg_date_range_type = rule.trg_date_range_type or "day"
            rule.trg_date_range_mode = "after"
        return result

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._engagement_begin()
        return rules

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") or {"trigger", "model_id"} & vals.keys():
            self._engagement_begin()
        return result

    def _engagement_begin(self):
        for rule in self.filtered(lambda rule: rule.trigger == NO_REPLY):
            rule.engagement_until = rule._engagement_term()

    def _engagement_term(self):
        """Emails sent before have waited long enough."""
        self.ensure_one()
        delay = DATE_RANGE[self.trg_date_range_type] * self.trg_date_range
        return fields.Datetime.now() - delay

    @api.model
    def _engagement_run_no_reply(self):
        """Cron: start the rules for emails whose time has passed since the last run."""
        for rule in self._engagement_rules([NO_REPLY]):
            term = rule._engagement_term()
            if term > rule.engagement_until:
                for engagement, records in rule._engagement_unanswered(term):
                    for record in records:
                        rule.with_context(engagement_id=engagement.id)._engagement_run(
                            record
                        )
                rule.engagement_until = term
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _engagement_unanswered(self, term):
        """The emails without a reply whose time has passed since the last run, each
        with the record that the rule is about.

        Answers are recorded of who has refused to be followed, too, but not in a
        company that has switched everything off, nor when the email is closed.
        """
        self.ensure_one()
        period = [
            ("date", ">=", self.engagement_until),
            ("date", "<", term),
            ("is_closed", "=", False),
        ]
        if self.model_name == CONTACT:
            copies = self.env["email.engagement.trace"].search(
                [
                    ("engagement_id", "any", period),
                    ("state", "=", "sent"),
                    ("reply_count", "=", 0),
                    ("partner_id", "!=", False),
                    ("is_anonymous", "=", False),
                ],
                order="id",
            )
            for trace in copies.filtered(lambda t: t.engagement_id._records_incoming()):
                yield trace.engagement_id, trace.partner_id
            return
        engagements = self.env["email.engagement"].search(
            [
                *period,
                ("model", "=", self.model_name),
                ("status", "in", UNANSWERED),
            ],
            order="date, id",
        )
        for engagement in engagements.filtered(lambda e: e._records_incoming()):
            yield engagement, engagement._engagement_record()
