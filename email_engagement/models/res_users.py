from odoo import fields, models

from ..tools.alerts import Choice
from .email_engagement_alert_choice import CHOICE_FIELDS


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "email.engagement.alert.choice"]

    engagement_alert = fields.Selection(
        [
            ("company", "As the company has set it"),
            ("own", "My own choice"),
            ("off", "No alerts"),
        ],
        "Email Alerts",
        required=True,
        default="company",
        help="What you are told of the emails that you have sent.",
    )
    # The last day, in the user's time zone, of which he has got a summary.
    engagement_daily_date = fields.Date(readonly=True)

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "engagement_alert", *CHOICE_FIELDS]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "engagement_alert", *CHOICE_FIELDS]

    def _engagement_choice_of(self, company):
        """Where this user's choice stands: on himself, on a company, or nowhere."""
        if self.engagement_alert == "own":
            return self
        if self.engagement_alert == "company":
            return company or self.company_id
        return self.browse()

    def _engagement_alert_choice(self, company) -> Choice:
        """What this user wants to be told of emails of ``company``."""
        if not self or not self.active or self.share:
            return Choice()
        chosen = self._engagement_choice_of(company)
        return chosen._engagement_choice() if chosen else Choice()

    def _engagement_presence(self) -> str | None:
        # sudo: presences are for administrators; it only decides where he is told.
        presence_sudo = (
            self.env["mail.presence"]
            .sudo()
            .search([("user_id", "=", self.id)], limit=1)
        )
        return presence_sudo.status

    def _engagement_is_at_screen(self) -> bool:
        """Whether a notification on the screen can be seen, now or on coming back."""
        return self._engagement_presence() in ("online", "away")

    def _engagement_is_away(self) -> bool:
        """Whether he would miss what the screen shows for some seconds."""
        return self._engagement_presence() != "online"

    def _engagement_tell(self, subject: str, body, record):
        """A word to this user, in his inbox or by email, as he has chosen in Odoo."""
        self.ensure_one()
        if not self.active or self.share:
            return
        thread = self.env["mail.thread"]
        # Not on what he may not read any more: its name would be in the notification.
        if (
            record
            and hasattr(record, "message_notify")
            and record.with_user(self).has_access("read")
        ):
            thread = record
        message = thread.message_notify(
            partner_ids=self.partner_id.ids,
            subject=subject,
            body=body,
            author_id=self.env.ref("base.partner_root").id,
            subtype_xmlid="mail.mt_note",
            force_send=False,
        )
        message.sudo().mail_ids._engagement_send_soon()  # sudo: our own words
