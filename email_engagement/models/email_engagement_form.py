from odoo import fields, models


class EmailEngagement(models.Model):
    """The full page: the email as it was sent, with what became of its links."""

    _inherit = "email.engagement"

    body_links = fields.Json(compute="_compute_body", exportable=False)

    def _compute_body(self):
        """The links that are followed lead to ``#engagement-<id of the link>``, and
        ``body_links`` holds for each id what became of it: on this page no link leads
        anywhere, and its number of clicks stands beside it.
        """
        result = super()._compute_body()
        for engagement in self:
            # sudo: targets are for administrators; what is read of them is shown to
            # nobody, it only says which link of the body is which.
            readable = engagement.filtered("can_read_message")
            links_sudo = readable.sudo().link_ids.filtered("url")
            engagement.body_links = {
                str(link.id): {"clicks": link.click_count, "address": link.shown_url}
                for link in links_sudo
            }
            if engagement.body and links_sudo:
                places = {link.url: f"#engagement-{link.id}" for link in links_sudo}
                scanned = engagement._scan(engagement.body)
                engagement.body = scanned.render(places, None)
        return result
