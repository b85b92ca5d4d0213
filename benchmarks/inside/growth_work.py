from functools import partial

from odoo import fields
from odoo.tools import SQL

from .growth_cases import Cases, Prepared
from .seed_growth import LINKS
from .waiting import SENT, Crowd, _insert


class Work(Cases):
    """What the gateway and the crons do."""

    def all(self):
        yield from self.gateway()
        yield from self.crons()

    def gateway(self):
        emails = self.env["email.engagement"]
        message = self.one.message_id
        author, address = self.contact, [self.contact.email_normalized]
        known = [message.message_id, "<unknown@bench>"]
        yield (
            "incoming: which email is answered",
            lambda: emails._answered_by(known, author, address),
        )
        yield (
            "incoming: without References",
            lambda: emails._copy_in_thread(
                message, author, address, fields.Datetime.now()
            ),
        )
        changed = emails.browse(range(self.crowded.id - 200, self.crowded.id))
        yield (
            "open screens: which of 200 a seller reads",
            lambda: changed._readable_by(self.seller.user),
        )

    def crons(self):
        for count in (1_000, 10_000):
            yield (
                f"digest of {count} hits",
                Prepared(
                    partial(self._hits, count),
                    self.env["email.engagement.digest"]._run,
                ),
            )
        emails = self.env["email.engagement"]
        companies = self.env["res.company"].search([])

        def keep(events, engagements):
            companies.engagement_keep_events = events
            companies.engagement_keep_engagements = engagements

        for what, events, engagements in (
            ("500 timelines closed", 700, 0),
            ("500 emails deleted", 0, 700),
            ("nothing old enough", 5000, 5000),
        ):
            yield (
                f"retention: {what}",
                Prepared(partial(keep, events, engagements), emails._forget_old),
            )
        yield (
            "reminders: 100 of a tenth due",
            Prepared(self._due, emails._run_reminders),
        )
        yield "reminders: none due", emails._run_reminders
        yield (
            "records of 200 emails added up",
            Prepared(self._touch, self.env["email.engagement.record"]._run),
        )
        yield (
            "daily: all records added up",
            self.env["email.engagement.record"]._refresh,
        )
        yield "daily: sources forgotten", self.env["email.engagement.event"]._gc_sources

    def _due(self):
        """A tenth of all emails has a reminder that is due."""
        self.env.cr.execute(
            """
            UPDATE email_engagement
               SET reminder_state = 'set', reminder_type = 'anyway',
                   reminder_date = date + interval '1 hour'
             WHERE id % 10 = 0 AND model = 'crm.lead'
            """
        )

    def _hits(self, count):
        crowd = Crowd()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT trace.id, email.id, trace.sent_date
                  FROM email_engagement email
                  JOIN email_engagement_trace trace ON trace.engagement_id = email.id
                 WHERE email.id > %s AND trace.state = 'sent' AND sent_date IS NOT NULL
                 ORDER BY md5(trace.id::text) LIMIT %s
                """,
                self.first + self.emails - max(count, 2000),
                count,
            )
        )
        first_link = self.env["email.engagement.link"].search([], order="id", limit=1)
        hits = []
        for trace, email, sent in rows:
            link = first_link.id + LINKS * (email - self.first - 1)
            for hit in crowd.hits_of(trace, [link + 1, link + 2]):
                kind, trace_id, link_id, moment, *rest = hit
                hits.append((kind, trace_id, link_id, sent + (moment - SENT), *rest))
        _insert(self.env, sorted(hits[:count], key=lambda hit: hit[3]))
