from markupsafe import Markup

from odoo import api, models


class EmailEngagementPage(models.AbstractModel):
    _inherit = "email.engagement.page"

    @api.model
    def _sentences(self, company, address: str, trace) -> dict[str, str]:
        """What the page says with a name or a number in it, by its place there.

        Whole sentences: a view is translated in pieces around what it fills in, and
        other languages order the pieces in other ways.

        :param address: of the recipient, masked; empty where it is not to be told
        """
        name = company.name
        sentences = {
            "intro": self.env._(
                "When %(company)s sends emails to you, it may record whether they are "
                "opened and which links and files are used. Here you see what is "
                "recorded, and decide about it.",
                company=name,
            ),
            "take_back": self.env._(
                "Since an email can be passed on, a “no” cannot be taken back here. "
                "You can do it in the customer portal, or by writing to %(company)s.",
                company=name,
            ),
            "scope": self.env._(
                "It holds at once, also for emails that you already have. Emails, "
                "links and files work as before. What you stop is stopped for all "
                "companies that use this system; what you allow is allowed to "
                "%(company)s only.",
                company=name,
            ),
            "events_end": self.env._(
                "Details, such as time and device, are deleted %(days)s days after the "
                "email was sent.",
                days=company.engagement_keep_events,
            ),
            "numbers_end": self.env._(
                "The numbers are deleted after %(days)s days.",
                days=company.engagement_keep_engagements,
            ),
            "ask": self.env._(
                "Since an email can be passed on, this file does not say what other "
                "emails were about. Ask %(company)s for all of it.",
                company=name,
            ),
        }
        if address:
            sentences["intro"] = self.env._(
                "When %(company)s sends emails to %(address)s, it may record whether "
                "they are opened and which links and files are used. Here you see "
                "what is recorded, and decide about it.",
                company=name,
                address=Markup("<b>%s</b>") % address,
            )
        if trace:
            sentences["so_far"] = self.env._(
                "For this email so far: opens: %(opens)s, links: %(links)s, files: "
                "%(files)s.",
                opens=trace.open_count,
                links=trace.click_count,
                files=trace.attachment_view_count,
            )
        return sentences
