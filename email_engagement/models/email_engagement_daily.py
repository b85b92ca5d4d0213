import logging
from collections import Counter
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

HOUR = 7  # local time, from which on the summary of the day before is sent
MAX_EMAILS = 50


class ResUsers(models.Model):
    """The daily summary: what happened to somebody's emails the day before."""

    _inherit = "res.users"

    @api.model
    def _engagement_send_daily(self):
        """Cron, every hour: it is morning somewhere. Who has got his summary of the
        day gets no second one; nobody is bothered when nothing happened.
        """
        now = fields.Datetime.now()
        for user in self._engagement_daily_users():
            zone = pytz.timezone(user.tz or "UTC")
            here = pytz.utc.localize(now).astimezone(zone)
            today = here.date()
            if here.hour < HOUR or user.engagement_daily_date == today:
                continue
            start, end = (
                zone.localize(datetime.combine(day, time.min))
                .astimezone(pytz.utc)
                .replace(tzinfo=None)
                for day in (today - timedelta(days=1), today)
            )
            user.engagement_daily_date = today
            try:
                with self.env.cr.savepoint():
                    user._engagement_send_summary(start, end)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise  # the next run does it
            except Exception:
                # What is wrong with one must not keep those of others waiting.
                _logger.exception("Daily summary for user %s failed", user.id)
            if not self.env["ir.cron"]._commit_progress(1):
                return

    @api.model
    def _engagement_daily_users(self):
        own = Domain("engagement_alert", "=", "own") & Domain(
            "engagement_alert_daily", "=", True
        )
        companys = Domain("engagement_alert", "=", "company") & Domain(
            "company_id.engagement_alert_daily", "=", True
        )
        return self.search(
            (own | companys)
            & Domain("share", "=", False)
            & Domain("email", "!=", False),
            order="id",
        )

    def _engagement_send_summary(self, start, end):
        """Send what happened from ``start`` to before ``end`` (naive UTC), if
        anything did.
        """
        self.ensure_one()
        user = self.with_context(lang=self.lang, tz=self.tz)
        engagements = user._engagement_of_period(start, end)
        if not engagements:
            return
        rows = [user._engagement_summary_row(e, start, end) for e in engagements]
        body = user.env["ir.qweb"]._render(
            "email_engagement.daily_summary",
            {
                "user": user,
                "day": start,
                "totals": user._engagement_summary_totals(rows),
                "rows": rows[:MAX_EMAILS],
                "more": user._engagement_more_text(len(rows[MAX_EMAILS:])),
                "base_url": user.get_base_url(),
            },
        )
        mail = self.env["mail.mail"].create(
            {
                "subject": user.env._("What happened to your emails"),
                "body_html": body,
                "email_from": self.company_id.email_formatted
                or self.env.ref("base.partner_root").email_formatted,
                "email_to": self.email_formatted,
                "auto_delete": True,
            }
        )
        mail.send_after_commit()

    def _engagement_more_text(self, count: int) -> str:
        return self.env._("And %(count)s more.", count=count) if count else ""

    def _engagement_of_period(self, start, end):
        """His emails, as far as he may read them, with which people did something."""
        mine = self.env["email.engagement"].with_user(self)
        mine = mine.with_context(allowed_company_ids=self.company_ids.ids)
        return mine.search(
            Domain("user_id", "=", self.id)
            & Domain("last_event", ">=", start)
            & Domain("event_ids", "any", self._engagement_period(start, end)),
            order="last_event desc, id desc",
        )

    @api.model
    def _engagement_period(self, start, end) -> Domain:
        return (
            Domain("counted", "=", True)
            & Domain("date", ">=", start)
            & Domain("date", "<", end)
        )

    def _engagement_summary_row(self, engagement, start, end) -> dict:
        """One email: what was done with it, by each of its recipients."""
        events = engagement.event_ids.filtered_domain(
            self._engagement_period(start, end)
        ).sorted("date")
        people = events.grouped("who")
        return {
            "subject": engagement.subject or "",
            "record": engagement.record_name or "",
            "url": engagement._engagement_page(),
            "counts": Counter(events.mapped("type")),
            "people": [
                {
                    "who": who or self.env._("Someone"),
                    "what": self._engagement_did(acts),
                }
                for who, acts in people.items()
            ],
        }

    def _engagement_summary_totals(self, rows: list[dict]) -> list[dict]:
        counts = sum((row["counts"] for row in rows), Counter())
        labels = {
            "open": self.env._("Opens"),
            "click": self.env._("Link clicks"),
            "attachment": self.env._("Files viewed"),
            "reply": self.env._("Replies"),
        }
        return [
            {"count": counts[name], "label": label} for name, label in labels.items()
        ]

    def _engagement_did(self, events) -> str:
        """What one recipient did in a day, the most telling first."""
        counts = Counter(events.mapped("type"))
        texts = {
            "reply": self.env._("answered"),
            "click": self.env._("clicked a link"),
            "attachment": self.env._("viewed a file"),
            "open": self.env._("opened it"),
        }
        return ", ".join(
            text if counts[name] == 1 else f"{text} ({counts[name]}×)"
            for name, text in texts.items()
            if counts[name]
        )
