from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _get_message_create_valid_field_names(self):
        return super()._get_message_create_valid_field_names() | {
            "engagement_followed",
        }

    def _get_allowed_message_params(self):
        params = super()._get_allowed_message_params()
        # Posted by the web client. Recipients who post from the portal do not
        # decide what is recorded.
        if self.env.user._is_internal():
            params = params | {"engagement_followed"}
        return params

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        # sudo: see mail.message; the engagement is not the author's to delete.
        engagement_sudo = message.sudo().engagement_id
        if engagement_sudo and not any(
            recipient["notif"] == "email" and recipient.get("share")
            for recipient in recipients_data
        ):
            # Nobody outside receives it: there is nothing to follow.
            message.sudo().engagement_followed = False
        return super()._notify_thread_by_email(message, recipients_data, **kwargs)
