from odoo import models

from odoo.addons.mail.tools.discuss import Store


class MailMessage(models.Model):
    """What the chatter shows of a followed message: see ``static/src/core/web``."""

    _inherit = "mail.message"

    def _to_store_defaults(self, target):
        result = super()._to_store_defaults(target)
        if target.is_internal(self.env):
            # sudo: whoever may read the message may read its engagement.
            result.append(Store.One("engagement_id", sudo=True))
        return result
