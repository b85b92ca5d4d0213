from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ..tools import classify, fold
from ..tools.timeline import FLOOD, IMPLIED, epoch

MANUAL = "manual"
PURPOSES = {"purpose_prefetch": "prefetch", "purpose_preview": "preview"}
JUDGED = ("open", "click", "attachment")


class EmailEngagementEvent(models.Model):
    """Verdicts: changed by hand, and reached again when the rules have changed."""

    _inherit = "email.engagement.event"

    def action_count(self):
        """A person did it, says an administrator."""
        self._decide("human", True)

    def action_do_not_count(self):
        """No person did it, says an administrator."""
        self._decide("scanner", False)

    def _decide(self, actor, counted):
        self.engagement_id._check_administrator()
        # sudo: access was checked; the figures of all of the engagement follow.
        events_sudo = self.sudo().filtered(
            lambda event: event.type in JUDGED and event.reason != IMPLIED
        )
        events_sudo.write({"actor": actor, "reason": MANUAL, "counted": counted})
        events_sudo.trace_id._imply_opens()
        events_sudo.engagement_id._refresh()

    @api.model
    def _judge_again(self, date_from, date_to, company=None) -> tuple[int, int]:
        """Apply the current rules to the interactions of a period.

        Only to those whose raw request was kept (``res.company.engagement_keep_raw``)
        and about which nobody decided by hand: without program and address there is
        nothing to judge by. Traces are judged as a whole, since neighbours matter.

        :param date_from: naive UTC, included
        :param date_to: naive UTC, excluded
        :return: interactions judged, and how many of them got another verdict
        """
        domain = Domain(
            [
                ("date", ">=", date_from),
                ("date", "<", date_to),
                ("user_agent", "!=", False),
                ("type", "in", JUDGED),
                ("reason", "not in", (MANUAL, IMPLIED, FLOOD)),
            ]
        )
        if company:
            domain &= Domain("engagement_id.company_id", "=", company.id)
        judged = changed = 0
        for traces in self._batches_of_traces(domain):
            by_trace = defaultdict(self.browse)
            for event in self.search(domain & Domain("trace_id", "in", traces.ids)):
                by_trace[event.trace_id] += event
            touched = self.browse()
            for trace, events in by_trace.items():
                judged += len(events)
                touched += trace._judge_again(events)
            changed += len(touched)
            touched.trace_id._imply_opens()
            touched.engagement_id._refresh()
        return judged, changed

    @api.model
    def _batches_of_traces(self, domain, size=1000):
        groups = self._read_group(domain, ["trace_id"])
        traces = self.env["email.engagement.trace"].browse(t.id for (t,) in groups)
        for start in range(0, len(traces), size):
            yield traces[start : start + size]


class EmailEngagementTrace(models.Model):
    _inherit = "email.engagement.trace"

    def _judge_again(self, events):
        """Judge the interactions of one trace by the current rules.

        :return: those with another verdict
        """
        self.ensure_one()
        events = events.sorted(lambda event: (event.date, event.id))
        rules = self.env["email.engagement.rules"]._get(self.engagement_id.company_id)
        sent = self.sent_date or self.create_date
        outcome = classify.classify_trace(
            [_as_hit(event) for event in events],
            sent=sent and epoch(sent),
            rules=rules,
        )
        counts = self._fold_again(events, outcome.verdicts)
        changed = events.browse()
        for event, verdict, counted in zip(
            events, outcome.verdicts, counts, strict=True
        ):
            values = {
                "actor": verdict.actor,
                "reason": verdict.reason,
                "counted": counted,
            }
            if any(event[name] != value for name, value in values.items()):
                event.write(values)
                changed += event
        return changed

    def _fold_again(self, events, verdicts) -> list[bool]:
        """Whether each event counts: repeats of one another, which other verdicts
        had kept apart, count once.
        """
        last_seen = {}
        counts = []
        for event, verdict in zip(events, verdicts, strict=True):
            key = fold.key(self.id, event.type, event.link_id.id)
            hit = [(key, epoch(event.date))]
            counts.append(verdict.counts and fold.fold(hit, last_seen)[0])
        return counts

    def _imply_opens(self):
        """Have each trace one implied open exactly where it is needed, and where its
        opens may be known at all.
        """
        for trace in self._recording("open"):
            events = self.env["email.engagement.event"].search(
                [("trace_id", "=", trace.id), ("type", "!=", "sent")]
            )
            implied = events.filtered(lambda event: event.reason == IMPLIED)
            proofs = (events - implied).filtered("counted")
            date = fold.implied_open(
                (event.type, epoch(event.date)) for event in proofs
            )
            proof = proofs.filtered(
                lambda event, date=date: (
                    event.type in fold.IMPLY_OPEN and epoch(event.date) == date
                )
            )[:1]
            if date is None:
                implied.unlink()
                continue
            kept, surplus = implied[-1:], implied[:-1]  # the earliest is the last
            surplus.unlink()
            if not kept:
                proof.copy({"type": "open", "reason": IMPLIED, "link_id": False})
            elif (kept.date, kept.counted) != (proof.date, True):
                kept.write({"date": proof.date, "actor": proof.actor, "counted": True})


def _as_hit(event) -> classify.Hit:
    return classify.Hit(
        id=event.id,
        kind=event.type,
        link_id=event.link_id.id or None,
        date=epoch(event.date),
        # What is not kept as such is in the verdict that nothing else gives.
        head=event.reason == "head_request",
        user_agent=event.user_agent or "",
        address=event.address or "",
        purpose=PURPOSES.get(event.reason, ""),
        is_internal=event.reason == "internal_user",
        language=False if event.reason == "no_language" else None,
    )
