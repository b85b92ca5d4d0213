from odoo import api, fields, models


class EmailEngagementEvent(models.Model):
    """Verdicts in words: what people read of a code of ``tools.rules.REASONS``."""

    _inherit = "email.engagement.event"

    reason_text = fields.Char("Why", compute="_compute_reason_text")

    @api.depends_context("lang")
    @api.depends("reason")
    def _compute_reason_text(self):
        words = self._reason_words()
        for event in self:
            event.reason_text = words.get(event.reason, event.reason or "")

    @api.model
    def _reason_words(self) -> dict[str, str]:
        return {
            **self.env["email.engagement.trace"]._bounce_words(),
            # self
            "internal_user": self.env._("A logged-in user of this Odoo"),
            "own_network": self.env._("From one of your company's own networks"),
            # prefetch
            "purpose_prefetch": self.env._(
                "A browser loaded it in advance, nobody had asked for it yet"
            ),
            "ua_prefetch_apple": self.env._(
                "Apple Mail loaded the pictures in advance, read or not"
            ),
            "ua_prefetch_gmail": self.env._(
                "Gmail loaded the pictures before the mail was displayed"
            ),
            "ua_prefetch_chrome": self.env._(
                "Chrome's prefetch service loaded it in advance"
            ),
            "early_proxy": self.env._(
                "The mail provider loaded the pictures within moments of sending"
            ),
            # preview
            "purpose_preview": self.env._("A browser made a small picture of the page"),
            "ua_preview": self.env._("A chat or social network made a link preview"),
            "ua_app": self.env._("An app fetched it in the background"),
            # proxy
            "ua_proxy_gmail": self.env._(
                "Gmail loaded the picture on behalf of the reader"
            ),
            "ua_proxy_yahoo": self.env._(
                "Yahoo Mail loaded the picture on behalf of the reader"
            ),
            "ua_proxy": self.env._("The reader's mail provider loaded the picture"),
            # scanner
            "proxy_target": self.env._(
                "A picture proxy followed the link, as no reader would"
            ),
            "head_request": self.env._(
                "Only the headers were asked for, as link checkers do"
            ),
            "ua_empty": self.env._("A program that does not say what it is"),
            "ua_bare": self.env._("A program that hides what it is"),
            "ua_security": self.env._("A mail security product looked at it"),
            "ua_office": self.env._(
                "Microsoft Office or Exchange looked it up by itself"
            ),
            "ua_headless": self.env._("An automated browser"),
            "ua_tool": self.env._("A program or script, not a browser"),
            "ua_robot": self.env._("A robot that says so"),
            "ua_not_browser": self.env._(
                "The program that followed the link displays no pages"
            ),
            "no_language": self.env._(
                "Said to be a browser, but asked for no language as browsers do"
            ),
            "network_target": self.env._("From the network of a mail security service"),
            "burst": self.env._(
                "Several links within seconds, faster than a person clicks"
            ),
            "same_source": self.env._(
                "From where the links were being checked in that moment"
            ),
            "early_open": self.env._(
                "Opened within moments of sending, most likely by a mail filter"
            ),
            "early_click": self.env._(
                "Clicked within moments of sending, most likely by a mail filter"
            ),
            # human
            "mail_client": self.env._("A mail program"),
            "browser": self.env._("A browser"),
            "no_rule": self.env._("Nothing speaks against a person"),
            # answers that no person wrote: see replies.py
            "auto_out_of_office": self.env._(
                "An out-of-office note, sent by a program"
            ),
            "auto_reply": self.env._("Sent by a program, as it says itself"),
            "auto_receipt": self.env._(
                "A receipt that the recipient's program has sent"
            ),
            "auto_bulk": self.env._("Sent in bulk"),
            # not a verdict on a hit: see fold.py
            "flood": self.env._(
                "Too many requests within a short time: they were only counted"
            ),
            "error": self.env._("It could not be judged; the server's log says why"),
            "manual": self.env._("Decided by an administrator"),
            "implied": self.env._(
                "Opened with pictures blocked: a click, a file or an answer shows it"
            ),
        }
