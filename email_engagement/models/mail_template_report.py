from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import link_text
from .email_engagement_template_stats import OPENED
from .figures import IN_RATES_SQL

LINKS = 5


class MailTemplate(models.Model):
    """What the form shows of one template, beyond the figures of the list."""

    _inherit = "mail.template"

    engagement_trend = fields.Json(
        compute="_compute_engagement_trend",
        help="Copies sent, opened and answered, by month, in the user's companies.",
    )
    engagement_links = fields.Json(
        compute="_compute_engagement_links",
        help="The most clicked links, in emails that the user may read.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_engagement_trend(self):
        by_id = {}
        since = self.env["email.engagement.template.stats"]._since()
        if self._origin.ids:
            rows = self.env.execute_query_dict(
                SQL(
                    """
                    WITH copy AS (
                        SELECT email.template_id, email.date, email.company_id,
                               1 AS sent, %(opened)s::int AS opened,
                               (trace.reply_count > 0)::int AS replied
                          FROM email_engagement email
                          JOIN email_engagement_trace trace
                            ON trace.engagement_id = email.id
                         WHERE email.template_id = ANY(%(ids)s) AND %(in_rates)s
                         UNION ALL
                        SELECT template_id, date, company_id,
                               sent_count, opened_count, replied_count
                          FROM email_engagement_template_past
                         WHERE template_id = ANY(%(ids)s)
                    )
                    SELECT template_id, date_trunc('month', date)::date AS month,
                           sum(sent) AS sent, sum(opened) AS opened,
                           sum(replied) AS replied
                      FROM copy
                     WHERE date >= %(since)s
                       AND (company_id IS NULL OR company_id = ANY(%(companies)s))
                     GROUP BY 1, 2
                     ORDER BY 2
                    """,
                    in_rates=IN_RATES_SQL,
                    opened=OPENED,
                    ids=self._origin.ids,
                    since=since,
                    companies=self.env.companies.ids,
                )
            )
            for row in rows:
                by_id.setdefault(row["template_id"], []).append(row)
        for template in self:
            template.engagement_trend = by_id.get(template._origin.id)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_engagement_links(self):
        """The links of many emails, taken together by text and address. Unlike the
        counts, texts and addresses are for those who may read the emails; of addresses
        that are in no email of which one may read the text, it is the host.
        """
        by_id = {}
        Engagement = self.env["email.engagement"]
        domain = Domain("template_id", "in", self._origin.ids) & Domain(
            "date", ">=", self.env["email.engagement.template.stats"]._since()
        )
        emails = Engagement._search(domain)
        is_readable = SQL("true")
        if Engagement._engagement_is_manager():
            with_text = Engagement._search(
                domain & Engagement._engagement_message_domain()
            )
            is_readable = SQL("bool_or(email.id IN %s)", with_text.subselect())
        if self._origin.ids and not emails.is_empty():
            rows = self.env.execute_query_dict(
                SQL(
                    """
                    SELECT * FROM (
                        SELECT email.template_id, link.label, link.url,
                               count(*) AS clicks,
                               count(DISTINCT event.trace_id) AS people,
                               %s AS is_readable,
                               row_number() OVER (
                                   PARTITION BY email.template_id
                                   ORDER BY count(*) DESC, link.label, link.url
                               ) AS place
                          FROM email_engagement email
                          JOIN email_engagement_event event
                            ON event.engagement_id = email.id
                          JOIN email_engagement_link link ON link.id = event.link_id
                         WHERE email.id IN %s AND event.type = 'click'
                           AND event.counted
                         GROUP BY email.template_id, link.label, link.url) ranked
                     WHERE place <= %s
                     ORDER BY place
                    """,
                    is_readable,
                    emails.subselect(),
                    LINKS,
                )
            )
            for row in rows:
                url = link_text.shown(row["url"] or "", row["is_readable"])
                by_id.setdefault(row["template_id"], []).append(
                    {
                        "label": row["label"] or url,
                        "url": url,
                        "clicks": row["clicks"],
                        "people": row["people"],
                    }
                )
        for template in self:
            template.engagement_links = by_id.get(template._origin.id)

    def action_engagement_emails(self):
        """Open the followed emails of this template."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "email_engagement.action_all_followed_emails"
        )
        action["domain"] = [("template_id", "=", self.id)]
        action["display_name"] = self.env._("Emails of “%s”", self.name)
        action.pop("path", None)
        return action
