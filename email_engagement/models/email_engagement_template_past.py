from odoo import fields, models
from odoo.tools import SQL

from .email_engagement_template_day import COPIES
from .figures import IN_RATES_SQL


class EmailEngagementTemplatePast(models.Model):
    """What is left of followed emails that were deleted because of their age: how many
    copies of a template were sent, opened and answered. Nothing about anybody.

    A row per template, company and day on which the emails were sent.
    """

    _name = "email.engagement.template.past"
    _description = "Results of Deleted Emails of a Template"
    _log_access = False
    _rec_name = "template_id"

    template_id = fields.Many2one(
        "mail.template", required=True, ondelete="cascade", index=False
    )
    company_id = fields.Many2one("res.company", ondelete="cascade", index=False)
    date = fields.Date(required=True)
    sent_count = fields.Integer("Sent")
    opened_count = fields.Integer("Opened")
    replied_count = fields.Integer("Answered")

    _day_unique = models.UniqueIndex("(template_id, COALESCE(company_id, 0), date)")


class EmailEngagement(models.Model):
    _inherit = "email.engagement"

    def _keep_totals(self):
        """One statement: there may be as many copies as rows in a batch allow."""
        result = super()._keep_totals()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO email_engagement_template_past AS past
                       (template_id, company_id, date,
                        sent_count, opened_count, replied_count)
                SELECT email.template_id, email.company_id, email.date::date,
                       %(copies)s
                  FROM email_engagement email
                  JOIN email_engagement_trace trace ON trace.engagement_id = email.id
                 WHERE email.id = ANY(%(ids)s) AND email.template_id IS NOT NULL
                   AND %(in_rates)s
                 GROUP BY email.template_id, email.company_id, email.date::date
                    ON CONFLICT (template_id, COALESCE(company_id, 0), date) DO UPDATE
                   SET sent_count = past.sent_count + EXCLUDED.sent_count,
                       opened_count = past.opened_count + EXCLUDED.opened_count,
                       replied_count = past.replied_count + EXCLUDED.replied_count
             RETURNING past.id
                """,
                copies=COPIES,
                in_rates=IN_RATES_SQL,
                ids=self.ids,
            )
        )
        return result
