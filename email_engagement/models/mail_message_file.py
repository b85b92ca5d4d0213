from odoo import api, fields, models

from .email_engagement_file import last_day

#: What may be said about following where a message is posted.
FOLLOWING = frozenset(
    (
        "engagement_followed",
        "engagement_attachment_ids",
        "engagement_attachments_expire_on",
    )
)


class MailMessage(models.Model):
    """Attachments that go out as links, so that it shows who looks at them."""

    _inherit = "mail.message"

    engagement_attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Followed Attachments",
        compute="_compute_engagement_attachments",
        # Together with following itself, whichever comes first.
        inverse="_inverse_engagement_followed",
        groups="base.group_user",
        help="Recipients get a link to these files, and opening it is recorded. "
        "Only attachments of the message that the sender may read.",
    )
    engagement_attachments_expire_on = fields.Date(
        "Links to Files End On",
        compute="_compute_engagement_attachments",
        inverse="_inverse_engagement_followed",
        groups="base.group_user",
        help="Last day of the links to followed files, empty for no end. "
        "The company's setting holds where nothing is said.",
    )

    @api.depends_context("tz")
    @api.depends("attachment_ids")
    def _compute_engagement_attachments(self):
        # sudo: whoever may read the message may know which files are followed.
        links_sudo = (
            self.env["email.engagement.link"]
            .sudo()
            .search(
                [
                    ("kind", "=", "file"),
                    ("engagement_id.message_id", "in", self.ids),
                ]
            )
        )
        by_message = links_sudo.grouped(lambda link: link.engagement_id.message_id.id)
        for message in self:
            of_message = by_message.get(message.id, links_sudo.browse())
            message.engagement_attachment_ids = of_message.source_id
            message.engagement_attachments_expire_on = last_day(of_message[:1])

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("engagement_attachment_ids") or self._engagement_all_files():
                company = self.env["res.company"].browse(vals.get("record_company_id"))
                # sudo: a user's own company, or that of a record he writes on.
                company_sudo = (company or self.env.company).sudo()
                vals.setdefault(
                    "engagement_attachments_expire_on",
                    company_sudo._engagement_expiry_date(),
                )
        return super().create(vals_list)

    @api.model
    def _engagement_all_files(self) -> bool:
        """Whether all attachments are followed of the messages made here: those of
        a template that says so and makes its reports only while it is sent.
        """
        return bool(self.env.context.get("engagement_follow_files"))

    def _engagement_follow_files(self, engagement_sudo):
        """Follow those of the attachments that were asked for, and may be."""
        self.ensure_one()
        if engagement_sudo.trace_ids:
            return  # sent: what was attached stays attached
        # sudo: whoever may follow a message may follow what they could have sent
        # themselves, which is asked below.
        wanted_sudo = self.sudo().attachment_ids
        if not self._engagement_all_files():
            wanted_sudo &= self.engagement_attachment_ids.sudo()
        if not wanted_sudo and not engagement_sudo.file_ids:
            return
        # The web client's messages are posted by the superuser, for the user.
        readable = wanted_sudo.sudo(False)._filtered_access("read")
        engagement_sudo._follow_files(
            readable.sudo(), self.engagement_attachments_expire_on or None
        )
