from odoo import api, models
from odoo.tools import SQL
from odoo.tools.mail import email_normalize_all

from ..tools import arrays
from ..tools.bounces import FAILED, Delivery

DELAYED = "delivery_delayed"


class EmailEngagement(models.Model):
    """Bounces: which copy has come back, why, and that it arrived after all."""

    _inherit = "email.engagement"

    def _record_bounce(self, deliveries, partner_ids, date):
        """A mail server says that copies of this email came back, or are late.

        :param deliveries: (address, action, status, detail) each, see
            ``tools.bounces.Delivery``
        :param partner_ids: contacts that Odoo takes for those who were written to
        """
        self.ensure_one()
        if not self._records_incoming():
            return
        for values in deliveries:
            delivery = Delivery(*values)
            trace = self._copy_at(delivery.address, partner_ids)
            trace = trace or self._anonymous_copy()
            detail = delivery.detail
            if trace.is_anonymous:
                detail = False  # it names who was written to
            elif trace.recipient_count > 1 or not trace:
                detail = f"{delivery.address}: {detail}"
            self._log_bounce(trace, delivery, date, detail)
            if trace and delivery.action == FAILED and trace._all_came_back():
                trace.write(
                    {
                        "state": "bounced",
                        "failure_type": delivery.reason,
                        "failure_reason": detail,
                    }
                )
        self._refresh()

    def _log_bounce(self, trace, delivery, date, detail):
        """One event per copy, or address, and reason: servers, and whoever writes as
        if he was one, may say the same any number of times.
        """
        values = {
            "date": trace._date_of_mail(date),
            "detail": detail,
        }
        address = f"{delivery.address}:"
        named = detail and detail.startswith(address)
        said = self.env["email.engagement.event"].search(
            [
                ("engagement_id", "=", self.id),
                ("trace_id", "=", trace.id),
                ("type", "=", "bounce"),
                ("reason", "=", delivery.reason),
            ]
        )
        if named:
            said = said.filtered(lambda e: (e.detail or "").startswith(address))
        if said:
            said[0].write({**values, "date": max(values["date"], said[0].date)})
        elif self._has_room_for("bounce", trace, values["date"]):
            said.create(
                {
                    **values,
                    "engagement_id": self.id,
                    "trace_id": trace.id,
                    "type": "bounce",
                    "reason": delivery.reason,
                    "counted": False,
                }
            )

    def _copy_at(self, address, partner_ids):
        """The copy that went to an address; the only one if nothing else fits, since
        mail may have been forwarded before it came back. Never an anonymous one.
        """
        traces = self.trace_ids.filtered(lambda trace: not trace.is_anonymous)
        found = traces.filtered(lambda trace: trace._is_for([address]))
        found = found or traces.filtered(lambda t: t.partner_id.id in partner_ids)
        is_only = len(self.trace_ids) == 1
        return (found or (traces if is_only else traces.browse()))[:1]

    def _engagement_changed(self):
        result = super()._engagement_changed()
        self._arrived_after_all()
        return result

    def _arrived_after_all(self):
        """What somebody opened after it came back did arrive: by another server, or
        because the bounce was wrong.
        """
        self.env["email.engagement.trace"].flush_model()
        # SQL: asked with every batch of the digest, of a thousand emails.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM email_engagement_trace
                 WHERE engagement_id = ANY(%s::int[])
                   AND state = 'bounced' AND last_event IS NOT NULL
                """,
                arrays.numbers(self.ids),
            )
        )
        if not rows:
            return
        bounced = self.env["email.engagement.trace"].browse([id_ for (id_,) in rows])
        last = dict(
            self.env["email.engagement.event"]._read_group(
                [("trace_id", "in", bounced.ids), ("type", "=", "bounce")],
                ["trace_id"],
                ["date:max"],
            )
        )
        arrived = bounced.filtered(
            lambda trace: trace in last and trace.last_event > last[trace]
        )
        if not arrived:
            return
        for trace in arrived:
            trace.write(
                {"state": "sent", "failure_type": False, "failure_reason": False}
            )
            trace._notifications().filtered(
                lambda notification: notification.notification_status == "bounce"
            ).write(
                {
                    "notification_status": "sent",
                    "failure_type": False,
                    "failure_reason": False,
                }
            )
        arrived.engagement_id._refresh()


class EmailEngagementTrace(models.Model):
    _inherit = "email.engagement.trace"

    def _all_came_back(self) -> bool:
        """Of a copy that several addresses share: whether none is left. Who shares an
        anonymous one is not known.
        """
        if self.is_anonymous:
            return False
        addresses = set(email_normalize_all(self.email or ""))
        if len(addresses) <= 1:
            return True
        events = self.env["email.engagement.event"].search(
            [
                ("trace_id", "=", self.id),
                ("type", "=", "bounce"),
                ("reason", "!=", DELAYED),
            ]
        )
        return addresses <= {(event.detail or "").partition(":")[0] for event in events}

    def _failure_words(self):
        return {**super()._failure_words(), **self._bounce_words()}

    @api.model
    def _bounce_words(self) -> dict[str, str]:
        return {
            "mail_bounce": self.env._("It came back"),
            "bounce_address": self.env._("The address does not exist"),
            "bounce_domain": self.env._("The domain does not exist or takes no mail"),
            "bounce_disabled": self.env._("The mailbox takes no mail any more"),
            "bounce_full": self.env._("The mailbox is full"),
            "bounce_size": self.env._("The email was too large"),
            "bounce_unreachable": self.env._(
                "The recipient's mail server could not be reached"
            ),
            "bounce_content": self.env._(
                "The mail server could not handle its content"
            ),
            "bounce_refused": self.env._("The recipient's mail system refused it"),
            "bounce_server": self.env._("The recipient's mail server had a problem"),
            "bounce_other": self.env._("It came back"),
            DELAYED: self.env._("The mail server goes on trying"),
        }


class EmailEngagementEvent(models.Model):
    _inherit = "email.engagement.event"

    @api.depends("reason")
    def _compute_what(self):
        result = super()._compute_what()
        for event in self:
            if event.type == "bounce" and event.reason == DELAYED:
                event.what = self.env._("Delivery delayed")
        return result

    @api.depends("detail", "trace_id.state", "trace_id.failure_text")
    def _compute_note(self):
        result = super()._compute_note()
        words = self.env["email.engagement.trace"]._bounce_words()
        for event in self:
            if event.type != "bounce":
                continue
            parts = (words.get(event.reason), event.detail)
            said = ": ".join(filter(None, parts)) or event.trace_id.failure_text
            if event.reason != DELAYED and event._is_refuted():
                said = self.env._(
                    "%(said)s · It arrived after all, as was seen later", said=said
                )
            event.note = said
        return result

    def _is_refuted(self) -> bool:
        trace = self.trace_id
        return (
            trace.recipient_count == 1
            and trace.state == "sent"
            and bool(trace.last_event)
            and trace.last_event > self.date
        )
