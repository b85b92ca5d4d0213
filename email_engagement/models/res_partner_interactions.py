from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .figures import IN_RATES


class ResPartner(models.Model):
    """Contacts: not the emails in a contact's chatter are of interest, but those that
    the person got, whatever record they were written on.
    """

    _inherit = "res.partner"

    engagement_email_count = fields.Integer(
        "Emails Followed",
        compute="_compute_engagement_emails",
        groups="base.group_user",
        help="Followed emails sent to this contact or to one of its contacts.",
    )
    engagement_open_rate = fields.Float(
        "Open Rate",
        digits=(5, 0),
        compute="_compute_engagement_emails",
        groups="base.group_user",
        help="Share of these emails that were seen to be opened, in percent. Mail "
        "programs that block pictures do not tell: it may be higher.",
    )

    @api.model
    def _engagement_on_record(self) -> bool:
        # Who may read a contact may not read all emails to it.
        return False

    @api.model
    def _engagement_rows(self, record_id: SQL | None = None) -> SQL:
        traces = self.env["email.engagement.trace"]
        traces.flush_model()
        self.env["email.engagement"].flush_model()
        query = traces._search([("partner_id", "!=", False)])
        if record_id:
            recipient = SQL.identifier(traces._table, "partner_id")
            query.add_where(SQL("%s = %s", recipient, record_id))
        engagement = query.join(
            traces._table, "engagement_id", "email_engagement", "id", "engagement"
        )
        return query.select(
            SQL("partner_id AS record_id"),
            SQL.identifier(engagement, "id"),
            SQL.identifier(engagement, "date"),
            # see email.engagement.trace._compute_status
            SQL(
                """
                CASE WHEN %(trace)s.reply_count > 0 THEN 'replied'
                     WHEN %(trace)s.click_count + %(trace)s.attachment_view_count > 0
                          THEN 'clicked'
                     WHEN %(trace)s.open_count > 0 THEN 'opened'
                     ELSE state
                END AS status
                """,
                trace=SQL.identifier(traces._table),
            ),
            SQL.identifier(traces._table, "last_open"),
            SQL.identifier(traces._table, "last_event"),
        )

    def _compute_engagement_emails(self):
        """For each contact and those below it, whatever their number."""
        below = self.with_context(active_test=False).search_fetch(
            [("id", "child_of", self.ids)], ["parent_id"]
        )
        groups = self.env["email.engagement.trace"]._read_group(
            [("partner_id", "in", below.ids)],
            ["partner_id"],
            ["engagement_id:array_agg"],
        )
        opened = self.env["email.engagement.trace"]._read_group(
            [("partner_id", "in", below.ids), *IN_RATES],
            ["partner_id"],
            ["__count", "first_open:count"],
        )
        emails = {partner.id: set(ids) for partner, ids in groups}
        copies = {partner.id: (sent, seen) for partner, sent, seen in opened}
        wanted = set(self.ids)
        total = {id_: [set(), 0, 0] for id_ in wanted}
        for partner in below:
            sent, seen = copies.get(partner.id, (0, 0))
            ancestor = partner
            while ancestor:
                if ancestor.id in wanted:
                    total[ancestor.id][0] |= emails.get(partner.id, set())
                    total[ancestor.id][1] += sent
                    total[ancestor.id][2] += seen
                ancestor = ancestor.parent_id
        for partner in self:
            ids, sent, seen = total.get(partner._origin.id, (set(), 0, 0))
            partner.engagement_email_count = len(ids)
            partner.engagement_open_rate = sent and 100 * seen / sent

    def _engagement_emails_domain(self) -> Domain:
        return Domain("trace_ids.partner_id", "child_of", self.ids)
