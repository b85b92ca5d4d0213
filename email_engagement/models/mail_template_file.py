from odoo import fields, models


class MailTemplate(models.Model):
    _inherit = "mail.template"

    engagement_follow_attachments = fields.Selection(
        [
            ("default", "Default"),
            ("always", "Always"),
            ("never", "Never"),
        ],
        "Follow Attachments",
        required=True,
        default="default",
        help="Whether attachments and reports of followed emails are sent as links, so "
        "that you see who looks at them.\n"
        "Default: as the company's setting says when somebody writes an email with "
        "this template; not when Odoo sends it by itself.\n"
        "Always: also when Odoo sends it by itself.\n"
        "Never: attached, unless the writer chooses otherwise.",
    )

    def send_mail_batch(
        self,
        res_ids,
        force_send=False,
        raise_exception=False,
        email_values=None,
        email_layout_xmlid=False,
    ):
        if self.engagement_follow_attachments == "always":
            self = self.with_context(engagement_follow_files=True)  # noqa: PLW0642
        return super().send_mail_batch(
            res_ids,
            force_send=force_send,
            raise_exception=raise_exception,
            email_values=email_values,
            email_layout_xmlid=email_layout_xmlid,
        )
