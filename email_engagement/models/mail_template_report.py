from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, date_utils

from ..tools import kpi, link_text
from .numbers import number

LINKS = 5
#: Links are those of so many emails, the newest ones: clicks are read one by one.
LINK_EMAILS = 1000
#: Up to so many weeks, the graph is by week; then by month.
WEEKS = 12


class MailTemplate(models.Model):
    """What the form shows of one template, beyond the figures of the list."""

    _inherit = "mail.template"

    engagement_trend = fields.Json(
        compute="_compute_engagement_trend",
        help="Copies sent, opened and answered, by week or month, in the user's "
        "companies.",
    )
    engagement_links = fields.Json(
        compute="_compute_engagement_links",
        help="The most clicked links, in emails that the user may read.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_engagement_trend(self):
        """``unit`` ("week" or "month"), ``min_sample``, and ``points``: one for each
        week or month since the first email, whether anything was sent in it or not.
        """
        by_id = {}
        today = fields.Date.today()
        if self._origin.ids:
            rows = self.env.execute_query_dict(
                SQL(
                    """
                    SELECT template_id, date, sum(sent_count) AS sent,
                           sum(opened_count) AS opened, sum(replied_count) AS replied
                      FROM email_engagement_template_day
                     WHERE template_id = ANY(%s) AND date BETWEEN %s AND %s
                       AND (company_id IS NULL OR company_id = ANY(%s))
                     GROUP BY template_id, date
                     ORDER BY date
                    """,
                    self._origin.ids,
                    self.env["email.engagement.template.stats"]._since(),
                    today,
                    self.env.companies.ids,
                )
            )
            for row in rows:
                by_id.setdefault(row["template_id"], []).append(row)
        min_sample = number(self.env, "template_min_sample")
        for template in self:
            days = by_id.get(template._origin.id)
            template.engagement_trend = days and {
                "min_sample": min_sample,
                **_trend(days, today),
            }

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_engagement_links(self):
        for template in self:
            template.engagement_links = template._engagement_most_clicked()

    def _engagement_most_clicked(self) -> list[dict] | bool:
        """The links of many emails, taken together by text and address. Unlike the
        counts, texts and addresses are for those who may read the emails; of addresses
        that are in no email of which one may read the text, it is the host.
        """
        self.ensure_one()
        Engagement = self.env["email.engagement"]
        domain = Domain("template_id", "=", self._origin.id) & Domain(
            "date", ">=", self.env["email.engagement.template.stats"]._since()
        )
        newest = {"order": "date desc, id desc", "limit": LINK_EMAILS}
        emails = Engagement._search(domain, **newest)
        if not self._origin.id or emails.is_empty():
            return False
        is_readable = SQL("true")
        if Engagement._engagement_is_manager():
            with_text = Engagement._search(
                domain & Engagement._engagement_message_domain(), **newest
            )
            is_readable = SQL("bool_or(email.id IN %s)", with_text.subselect())
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT link.label, link.url, count(*) AS clicks,
                       count(DISTINCT event.trace_id) AS people,
                       %s AS is_readable
                  FROM %s email
                  JOIN email_engagement_event event
                    ON event.engagement_id = email.id
                  JOIN email_engagement_link link ON link.id = event.link_id
                 WHERE event.type = 'click' AND event.counted
                 GROUP BY link.label, link.url
                 ORDER BY count(*) DESC, link.label, link.url
                 LIMIT %s
                """,
                is_readable,
                emails.subselect(),
                LINKS,
            )
        )
        links = []
        for row in rows:
            url = link_text.shown(row["url"] or "", row["is_readable"])
            links.append(
                {
                    "label": row["label"] or url,
                    "url": url,
                    "clicks": row["clicks"],
                    "people": row["people"],
                }
            )
        return links

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


def _trend(days, today) -> dict:
    """Rows of days, put together by week or month.

    Nothing is made up: a time without copies has no rate, and what there is of few has
    its interval.
    """
    unit = "month"
    if days[0]["date"] > date_utils.start_of(today, "week") - timedelta(weeks=WEEKS):
        unit = "week"
    step = relativedelta(months=1) if unit == "month" else relativedelta(weeks=1)
    points = {}
    start = date_utils.start_of(days[0]["date"], unit)
    while start <= today:
        points[start] = {"sent": 0, "opened": 0, "replied": 0}
        start += step
    for day in days:
        point = points[date_utils.start_of(day["date"], unit)]
        for name in ("sent", "opened", "replied"):
            point[name] += day[name]
    return {
        "unit": unit,
        "points": [
            {
                "date": fields.Date.to_string(start),
                **point,
                "open": _rate(point["opened"], point["sent"]),
                "reply": _rate(point["replied"], point["sent"]),
            }
            for start, point in points.items()
        ],
    }


def _rate(count: int, sent: int) -> dict | None:
    """A rate with its interval, in percent."""
    if not sent:
        return None
    rate = kpi.rate(count, sent)
    return {"rate": rate.percent, "low": rate.low, "high": rate.high}
