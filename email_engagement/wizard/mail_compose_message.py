from odoo import api, fields, models


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    engagement_followed = fields.Boolean(
        "Follow",
        compute="_compute_engagement_followed",
        readonly=False,
        store=True,
        help="See when your customers open this email and click its links. "
        "Colleagues are never followed.",
    )
    engagement_can_follow = fields.Boolean(
        compute="_compute_engagement_can_follow",
        help="Notes are not sent to customers and security emails are never followed.",
    )

    def _engagement_company(self):
        """Whose settings hold: those of the record's company, as when it is sent."""
        return self.record_company_id or self.env.company

    @api.depends("template_id", "subtype_is_log", "record_company_id")
    def _compute_engagement_can_follow(self):
        for composer in self:
            template = composer.template_id
            composer.engagement_can_follow = composer._engagement_is_followable() and (
                not template or not template._engagement_is_security()
            )

    def _engagement_is_followable(self) -> bool:
        """Hook: whether emails of this composer can be followed at all. Those of
        a mass mailing have their own statistics.
        """
        self.ensure_one()
        is_on = self._engagement_company()._engagement_is_on()
        return is_on and not self.subtype_is_log and not self._engagement_is_mailing()

    def _engagement_is_mailing(self) -> bool:
        """Whether this is how ``mass_mailing`` sends one of its own."""
        return bool(
            ("mass_mailing_id" in self._fields and self.mass_mailing_id)
            or self.env.context.get("mailing_document_based")
        )

    @api.depends("subtype_is_log", "record_company_id")
    def _compute_engagement_followed(self):
        for composer in self:
            default = composer._engagement_company()._engagement_is_default()
            composer.engagement_followed = (
                composer.engagement_can_follow
                and composer._engagement_of_template(default)
            )

    @api.onchange("template_id")
    def _onchange_template_engagement(self):
        """A template with an opinion decides; another leaves the writer's choice."""
        self.engagement_followed = (
            self.engagement_can_follow
            and self._engagement_of_template(self.engagement_followed)
        )

    def _engagement_of_template(self, otherwise: bool) -> bool:
        self.ensure_one()
        follow = self.template_id.engagement_follow
        return {"always": True, "never": False}.get(follow, otherwise)

    def _prepare_mail_values_static(self):
        values = super()._prepare_mail_values_static()
        values["engagement_followed"] = (
            self.engagement_followed and self.engagement_can_follow
        )
        return values
