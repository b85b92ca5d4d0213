from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class EmailEngagementEvent(models.Model):
    """Everything with one person."""

    _inherit = "email.engagement.event"

    contact_id = fields.Many2one(
        "res.partner",
        compute="_compute_contact_id",
        search="_search_contact_id",
        help="Whose copy it is about. Searching finds also that the emails were sent, "
        "which is an interaction of the email, not of one of its copies.",
    )

    @api.depends("trace_id.partner_id")
    def _compute_contact_id(self):
        for event in self:
            event.contact_id = event.trace_id.partner_id

    def _search_contact_id(self, operator, value):
        """From the contact's copies to their events: as two conditions with "or"
        PostgreSQL reads all events there are.
        """
        if operator not in ("in", "child_of"):
            return NotImplemented
        partners = self.env["res.partner"].with_context(active_test=False)
        partner_ids = list(partners._search([("id", operator, value)]))
        self.env["email.engagement.trace"].flush_model(["partner_id", "engagement_id"])
        return Domain(
            "id",
            "in",
            SQL(
                """
                (SELECT event.id FROM email_engagement_trace trace
                   JOIN email_engagement_event event ON event.trace_id = trace.id
                  WHERE trace.partner_id = ANY(%(partners)s)
                  UNION ALL
                 SELECT event.id FROM email_engagement_trace trace
                   JOIN email_engagement_event event
                     ON event.engagement_id = trace.engagement_id
                    AND event.type = 'sent'
                  WHERE trace.partner_id = ANY(%(partners)s))
                """,
                partners=partner_ids,
            ),
        )
