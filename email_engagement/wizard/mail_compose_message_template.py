from odoo import fields, models

from ..models.numbers import number
from ..tools import likeness


class MailComposeMessage(models.TransientModel):
    """Which template the email was written with, and whether it still is that one.

    What the template says when it is loaded is kept as a fingerprint. Comparing it
    when the email is sent renders nothing and asks the database for nothing.
    """

    _inherit = "mail.compose.message"

    # The same method, and so the same moment, as the body.
    engagement_template_print = fields.Text(
        compute="_compute_body", store=True, readonly=False, compute_sudo=False
    )

    def _compute_body(self):
        result = super()._compute_body()
        for composer in self:
            composer.engagement_template_print = composer.template_id and (
                likeness.fingerprint(composer.body)
            )
        return result

    def _prepare_mail_values_static(self):
        values = super()._prepare_mail_values_static()
        if values.get("engagement_followed") and self._engagement_is_template():
            values["engagement_template_id"] = self.template_id.id
        return values

    def _engagement_is_template(self) -> bool:
        """Whether enough of the template is left for its figures to be about it."""
        self.ensure_one()
        if not self.template_id:
            return False
        # Without: made by code that gave both a template and a body.
        left = likeness.containment(
            self.engagement_template_print or self._engagement_template_print(),
            self.body,
        )
        threshold = number(self.env, "template_likeness")
        return left is None or 100 * left >= threshold

    def _engagement_template_print(self) -> str:
        if self.composition_mode == "comment" and not self.composition_batch:
            res_ids = self._evaluate_res_ids() or [0]
            rendered = self.template_id._generate_template(res_ids[:1], {"body_html"})
            return likeness.fingerprint(rendered[res_ids[0]]["body_html"])
        return likeness.fingerprint(self.template_id.body_html)
