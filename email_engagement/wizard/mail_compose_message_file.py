from odoo import api, fields, models


class MailComposeMessage(models.TransientModel):
    """Attachments that are sent as links; see ``mail.message``."""

    _inherit = "mail.compose.message"

    engagement_attachment_ids = fields.Many2many(
        "ir.attachment",
        "mail_compose_message_engagement_attachment_rel",
        string="Sent as Links",
        compute="_compute_engagement_attachment_ids",
        readonly=False,
        store=True,
        bypass_search_access=True,
    )
    # What the writer, or a default, has decided about: only others are proposed.
    engagement_decided_attachment_ids = fields.Many2many(
        "ir.attachment",
        "mail_compose_message_engagement_decided_rel",
        string="Decided",
        compute="_compute_engagement_attachment_ids",
        readonly=False,
        store=True,
        bypass_search_access=True,
    )
    engagement_attachments_expire_on = fields.Date(
        "Links to Files End On",
        compute="_compute_engagement_attachments_expire_on",
        readonly=False,
        store=True,
        help="Last day on which recipients can open the files; empty: no end.",
    )

    @api.depends("record_company_id")
    def _compute_engagement_attachments_expire_on(self):
        for composer in self:
            # sudo: of the record's company, which the user need not belong to
            company_sudo = composer._engagement_company().sudo()
            composer.engagement_attachments_expire_on = (
                company_sudo._engagement_expiry_date()
            )

    @api.depends("attachment_ids", "template_id")
    def _compute_engagement_attachment_ids(self):
        for composer in self:
            attachments = composer.attachment_ids
            new = attachments - composer.engagement_decided_attachment_ids
            proposed = new.filtered(composer._engagement_is_proposed)
            kept = composer.engagement_attachment_ids & attachments
            composer.engagement_attachment_ids = kept | proposed
            composer.engagement_decided_attachment_ids = attachments

    def _engagement_is_proposed(self, attachment) -> bool:
        """Whether a new attachment is sent as a link unless the writer objects."""
        self.ensure_one()
        # sudo: the size of what the user attaches; it may not be attached yet. And the
        # settings of the record's company, which he need not belong to.
        size = attachment.sudo().file_size
        return self._engagement_files_default() or (
            self.template_id.engagement_follow_attachments != "never"
            and self._engagement_company().sudo()._engagement_is_large(size)
        )

    def _engagement_files_default(self) -> bool:
        follow = self.template_id.engagement_follow_attachments
        # sudo: of the record's company, which the user need not belong to
        company_sudo = self._engagement_company().sudo()
        return {"always": True, "never": False}.get(
            follow, company_sudo.engagement_follow_attachments
        )

    def _prepare_mail_values(self, res_ids):
        # Before super, which may replace attachments by copies.
        # sudo: only compared with what is sent; it may not be attached yet.
        followed_sudo = self.engagement_attachment_ids.sudo()
        contents = {_content(attachment) for attachment in followed_sudo}
        values_of = super()._prepare_mail_values(res_ids)
        if not self.engagement_followed or not followed_sudo:
            return values_of
        # sudo: only compared with what is followed.
        sent_sudo = self.env["ir.attachment"].sudo()
        sent_ids = {
            res_id: _ids(values.get("attachment_ids") or [])
            for res_id, values in values_of.items()
        }
        prefetch_ids = [id_ for ids in sent_ids.values() for id_ in ids]
        for res_id, values in values_of.items():
            of_record_sudo = sent_sudo.browse(sent_ids[res_id])
            values["engagement_attachment_ids"] = (
                of_record_sudo.with_prefetch(prefetch_ids)
                .filtered(
                    lambda attachment: (
                        attachment in followed_sudo or _content(attachment) in contents
                    )
                )
                .ids
            )
            # A text: what is scheduled is kept as JSON.
            values["engagement_attachments_expire_on"] = fields.Date.to_string(
                self.engagement_attachments_expire_on
            )
        return values_of

    def _action_send_mail_comment(self, res_ids):
        return super(
            MailComposeMessage, self._engagement_with_reports()
        )._action_send_mail_comment(res_ids)

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        return super(
            MailComposeMessage, self._engagement_with_reports()
        )._action_send_mail_mass_mail(res_ids, auto_commit=auto_commit)

    def _engagement_with_reports(self):
        """Follow the reports of a batch, too, where that is the default: they are made
        while it is sent, so that nobody can choose among them.
        """
        is_batch = self.composition_batch or self.composition_mode == "mass_mail"
        all_followed = not self.attachment_ids - self.engagement_attachment_ids
        if is_batch and all_followed and self._engagement_files_default():
            return self.with_context(engagement_follow_files=True)
        return self


def _content(attachment_sudo) -> tuple:
    """What a copy of an attachment has in common with it."""
    return attachment_sudo.name, attachment_sudo.checksum, attachment_sudo.url


def _ids(values) -> list[int]:
    """Ids out of ids, or of commands that link to records."""
    return [value if isinstance(value, int) else value[1] for value in values]
