from odoo import api, fields, models

from ..tools import bounces, replies
from ..tools.mail_parts import content_type
from ..tools.replies import Headers
from .apart import run_here, run_safely


class MailThread(models.AbstractModel):
    """Odoo's mail gateway: what comes in about emails that are followed.

    It must not fail for us: a mail that fails is marked as read on the server, and
    lost.
    """

    _inherit = "mail.thread"

    # ------------------------------------------------------------
    # Own traces
    # ------------------------------------------------------------

    @api.model
    def message_parse(self, message, save_original=False):
        values = super().message_parse(message, save_original=save_original)
        incoming = self.env["email.engagement.incoming"]
        for key, clean in (("body", "_clean"), ("attachments", "_clean_files")):
            if values.get(key):
                # What cannot be cleaned is stored as it came.
                came = values[key]
                values[key] = run_safely(incoming, clean, came, otherwise=came)
        return values

    # ------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        identifier = message_dict.get("message_id")
        result = super()._message_route_process(message, message_dict, routes)
        if routes:
            run_here(self, "_engagement_received", message, identifier)
        return result

    @api.model
    def _engagement_received(self, message, identifier):
        # The same mail may have become several messages: the first stands for all.
        received = self.env["mail.message"].search(
            [("message_id", "=", identifier)], order="id", limit=1
        )
        if received:
            headers = Headers(message)
            self.env["email.engagement"]._record_received(
                received,
                replies.answered(headers),
                replies.automatic(message, headers),
            )

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if (
            message.message_type
            in (
                "comment",
                "out_of_office",
            )
            and not self.env.user._is_internal()
        ):
            # sudo: who answers in the portal reads nothing of what is recorded.
            run_here(self.env["email.engagement"], "_record_posted", message.id)
        return result

    # ------------------------------------------------------------
    # Bounces
    # ------------------------------------------------------------

    def _message_parse_extract_bounce(self, email_message, message_dict):
        """Find what came back also where the report is only words, or where the
        provider has given our mail another identifier.
        """
        values = super()._message_parse_extract_bounce(email_message, message_dict)
        if not values.get("is_bounce"):
            return values
        if values["bounced_message"] and values["bounced_email"]:
            return values
        better = run_safely(
            self, "_engagement_bounce_values", email_message, values, otherwise={}
        )
        return {**values, **better}

    @api.model
    def _engagement_bounce_values(self, email_message, values) -> dict:
        """What we know better than Odoo of what came back."""
        report = bounces.read(email_message)
        if not report.failures:
            return {}
        engagement_sudo = self._engagement_bounced(values, report)
        if not engagement_sudo:
            return {}
        address = values["bounced_email"] or report.failures[0].address
        trace_sudo = engagement_sudo._copy_at(address, values["bounced_partner"].ids)
        return {
            "bounced_email": address,
            "bounced_partner": values["bounced_partner"] or trace_sudo.partner_id,
            "bounced_message": engagement_sudo.message_id,
            "bounced_msg_ids": [engagement_sudo.message_id.message_id],
        }

    @api.model
    def _engagement_bounced(self, values, report):
        """The followed email that a report is about, as superuser."""
        # sudo: the gateway asks, whoever runs it.
        engagements_sudo = self.env["email.engagement"].sudo()
        found = values.get("bounced_message")
        if found:
            return found.sudo()._engagements_of()
        answered = engagements_sudo._answered(report.message_ids)
        return answered[0][0] if answered else engagements_sudo

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Odoo takes for a bounce whatever comes to the bounce address and all that is
        a report. A receipt, a delay and an out-of-office note are none: of a followed
        email they are recorded as what they are, and leave its state alone.
        """
        returned = run_safely(self, "_engagement_returned", email_message, message_dict)
        if not returned:
            return super()._routing_handle_bounce(email_message, message_dict)
        engagement_sudo, is_bounce, call = returned
        result = None
        if is_bounce:
            result = super()._routing_handle_bounce(email_message, message_dict)
        run_here(engagement_sudo, *call)
        return result

    @api.model
    def _engagement_returned(self, email_message, message_dict) -> tuple | None:
        """Which followed email came back, whether it is for Odoo a bounce as well, and
        the method, with its arguments, that writes it down; None for other mails.
        """
        report = bounces.read(email_message)
        engagement_sudo = self._engagement_bounced(message_dict, report)
        if not engagement_sudo:
            return None
        date = self._engagement_date(message_dict)
        automatic = not report.deliveries and replies.automatic(email_message)
        is_report = content_type(email_message) == "multipart/report"
        if automatic and (replies.is_receipt(email_message) or not is_report):
            addresses = replies.addresses(email_message)
            trace_sudo = engagement_sudo._copy_of(self.env["res.partner"], addresses)
            if not trace_sudo and len(engagement_sudo.trace_ids) == 1:
                trace_sudo = engagement_sudo.trace_ids
            call = "_record_reply", False, trace_sudo.id, automatic, date
            return engagement_sudo, False, call
        deliveries = report.deliveries or self._engagement_nameless(message_dict)
        came_back = [
            (item.address, item.action, item.status, item.detail)
            for item in deliveries
            if item.action != bounces.DONE
        ]
        partners = message_dict.get("bounced_partner") or self.env["res.partner"]
        call = "_record_bounce", came_back, partners.ids, date
        return engagement_sudo, not report.is_harmless, call

    @api.model
    def _engagement_nameless(self, message_dict) -> list:
        """A report that says no more than what Odoo has made of it."""
        address = message_dict.get("bounced_email")
        return [bounces.Delivery(address, bounces.FAILED)] if address else []

    @api.model
    def _engagement_date(self, message_dict):
        now = fields.Datetime.now()
        return min(fields.Datetime.to_datetime(message_dict.get("date")) or now, now)
