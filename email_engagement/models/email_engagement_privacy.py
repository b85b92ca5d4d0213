import json

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.mail import email_normalize

from ..tools.export import to_csv


class EmailEngagementPrivacy(models.AbstractModel):
    """All that is known about a person: handed out, or forgotten.

    A person is a contact, or an address without one. Called as superuser, by routes
    and actions that have checked who asks.
    """

    _name = "email.engagement.privacy"
    _description = "Data About Recipients"

    @api.model
    def _addresses_of(self, partners, emails=()) -> list[str]:
        """The normalized addresses of some people."""
        addresses = [
            *partners.mapped("email_normalized"),
            *map(email_normalize, emails),
        ]
        return list(dict.fromkeys(filter(None, addresses)))

    @api.model
    def _own_addresses(self, traces) -> list[str]:
        """The addresses that these copies went to: proven for who holds a link of one,
        but not for a contact who logs in, and who can enter any address. Without those
        of a copy that went to several, of which each may be another person's.
        """
        return list(
            dict.fromkeys(
                trace.email
                for trace in traces
                if trace.email and trace.recipient_count == 1
            )
        )

    @api.model
    def _traces_of(self, partners, addresses, company=None):
        """The copies that somebody got, those he shares with others included."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT trace.id FROM email_engagement_trace trace
                  JOIN email_engagement engagement
                    ON engagement.id = trace.engagement_id
                 WHERE (trace.partner_id = ANY(%s) OR %s)
                   AND (%s::int IS NULL OR engagement.company_id = %s)
                 ORDER BY trace.id
                """,
                partners.ids,
                self.env["email.engagement.policy"]._addressed_sql(addresses),
                company.id if company else None,
                company.id if company else None,
            )
        )
        return self.env["email.engagement.trace"].browse([id_ for (id_,) in rows])

    # ------------------------------------------------------------
    # Export
    # ------------------------------------------------------------

    @api.model
    def _export(
        self, partners, addresses, *, own_only=False, company=None, only_about=None
    ) -> dict:
        """All data about a person, as what JSON can hold.

        :param addresses: normalized, see ``_addresses_of``
        :param own_only: the contacts' own copies, without those of whoever else has
            one of the addresses
        :param company: only what this company knows, empty for all
        :param only_about: an email (engagement) by which somebody asks who may not
            be the person: a mail can be passed on. What other emails were about is
            left out then.
        """
        traces = self._traces_of(partners, () if own_only else addresses, company)
        choices = self._export_choices(partners, addresses, company)
        if only_about:
            # Written by users, for users: it may name the person.
            choices = [{**choice, "reason": None} for choice in choices]
        return {
            "addresses": [] if only_about else addresses,
            "contacts": [] if only_about else partners.mapped("display_name"),
            "choices": choices,
            "emails": [
                self._export_trace(trace, only_about, addresses) for trace in traces
            ],
        }

    @api.model
    def _export_choices(self, partners, addresses, company) -> list[dict]:
        key_of = self.env["email.engagement.policy"]._email_key
        domain = [
            "|",
            ("partner_id", "in", partners.ids),
            ("email_key", "in", [key_of(email) for email in addresses]),
        ]
        if company:
            domain += [("company_id", "in", [company.id, False])]
        return [
            {
                "date": _iso(row.date),
                "kind": row.kind,
                "state": row.state,
                "how": row.how,
                "company": row.company_id.name or None,
                "reason": row.reason or None,
                "wording_version": row.wording_id.version or None,
                "wording": row.wording_text or None,
            }
            for row in self.env["email.engagement.consent"].search(domain)
        ]

    @api.model
    def _export_trace(self, trace, only_about, addresses=()) -> dict:
        """One copy. Of another email than that by which somebody asks nothing that
        tells who or where the recipient is; of a copy that several addresses share
        nothing that tells who or where the others are.

        :param addresses: those of who asks
        """
        engagement = trace.engagement_id
        known = not only_about or engagement == only_about
        shared = trace.recipient_count > 1
        alone = known and not shared
        sent_to = trace._addresses()
        if shared:
            sent_to = [email for email in sent_to if email in addresses]
        return {
            "date": _iso(engagement.date),
            "subject": (engagement.subject or "") if known else None,
            "company": engagement.company_id.name or None,
            "sender": engagement.author_id.name or None if known else None,
            "address": (", ".join(sent_to) or None) if known else None,
            "shared_by": trace.recipient_count if shared else None,
            "followed": trace.followed,
            "state": trace.state,
            "sent": _iso(trace.sent_date),
            "opens": trace.open_count,
            "clicks": trace.click_count,
            "attachment_views": trace.attachment_view_count,
            "replies": trace.reply_count,
            "interactions": [
                {
                    "date": _iso(event.date),
                    "type": event.type,
                    "by": event.actor,
                    "reason": event.reason or None,
                    "counted": event.counted,
                    # without the secrets that are in it: a file is passed on, too
                    "link": (event.link_id.shown_url or None) if known else None,
                    "device": event.device,
                    "program": (event.client or None) if known else None,
                    "system": (event.os or None) if known else None,
                    "country": (event.country_id.name or None) if known else None,
                    "ip_address": (event.address or None) if alone else None,
                    "user_agent": (event.user_agent or None) if alone else None,
                }
                for event in self.env["email.engagement.event"].search(
                    [("trace_id", "=", trace.id)], order="date, id"
                )
            ],
        }

    @api.model
    def _export_json(self, data: dict) -> str:
        return json.dumps(data, ensure_ascii=False, indent=2)

    @api.model
    def _export_csv(self, data: dict) -> str:
        rows = [
            {
                "about": "choice",
                "date": choice["date"],
                "what": f"{choice['kind']}: {choice['state']}",
                "detail": choice["how"],
            }
            for choice in data["choices"]
        ]
        for email in data["emails"]:
            about = {
                "email_subject": email["subject"],
                "email_date": email["date"],
                "address": email["address"],
            }
            rows.append(
                {
                    **about,
                    "about": "email",
                    "date": email["sent"] or email["date"],
                    "what": email["state"],
                    "detail": email["followed"],
                }
            )
            rows += [
                {
                    **about,
                    **event,
                    "about": "interaction",
                    "what": event["type"],
                    "detail": event["link"] or event["reason"],
                }
                for event in email["interactions"]
            ]
        return to_csv(rows)


def _iso(moment) -> str | None:
    return moment.isoformat(sep=" ") + " UTC" if moment else None
