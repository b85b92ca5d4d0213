from odoo import api, models

from odoo.addons.mail.tools.discuss import Store


class EmailEngagement(models.Model):
    """The engagement as the chatter knows it. Recipients and timeline are asked for
    only when somebody unfolds them.
    """

    _inherit = "email.engagement"

    def _to_store_defaults(self, target):
        return [
            "status",
            "status_sentence",
            "status_moment",
            "not_followed_reason",
            "open_count",
            "click_count",
            "attachment_view_count",
            "reply_count",
            "machine_count",
            "reminder_state",
            "reminder_summary",
        ]

    @api.readonly
    def get_chatter_data(self) -> dict:
        """Data for the web client's store, of those that the user may read."""
        readable = self.search([("id", "in", self.ids)])
        return Store().add(readable).get_result()
