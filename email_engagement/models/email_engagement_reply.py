from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import escape_psql
from odoo.tools.mail import email_normalize_all

from ..tools.replies import OUT_OF_OFFICE, RECEIPT
from .apart import run_here
from .numbers import number

TRACES_MAX = 50  # copies that one address got of one record's emails, the latest


class EmailEngagement(models.Model):
    """Answers: which followed email a received message answers, and whose copy."""

    _inherit = "email.engagement"

    @api.model
    def _record_received(self, received, message_ids, automatic=None):
        """A mail came in and is stored as a message.

        :param received: the ``mail.message``
        :param message_ids: identifiers of what it answers, the nearest first
        :param automatic: why no person has written it, a code of ``REASONS``
        """
        author = received.author_id
        if author and not author.partner_share:
            return  # a colleague who answers with his own mail program
        addresses = email_normalize_all(received.email_from or "")
        date = self._date_of(received)
        engagement, trace = self._answered_by(message_ids, author, addresses)
        if not engagement:
            trace = self._copy_in_thread(received, author, addresses, date)
            engagement = trace.engagement_id
        if engagement:
            run_here(
                engagement, "_record_reply", received.id, trace.id, automatic, date
            )

    @api.model
    def _record_posted(self, message_id):
        """A message was posted by somebody from outside, such as in the portal."""
        received = self.env["mail.message"].browse(message_id)
        author = received.author_id
        if not author.partner_share:
            return
        date = self._date_of(received)
        trace = self._copy_in_thread(received, author, [], date)
        if trace:
            is_note = received.message_type == "out_of_office"
            automatic = OUT_OF_OFFICE if is_note else None
            run_here(
                trace.engagement_id,
                "_record_reply",
                *(received.id, trace.id, automatic, date),
            )

    # ------------------------------------------------------------
    # What is answered
    # ------------------------------------------------------------

    @api.model
    def _messages_by_identifier(self, message_ids):
        """Search of messages by their Message-Ids: in the index that Odoo keeps."""
        # sudo: what is answered does not depend on who runs the gateway.
        return (
            self.env["mail.message"]
            .sudo()
            ._search([("message_id", "in", message_ids)], order="id DESC", limit=256)
        )

    @api.model
    def _answered_by(self, message_ids, author, addresses) -> tuple:
        """The followed email that is answered, and the copy of who answers.

        Odoo puts older messages of a record into References. So the recipient of an
        older email may answer it by answering a later one that is not followed; but
        anybody else answers the later one only.

        :return: engagement and trace, each may be empty
        """
        for engagement, is_direct in self._answered(message_ids):
            trace = engagement._copy_of(author, addresses)
            if trace or is_direct:
                return engagement, trace
        return self.browse(), self.env["email.engagement.trace"]

    @api.model
    def _answered(self, message_ids) -> list[tuple]:
        """Followed emails among some identifiers, the nearest first, each with whether
        it is the nearest of all that were sent from here.
        """
        if not message_ids:
            return []
        query = self._messages_by_identifier(message_ids)
        # sudo: what a stranger's mail refers to is looked up for Odoo itself.
        messages_sudo = self.env["mail.message"].sudo().browse(query)
        engagements = {
            engagement.message_id.id: engagement
            for engagement in messages_sudo._engagements_of()
        }
        by_identifier = {}
        for message in messages_sudo:
            by_identifier.setdefault(message.message_id, message)
        found = []
        is_direct = True
        for identifier in message_ids:
            message = by_identifier.get(identifier)
            if not message or message.message_type == "email":
                continue  # unknown, or received itself
            if message.id in engagements:
                found.append((engagements[message.id], is_direct))
            is_direct = False
        return found

    def _copy_of(self, author, addresses):
        """The copy that went to this person, if any."""
        self.ensure_one()
        by_address = self.trace_ids.filtered(lambda trace: trace._is_for(addresses))
        by_partner = self.trace_ids.filtered(
            lambda trace: author and trace.partner_id == author
        )
        return (by_partner or by_address)[:1]

    @api.model
    def _copy_in_thread(self, received, author, addresses, date):
        """The latest copy that this person got before, of a mail about the record."""
        Trace = self.env["email.engagement.trace"]
        if not received.model or not received.res_id or not (author or addresses):
            return Trace
        who = Domain.OR(
            [Domain("email", "ilike", escape_psql(address)) for address in addresses]
            + [Domain("partner_id", "=", author.id)] * bool(author)
        )
        traces = Trace.search(
            Domain("engagement_id.model", "=", received.model)
            & Domain("engagement_id.res_id", "=", received.res_id)
            & Domain("sent_date", "<=", date)
            & who,
            order="sent_date DESC, id DESC",
            limit=TRACES_MAX,
        )
        return traces.filtered(
            lambda trace: (
                (author and trace.partner_id == author) or trace._is_for(addresses)
            )
        )[:1]

    @api.model
    def _date_of(self, received):
        """When it was written, as far as that can be: clocks of others go wrong."""
        return min(received.date or fields.Datetime.now(), fields.Datetime.now())

    # ------------------------------------------------------------
    # What is recorded
    # ------------------------------------------------------------

    def _records_incoming(self) -> bool:
        """Whether answers and bounces are written down (still)."""
        self.ensure_one()
        company = self.company_id or self.env.company
        # A closed one has no timeline any more, because of its age.
        return not self.is_closed and company._engagement_is_on()

    def _anonymous_copy(self):
        """Whose an answer or a bounce is that fits no copy of its own: it may be of
        one of those who are followed together, and must not say of whom.
        """
        return self.trace_ids.filtered("is_anonymous")[:1]

    def _has_room_for(self, type_: str, trace, date) -> bool:
        """Whether one more of ``date`` may be written down of a copy, or of strangers
        if it is empty: as for what comes by the public routes, there is a bound per
        hour.
        """
        bound = number(self.env, "events_per_hour")
        if not bound:
            return True
        same_hour = self.env["email.engagement.event"].search_count(
            [
                ("engagement_id", "=", self.id),
                ("trace_id", "=", trace.id),
                ("type", "=", type_),
                ("date", ">", date - timedelta(hours=1)),
                ("date", "<", date + timedelta(hours=1)),
            ]
        )
        return same_hour < bound * max(1, trace.recipient_count)

    def _record_reply(self, message_id, trace_id, automatic, date):
        """One event per received message.

        :param message_id: of the received message, False for one that is not stored
        :param trace_id: False for somebody who got no copy
        :param automatic: see ``_record_received``
        """
        self.ensure_one()
        if not self._records_incoming():
            return
        Event = self.env["email.engagement.event"]
        trace = self.env["email.engagement.trace"].browse(trace_id or ())
        trace = trace or self._anonymous_copy()
        may_be_twice = not (message_id and trace.is_anonymous)
        if trace.is_anonymous:
            message_id = False  # it names who has answered
        date = trace._date_of_mail(date)
        same = Domain("message_id", "=", message_id)
        if not message_id:
            same &= Domain(
                [
                    ("engagement_id", "=", self.id),
                    ("trace_id", "=", trace.id),
                    ("reason", "=", automatic or False),
                    ("date", "=", date),
                ]
            )
        same &= Domain("type", "=", "reply")
        if may_be_twice and Event.search_count(same, limit=1):
            return
        if not self._has_room_for("reply", trace, date):
            return
        Event.create(
            {
                "engagement_id": self.id,
                "trace_id": trace.id,
                "type": "reply",
                "date": date,
                "actor": "scanner" if automatic else "human",
                "reason": automatic,
                "counted": not automatic,
                "message_id": message_id,
            }
        )
        trace._imply_opens()
        # Of an anonymous one, the moment would say which mail it was.
        changed = self._without_screens() if trace.is_anonymous else self
        changed._refresh()


