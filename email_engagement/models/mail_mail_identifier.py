from odoo import models

from ..tools.replies import message_ids


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Have followed emails name themselves in References, as Odoo's notifications
        do: some providers (Amazon SES, Microsoft 365) give a mail another Message-Id,
        and answers know no other. References they leave alone.
        """
        results = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        if self._engagement_get():
            for email in results:
                references = message_ids([email["references"] or ""])
                if email["message_id"] and email["message_id"] not in references:
                    references.append(email["message_id"])
                    email["references"] = " ".join(references)
        return results
