from odoo import models


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _engagement_send_soon(self):
        """Have the emails of a notification sent within seconds.

        In a cron Odoo leaves them to its queue, whatever ``force_send`` says
        (``mail_notify_force_send`` of server actions), and the page of a recipient
        has no time for a mail server. Nobody else asks the queue to run; by itself
        it does so once an hour.
        """
        # sudo: everybody's mails wait in the same queue.
        if self.sudo().mail_ids:
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
