from odoo import api, fields, models


class EmailEngagement(models.Model):
    """Which template a followed email was written with.

    The name is kept beside it: figures of a template outlive it in reports.
    """

    _inherit = "email.engagement"

    template_name = fields.Char(
        readonly=True,
        help="As it was when the email was sent; kept when the template is deleted.",
    )

    # Serves four: what a template sent on one day (its figures), its followed emails,
    # newest first (its button), the variant that was sent last, and the deletion of a
    # template. Emails without a template, most of them, are not in it.
    _template_idx = models.Index(
        "(template_id, date, id) WHERE template_id IS NOT NULL"
    )

    @api.model
    def _follow_values(self, message):
        values = super()._follow_values(message)
        # sudo: the name of a template that was used to write this very email.
        template_sudo = message.engagement_template_id.sudo()
        if template_sudo:
            values["template_id"] = template_sudo.id
            values["template_name"] = template_sudo.name
        return values

    def _engagement_changed(self):
        result = super()._engagement_changed()
        self.env["email.engagement.template.stats"]._touch(self)
        return result

    def unlink(self):
        self.env["email.engagement.template.stats"]._touch(self)
        return super().unlink()


class MailMessage(models.Model):
    _inherit = "mail.message"

    # The same inverse as ``engagement_followed``: both are known when the engagement
    # is made, whatever their order in the values.
    engagement_template_id = fields.Many2one(
        "mail.template",
        "Written With",
        compute="_compute_engagement_template_id",
        inverse="_inverse_engagement_followed",
        groups="base.group_user",
        help="Given to message_post, it is remembered with the followed email.",
    )

    def _compute_engagement_template_id(self):
        for message in self:
            # sudo: whoever may read the message may read its engagement.
            message.engagement_template_id = message.sudo().engagement_id.template_id


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _get_message_create_valid_field_names(self):
        return super()._get_message_create_valid_field_names() | {
            "engagement_template_id",
        }


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    @api.model
    def _notification_parameters_whitelist(self):
        return super()._notification_parameters_whitelist() | {
            "engagement_template_id",
        }
