from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_time

from ..tools.alerts import RANK, Hot, Told, is_said, tell_at
from .numbers import number

NOTIFICATION = "email.engagement/alert"
# How many acts of one recipient are looked at to see whether he has come back.
MAX_ACTS = 200


class EmailEngagement(models.Model):
    """Telling the sender: on his screen while he is online, in his inbox else."""

    _inherit = "email.engagement"

    def _tell_news(self, alerts):
        """Tell the sender of this email what is new, or hold it for a summary.

        :param alerts: ``email.engagement.alert`` of this email whose time has come
        """
        self.ensure_one()
        now = fields.Datetime.now()
        user = self.user_id
        choice = user._engagement_alert_choice(self.company_id)
        held = alerts.filtered(lambda alert: alert.state == "held")
        new = alerts - held
        back = self._who_came_back(new) if choice.hot else {}
        wanted = new.filtered(
            lambda alert: (
                alert.event_id.trace_id in back
                or choice.wants(alert.event_id.type, alert.event_id._is_first_open())
            )
        )
        (new - wanted).state = "skipped"
        if (wanted or held) and not self._readable_by_sender():
            (wanted | held).state = "skipped"
            return
        if held:
            # What comes now, when the wait is over, is part of the summary.
            traces = (held | wanted).event_id.trace_id
            silence = back.get(traces) if len(traces) == 1 else None
            self._tell(held | wanted, now, silence=silence)
            wanted = wanted.browse()
        told = self._told_before(now)
        further = self._further_waiting(now, choice)
        for trace, of_trace in wanted.grouped(lambda a: a.event_id.trace_id).items():
            rank = max(RANK.get(event.type, 0) for event in of_trace.event_id)
            first = min(of_trace.event_id.mapped("date"))
            at = now
            if trace not in back:
                if is_said(trace.id, rank, first, told):
                    of_trace.state = "skipped"
                    continue
                at = tell_at(trace.id, rank, now, told, _window(self.env))
                later = (due for other, due in further.get(trace, ()) if other > rank)
                at = max(at, *later, now)
            if at > now:
                of_trace.write({"state": "held", "due": at})
                self.env["email.engagement.alert"]._trigger(at)
                continue
            self._tell(of_trace, now, silence=back.get(trace))
            told.append(Told(trace.id, rank, now))

    def _further_waiting(self, now, choice) -> dict:
        """How far each recipient has gone of whom it is not settled yet, as pairs of
        the rank and when it will be: one alert that says "clicked" is worth more than
        two.
        """
        waiting = self.env["email.engagement.alert"].search(
            [
                ("engagement_id", "=", self.id),
                ("state", "=", "waiting"),
                ("due", ">", now),
            ]
        )
        further = defaultdict(list)
        for alert in waiting:
            event = alert.event_id
            if choice.wants(event.type):
                further[event.trace_id].append((RANK.get(event.type, 0), alert.due))
        return further

    def _readable_by_sender(self):
        """An alert is for who may still read the email."""
        user = self.user_id
        if not user.active or user.share:
            return self.browse()
        engagement = self.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        return engagement._filtered_access("read")

    def _told_before(self, now) -> list[Told]:
        alerts = self.env["email.engagement.alert"].search(
            [
                ("engagement_id", "=", self.id),
                ("state", "=", "told"),
                ("told_date", ">", now - _window(self.env)),
            ]
        )
        return [
            Told(
                alert.event_id.trace_id.id,
                RANK.get(alert.event_id.type, 0),
                alert.told_date,
            )
            for alert in alerts
        ]

    def _who_came_back(self, alerts) -> dict:
        """The recipients who are looking at the email again, with the time for which
        nothing had been heard of them.
        """
        hot = _hot(self.env)
        acts = alerts.event_id.filtered(
            lambda e: e.type in ("open", "click", "attachment") and e._is_act()
        )
        if not hot.count or not acts:
            return {}
        dates = defaultdict(list)
        for trace_id, date in self.env.execute_query(
            SQL(
                """
                SELECT trace_id, date FROM (
                    SELECT event.trace_id, event.date,
                           row_number() OVER (PARTITION BY event.trace_id
                                                  ORDER BY event.date DESC) AS number
                      FROM email_engagement_event event
                     WHERE event.trace_id = ANY(%s)
                       AND event.counted
                       AND event.type IN ('open', 'click', 'attachment')
                       AND event.reason IS DISTINCT FROM 'implied'
                ) act
                 WHERE number <= %s ORDER BY date
                """,
                acts.trace_id.ids,
                MAX_ACTS,
            )
        ):
            dates[trace_id].append(date)
        result = {}
        for event in acts:
            silence = hot.since(dates[event.trace_id.id], event.date)
            if silence:
                result[event.trace_id] = silence
        return result

    # ------------------------------------------------------------
    # What is said, and where
    # ------------------------------------------------------------

    def _tell(self, alerts, now, silence: timedelta | None = None):
        self.ensure_one()
        user = self.user_id
        engagement = self.with_context(lang=user.lang, tz=user.tz)
        news = engagement._news(alerts.event_id.with_env(engagement.env), silence)
        if silence:
            engagement._log_hot(alerts.event_id)
        if user._engagement_is_at_screen():
            user._bus_send(NOTIFICATION, news)
        if user._engagement_is_away():
            engagement._tell_inbox(news)
        alerts.write({"state": "told", "told_date": now})

    def _news(self, events, silence: timedelta | None = None) -> dict:
        """What the screen shows: who, what, when, and what to open."""
        self.ensure_one()
        acts = events.filtered(lambda event: event._is_act()) or events
        latest = acts.sorted(lambda e: (RANK.get(e.type, 0), e.date))[-1]
        if silence:
            title = self._hot_title(latest)
            details = [self._hot_details(silence)]
        elif len(acts) > 1 and (acts._count_people() > 1 or len(acts) > 2):
            title = self._summary_title(acts)
            details = [self._summary_details(acts)]
        else:
            title = self._act_title(latest)
            details = [self._clock(latest.date), latest.device_text]
        return {
            "engagement_id": self.id,
            "kind": "hot" if silence else latest.type,
            "title": title,
            "message": " · ".join(filter(None, details)),
            "model": self.model,
            "res_id": self.res_id,
            "record_name": self.record_name or "",
        }

    def _act_title(self, event) -> str:
        about = {"who": event.who, "email": self.subject or ""}
        return {
            "click": self.env._("%(who)s clicked a link in “%(email)s”", **about),
            "attachment": self.env._("%(who)s viewed a file of “%(email)s”", **about),
            "reply": self.env._("%(who)s replied to “%(email)s”", **about),
        }.get(event.type) or self.env._("%(who)s opened “%(email)s”", **about)

    def _hot_title(self, event) -> str:
        return self.env._(
            "%(who)s is looking at “%(email)s” again",
            who=event.who,
            email=self.subject or "",
        )

    def _hot_details(self, silence: timedelta) -> str:
        hours = int(silence.total_seconds() // 3600)
        if hours < 48:
            return self.env._("after %s hours", hours)
        return self.env._("after %s days", hours // 24)

    def _summary_title(self, acts) -> str:
        count = acts._count_people()
        if count == 1:
            return self.env._(
                "%(who)s is busy with “%(email)s”",
                who=acts[0].who,
                email=self.subject or "",
            )
        return self.env._(
            "%(count)s recipients of “%(email)s”", count=count, email=self.subject or ""
        )

    def _summary_details(self, acts) -> str:
        counts = defaultdict(int)
        for act in acts:
            counts[act.type] += 1
        parts = [
            self.env._("opens: %s", counts["open"]) if counts["open"] else "",
            self.env._("clicks: %s", counts["click"]) if counts["click"] else "",
            self.env._("files viewed: %s", counts["attachment"])
            if counts["attachment"]
            else "",
            self.env._("replies: %s", counts["reply"]) if counts["reply"] else "",
            self.env._("since %s", self._clock(min(acts.mapped("date")))),
        ]
        return ", ".join(filter(None, parts))

    def _clock(self, moment) -> str:
        local = fields.Datetime.context_timestamp(self, moment)
        return format_time(self.env, local.time(), time_format="short")

    def _log_hot(self, events):
        latest = events.sorted("date")[-1]
        self.env["email.engagement.event"].create(
            {
                "engagement_id": self.id,
                "trace_id": latest.trace_id.id,
                "type": "alert",
                "date": fields.Datetime.now(),
                "reason": "hot",
            }
        )

    def _tell_inbox(self, news: dict):
        body = Markup('<p>%s</p><p><a href="%s">%s</a></p>') % (
            news["message"],
            self._engagement_page(),
            self.env._("What became of this email"),
        )
        self.user_id._engagement_tell(news["title"], body, self._engagement_record())


class EmailEngagementEvent(models.Model):
    _inherit = "email.engagement.event"

    def _count_people(self) -> int:
        """By their copies; who answers without having got one, by name."""
        return len({event.trace_id or event.who for event in self})

    def _is_first_open(self) -> bool:
        """The first time that this recipient opened the email."""
        self.ensure_one()
        return self.type == "open" and self.date == self.trace_id.first_open

    @api.depends("reason")
    def _compute_what(self):
        result = super()._compute_what()
        for event in self.filtered(lambda event: event.type == "alert"):
            event.what = event._alert_text() or event.what
        return result

    @api.depends("type")
    def _compute_note(self):
        result = super()._compute_note()
        for event in self.filtered(lambda event: event.type == "alert"):
            event.note = False
        return result

    def _alert_text(self) -> str | None:
        return {
            "hot": self.env._("Looked at again, several times"),
            "reminder_no_reply": self.env._("You were reminded: no reply yet"),
            "reminder_not_opened": self.env._("You were reminded: not opened yet"),
            "reminder_anyway": self.env._("You were reminded"),
        }.get(self.reason)


def _window(env) -> timedelta:
    return timedelta(minutes=number(env, "alert_minutes"))


def _hot(env) -> Hot:
    return Hot(
        count=number(env, "hot_count"),
        hours=number(env, "hot_hours"),
        silence=number(env, "hot_silence"),
    )
