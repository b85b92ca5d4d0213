from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.figures import IN_RATES
from ..tools.visible_picture import has_visible_picture

PERIOD = timedelta(days=365)


class MailComposeMessage(models.TransientModel):
    """What helps the writer of a followed email, in one quiet line each."""

    _inherit = "mail.compose.message"

    engagement_history = fields.Char(compute="_compute_engagement_history")
    engagement_signature_has_picture = fields.Boolean(
        compute="_compute_engagement_signature_has_picture"
    )
    engagement_logo = fields.Char(
        compute="_compute_engagement_logo",
        help="Address of the company's logo, as in Odoo's own email layouts.",
    )

    @api.depends("partner_ids")
    def _compute_engagement_history(self):
        for composer in self:
            composer.engagement_history = composer._engagement_history_text()

    def _engagement_history_text(self) -> str | bool:
        """What the recipients did with earlier emails that the user may read."""
        self.ensure_one()
        if not self.partner_ids.ids or self.composition_mode != "comment":
            return False
        sent, opened, answered, seconds = self._engagement_history()
        if not sent:
            return False
        if not opened:
            return self.env._(
                "No open seen of %(sent)s earlier emails to these recipients: their "
                "mail program may block pictures.",
                sent=sent,
            )
        values = {
            "opened": opened,
            "sent": sent,
            "answered": answered,
            "time": self._engagement_duration(seconds),
        }
        if len(self.partner_ids) == 1:
            values["name"] = self.partner_ids.name or self.partner_ids.email
            if answered:
                return self.env._(
                    "%(name)s opened %(opened)s of %(sent)s earlier emails, usually "
                    "within %(time)s, and answered %(answered)s.",
                    **values,
                )
            return self.env._(
                "%(name)s opened %(opened)s of %(sent)s earlier emails, usually "
                "within %(time)s.",
                **values,
            )
        if answered:
            return self.env._(
                "These recipients opened %(opened)s of %(sent)s earlier emails, "
                "usually within %(time)s, and answered %(answered)s.",
                **values,
            )
        return self.env._(
            "These recipients opened %(opened)s of %(sent)s earlier emails, usually "
            "within %(time)s.",
            **values,
        )

    def _engagement_history(self) -> tuple[int, int, int, float]:
        """Copies sent within a year, opened, answered, and the median of the seconds
        until they were opened. One statement, whatever the number of recipients.
        """
        query = self.env["email.engagement.trace"]._search(
            [
                ("partner_id", "in", self.partner_ids.ids),
                *IN_RATES,
                ("sent_date", ">=", fields.Datetime.now() - PERIOD),
            ]
        )
        sql = query.select(
            SQL("count(*)"),
            SQL("count(first_open)"),
            SQL("count(*) FILTER (WHERE reply_count > 0)"),
            SQL(
                """
                percentile_cont(0.5) WITHIN GROUP (
                    ORDER BY extract(epoch FROM first_open - sent_date)
                )
                """
            ),
        )
        return self.env.execute_query(sql)[0]

    def _engagement_duration(self, seconds: float) -> str:
        """A time of ``seconds``, rounded up as people say it."""
        minutes = max(1, -int(-seconds // 60))
        if minutes < 60:
            return self.env._("%s min", minutes)
        hours = -(-minutes // 60)
        if hours < 48:
            return self.env._("%s h", hours)
        return self.env._("%s days", -(-hours // 24))

    @api.depends("email_add_signature")
    def _compute_engagement_signature_has_picture(self):
        signature = self.env.user.signature
        for composer in self:
            composer.engagement_signature_has_picture = (
                composer.email_add_signature and has_visible_picture(signature)
            )

    @api.depends("record_company_id")
    def _compute_engagement_logo(self):
        for composer in self:
            company = composer._engagement_company()
            # sudo: the logo of a company is public, see web's /logo.png
            composer.engagement_logo = (
                not company.sudo().uses_default_logo
                and f"/logo.png?company={company.id}"
            )
