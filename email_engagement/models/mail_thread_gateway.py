import logging

from odoo import api, fields, models

from ..tools import bounces, replies
from ..tools.replies import Headers
from .apart import run_here

_logger = logging.getLogger(__name__)


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
        try:
            with self.env.cr.savepoint(flush=False):
                incoming = self.env["email.engagement.incoming"]
                values["body"] = incoming._clean(values.get("body"))
        except Exception:
            _logger.exception("Mail %s is stored as it came", values["message_id"])
        return values

    # ------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        identifier = message_dict["message_id"]
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
        report = self._engagement_report(email_message)
        if not report or not report.failures:
            return values
        engagement_sudo = self._engagement_bounced(values, report)
        if not engagement_sudo:
            return values
        address = values["bounced_email"] or report.failures[0].address
        trace_sudo = engagement_sudo._copy_at(address, values["bounced_partner"].ids)
        return {
            **values,
            "bounced_email": address,
            "bounced_partner": values["bounced_partner"] or trace_sudo.partner_id,
            "bounced_message": engagement_sudo.message_id,
            "bounced_msg_ids": [engagement_sudo.message_id.message_id],
        }

    @api.model
    def _engagement_report(self, email_message):
        """What a report says; None for one that cannot be read."""
        try:
            return bounces.read(email_message)
        except Exception:
            _logger.exception("A report on a delivery cannot be read")
            return None

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
        report = self._engagement_report(email_message)
        engagement_sudo = report and self._engagement_bounced(message_dict, report)
        if not engagement_sudo:
            return super()._routing_handle_bounce(email_message, message_dict)
        date = self._engagement_date(message_dict)
        automatic = not report.deliveries and replies.automatic(email_message)
        is_report = email_message.get_content_type() == "multipart/report"
        if automatic and (replies.is_receipt(email_message) or not is_report):
            addresses = replies.addresses(email_message)
            trace_sudo = engagement_sudo._copy_of(self.env["res.partner"], addresses)
            if not trace_sudo and len(engagement_sudo.trace_ids) == 1:
                trace_sudo = engagement_sudo.trace_ids
            run_here(
                engagement_sudo,
                *("_record_reply", False, trace_sudo.id, automatic, date),
            )
            return None
        result = None
        if not report.is_harmless:
            result = super()._routing_handle_bounce(email_message, message_dict)
        deliveries = report.deliveries or self._engagement_nameless(message_dict)
        run_here(
            engagement_sudo,
            "_record_bounce",
            [
                (item.address, item.action, item.status, item.detail)
                for item in deliveries
                if item.action != bounces.DONE
            ],
            (message_dict.get("bounced_partner") or self.env["res.partner"]).ids,
            date,
        )
        return result

    @api.model
    def _engagement_nameless(self, message_dict) -> list:
        """A report that says no more than what Odoo has made of it."""
        address = message_dict.get("bounced_email")
        return [bounces.Delivery(address, bounces.FAILED)] if address else []

    @api.model
    def _engagement_date(self, message_dict):
        now = fields.Datetime.now()
        return min(fields.Datetime.to_datetime(message_dict.get("date")) or now, now)
