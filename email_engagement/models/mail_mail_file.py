from odoo import models

from ..tools.file_place import has_mark, put_mark


class MailMail(models.Model):
    """Followed files: listed in the email and not attached to it."""

    _inherit = "mail.mail"

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals and self.env.context.get("engagement_follow_files"):
            # Reports of a template, which are made after the mail.
            for mail in self.filtered("engagement_followed"):
                mail.engagement_attachment_ids = mail.attachment_ids
        return result

    def _prepare_outgoing_body(self):
        """With a mark in the place of the followed files, by which Odoo does not
        attach them; see ``tools/file_place.py``.
        """
        body = super()._prepare_outgoing_body()
        if self.env.context.get("engagement_ordinary"):
            return body
        marked = body
        with self._engagement_never_in_the_way():
            ids = self._engagement_file_ids()
            if ids:
                text = self.env["mail.render.mixin"]._replace_local_links(
                    self.mail_message_id.body or ""
                )
                # Any object as a body: Odoo hands on whichever kind of text it is.
                marked = type(body)(put_mark(str(body), str(text), ids))
        return marked

    def _engagement_file_ids(self) -> list[int]:
        """Attachments of this mail that its followed recipients get as links."""
        self.ensure_one()
        engagement_sudo = self._engagement_get()
        if not engagement_sudo.file_ids or engagement_sudo.not_followed_reason:
            return []
        kept = engagement_sudo.file_ids.filtered("attachment_id").source_id
        # sudo: compared only; whoever runs the queue need not read attachments.
        return (self.sudo().attachment_ids & kept).ids

    def _engagement_ordinary(self, results, mail_server, doc_to_followers):
        """The copies of this mail with all of its attachments."""
        if not any(has_mark(email["body"]) for email in results):
            return results
        return self.with_context(engagement_ordinary=True)._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