class EmailEngagementTrace(models.Model):
    _inherit = "email.engagement.trace"

    def _date_of_mail(self, date):
        """The date of what comes in about this copy: not before it was sent, and of
        an anonymous one the hour only, or it would tell which mail it was.
        """
        if self.is_anonymous:
            date = date.replace(minute=0, second=0, microsecond=0)
        return max(date, self.sent_date or date)

    def _is_for(self, addresses) -> bool:
        return not set(addresses).isdisjoint(email_normalize_all(self.email or ""))


class EmailEngagementEvent(models.Model):
    _inherit = "email.engagement.event"

    @api.depends("message_id.author_id.name", "message_id.email_from")
    def _compute_who(self):
        """Who has answered: not always who was written to."""
        result = super()._compute_who()
        for event in self:
            if event.type == "reply" and event.message_id:
                # sudo: the name belongs to the answer, whose date is shown, too.
                message_sudo = event.message_id.sudo()
                name = message_sudo.author_id.name or message_sudo.email_from
                event.who = name or event.who
        return result

    @api.depends("reason")
    def _compute_what(self):
        result = super()._compute_what()
        for event in self:
            if event.type != "reply" or not event.reason:
                continue
            if event.reason == OUT_OF_OFFICE:
                event.what = self.env._("Automatic answer (out of office)")
            elif event.reason == RECEIPT:
                event.what = self.env._("Read receipt")
            else:
                event.what = self.env._("Automatic answer")
        return result
