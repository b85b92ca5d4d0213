from odoo import models

from .mail_message_file import FOLLOWING


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _get_message_create_valid_field_names(self):
        return super()._get_message_create_valid_field_names() | FOLLOWING

    def _get_allowed_message_params(self):
        params = super()._get_allowed_message_params()
        # Posted by the web client. Recipients who post from the portal do not
        # decide what is recorded.
        if self.env.user._is_internal():
            params = params | FOLLOWING
        return params

    def _thread_to_store(self, store, fields, *, request_list=None):
        result = super()._thread_to_store(store, fields, request_list=request_list)
        if "engagement_company" in (request_list or ()):
            # sudo: only whose settings hold for emails about what the user may read
            companies_sudo = self.sudo()._mail_get_companies()
            for thread in self:
                company_id = companies_sudo[thread.id].id
                store.add(thread, {"engagement_company_id": company_id}, as_thread=True)
        return result

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        recipients_data = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        # sudo: the author of a message need not be able to write engagements.
        message_sudo = message.sudo()
        if message_sudo.engagement_followed and not any(
            recipient["notif"] == "email" and recipient["share"]
            for recipient in recipients_data
        ):
            # Nobody outside receives it: there is nothing to follow.
            message_sudo.engagement_followed = False
        return recipients_data
