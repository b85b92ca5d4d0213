from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _engagement_send_soon(self):
        """Have these emails sent within seconds.

        In a cron Odoo leaves them to its queue, whatever ``force_send`` says
        (``mail_notify_force_send`` of server actions), and the page of a recipient
        has no time for a mail server. Nobody else asks the queue to run; by itself
        it does so once an hour.
        """
        queue = self.env.ref(
            "mail.ir_cron_mail_scheduler_action", raise_if_not_found=False
        )
        if self and queue:
            queue.sudo()._trigger()  # sudo: everybody's mails wait in the same queue
