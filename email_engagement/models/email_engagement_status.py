from collections import defaultdict
from datetime import timedelta

from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.tools import format_time
from odoo.tools.misc import babel_locale_parse, get_lang

# What a status is about, and what of it was last.
ACTS = {"clicked": ("click", "attachment"), "replied": ("reply",)}

# Stands in a sentence where the moment is said: an object in a line of text is what the
# character means. engagement_model.js knows it, too.
GAP = "\N{OBJECT REPLACEMENT CHARACTER}"


class EmailEngagement(models.Model):
    """What became of an email in one short sentence: the one place that words it.

    For any number of emails it takes the same few queries.
    """

    _inherit = "email.engagement"

    status_text = fields.Char("What Happened", compute="_compute_status_text")
    # For screens, on which time goes on.
    status_sentence = fields.Char(compute="_compute_status_text")
    status_moment = fields.Datetime(compute="_compute_status_text")

    @api.depends(
        *("status", "scheduled_date", "open_count", "last_open", "last_event"),
        *("trace_ids.state", "trace_ids.open_count", "trace_ids.reply_count"),
        *("trace_ids.click_count", "trace_ids.attachment_view_count"),
        "trace_ids.followed",
    )
    @api.depends_context("lang", "tz")
    def _compute_status_text(self):
        now = fields.Datetime.now()
        last_acts = self._last_acts()
        for engagement in self:
            sentence, moment = engagement._get_status(now, last_acts[engagement.id])
            engagement.status_sentence = sentence
            engagement.status_moment = moment
            engagement.status_text = (
                sentence.replace(GAP, engagement._relative_time(moment, now))
                if moment
                else sentence
            )

    def _last_acts(self) -> dict[int, dict]:
        """When each kind of act that ``ACTS`` names was last seen, by engagement."""
        result = defaultdict(dict)
        wanted = self.filtered(lambda engagement: engagement.status in ACTS)
        if not wanted.ids:
            return result
        # sudo: whoever may read the engagement may read its events.
        groups = (
            self.env["email.engagement.event"]
            .sudo()
            ._read_group(
                [
                    ("engagement_id", "in", wanted.ids),
                    (
                        "type",
                        "in",
                        [type_ for types in ACTS.values() for type_ in types],
                    ),
                    ("counted", "=", True),
                ],
                ["engagement_id", "type"],
                ["date:max"],
            )
        )
        for engagement, type_, date in groups:
            result[engagement.id][type_] = date
        return result

    def _get_status(self, now, last_acts) -> tuple:
        """One short sentence in the user's language and time zone.

        :param last_acts: {type of event: date of the last one}
        :return: (the sentence, the moment that belongs into its ``GAP``, if it has one)
        """
        self.ensure_one()
        # sudo: whoever may read the engagement may read its traces.
        traces_sudo = self.sudo().trace_ids.filtered(lambda t: t.state != "cancelled")
        text, moment = self._of_status(now, last_acts, traces_sudo)
        lost = traces_sudo.filtered(lambda trace: trace.state in ("failed", "bounced"))
        if lost and self.status not in ("failed", "bounced"):
            text = self.env._(
                "%(status)s · %(lost)s of %(total)s not delivered",
                status=text,
                lost=len(lost),
                total=len(traces_sudo),
            )
        return text, moment

    def _of_status(self, now, last_acts, traces_sudo) -> tuple:
        if self.status == "scheduled" and self.scheduled_date > now:
            return self._scheduled_text(self.scheduled_date, now), False
        followed_sudo = traces_sudo.filtered(lambda trace: trace._is_followed())
        if self.status == "opened" and self.last_open:
            return self._opened_text(followed_sudo), self.last_open
        acts = [
            (last_acts[type_], type_)
            for type_ in ACTS.get(self.status, ())
            if type_ in last_acts
        ]
        if acts:
            date, type_ = max(acts)
            return self._act_text(type_, traces_sudo, followed_sudo), date
        if self.status == "sent" and traces_sudo and not followed_sudo:
            return self.env._("Sent, not followed"), False
        text = {
            "cancelled": self.env._("Cancelled"),
            "scheduled": self.env._("Being sent"),
            "outgoing": self.env._("Being sent"),
            "failed": self.env._("Could not be sent"),
            "bounced": self.env._("Could not be delivered"),
            "sent": self.env._("Not yet opened"),
            "opened": self.env._("Opened"),
            "clicked": self.env._("Clicked"),
            "replied": self.env._("Replied"),
        }[self.status]
        return text, False

    def _opened_text(self, traces_sudo) -> str:
        if len(traces_sudo) > 1:
            return self.env._(
                "Opened by %(opened)s of %(total)s, last %(when)s",
                opened=len(traces_sudo.filtered("open_count")),
                total=len(traces_sudo),
                when=GAP,
            )
        if self.open_count > 1:
            return self.env._(
                "Opened %(count)s times, last %(when)s",
                count=self.open_count,
                when=GAP,
            )
        return self.env._("Opened %(when)s", when=GAP)

    def _act_text(self, type_, traces_sudo, followed_sudo) -> str:
        total = len(traces_sudo)
        if type_ == "reply":
            count = len(traces_sudo.filtered("reply_count"))
            if total > 1 and count:
                return self.env._(
                    "Replied by %(count)s of %(total)s, last %(when)s",
                    count=count,
                    total=total,
                    when=GAP,
                )
            return self.env._("Replied %(when)s", when=GAP)
        if len(followed_sudo) > 1:
            clicked = followed_sudo.filtered(
                lambda trace: trace.click_count + trace.attachment_view_count
            )
            return self.env._(
                "Clicked by %(count)s of %(total)s, last %(when)s",
                count=len(clicked),
                total=len(followed_sudo),
                when=GAP,
            )
        if type_ == "attachment":
            return self.env._("File viewed %(when)s", when=GAP)
        return self.env._("Clicked %(when)s", when=GAP)

    # ------------------------------------------------------------
    # Moments
    # ------------------------------------------------------------

    def _relative_time(self, moment, now) -> str:
        """``moment`` (naive UTC) as people say it: "just now", "5 minutes ago",
        "yesterday", or the date in the user's format and time zone.
        """
        seconds = (now - moment).total_seconds()
        if seconds < 60:
            return self.env._("just now")
        days = self._days_from(now, moment)
        if seconds < 3600:
            return self._ago(timedelta(minutes=seconds // 60))
        if days == 0:
            return self._ago(timedelta(hours=seconds // 3600))
        if days == 1:
            return self.env._("yesterday")
        local = fields.Datetime.context_timestamp(self, moment)
        return self.env._("on %s", self._format_date(local.date()))

    def _scheduled_text(self, moment, now) -> str:
        """When it will be sent: "Scheduled to send tomorrow 09:00"."""
        local = fields.Datetime.context_timestamp(self, moment)
        time = format_time(self.env, local.time(), time_format="short")
        days = -self._days_from(now, moment)
        if days == 0:
            return self.env._("Scheduled to send today %(time)s", time=time)
        if days == 1:
            return self.env._("Scheduled to send tomorrow %(time)s", time=time)
        return self.env._(
            "Scheduled to send on %(date)s %(time)s",
            date=self._format_date(local.date()),
            time=time,
        )

    def _days_from(self, now, moment) -> int:
        """How many days ``moment`` is before ``now``, by the user's calendar."""
        local = [
            fields.Datetime.context_timestamp(self, value).date()
            for value in (now, moment)
        ]
        return (local[0] - local[1]).days

    def _ago(self, delta) -> str:
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_timedelta(-delta, threshold=1, add_direction=True, locale=locale)

    def _format_date(self, date) -> str:
        return self.env["ir.qweb.field.date"].value_to_html(date, {})
