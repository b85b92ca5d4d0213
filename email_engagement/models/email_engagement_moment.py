from collections import defaultdict
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.tools import format_date, format_time

from ..tools import moment, timezones

DAYS = 365  # habits that are older have changed
MAX_RECIPIENTS = 50
MAX_OPENS = 500  # of each: the latest ones
# A mail that goes out now is not scheduled.
SOON = timedelta(minutes=5)


class EmailEngagementMoment(models.AbstractModel):
    """Advice on the right moment to send, for the composer.

    Local time, business hours and the hours in which people usually open. Only what
    people did is asked, and only of emails that the user may read.
    """

    _name = "email.engagement.moment"
    _description = "The Right Moment to Send"

    @api.model
    @api.readonly
    def get_advice(self, partner_ids: list[int], company_id: int | None = None) -> dict:
        """What the composer shows beside its scheduling.

        Each time is ``{utc, mine, theirs}``: as Odoo stores it, as the user's clock
        and as the recipient's clock will show it.

        :return: ``mine`` (the user's time now), ``recipients`` and ``common`` (the
            best hour for all of them, with more than one whose time zone is known)
        """
        partners = self.env["res.partner"].browse(partner_ids[:MAX_RECIPIENTS])
        partners = partners._filtered_access("read")
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        hours = self._business_hours(self.env["res.company"].browse(company_id or ()))
        opens = self._human_opens(partners)
        recipients = []
        known = []
        for partner in partners:
            name, source = self._time_zone(partner, now)
            zone = timezones.zone(name)
            week = None
            if zone and len(opens[partner.id]) >= moment.MIN_OPENS:
                week = moment.week_of(opens[partner.id], zone)
            if zone:
                known.append(moment.Recipient(zone, week))
            recipients.append(
                self._recipient_advice(partner, now, zone, source, week, hours)
                | {"opens": len(opens[partner.id])}
            )
        return {
            "mine": self._clock(now, self._own_zone()),
            "recipients": recipients,
            "common": self._common_advice(known, now, hours),
            "left_out": max(0, len(partner_ids) - MAX_RECIPIENTS),
        }

    def _recipient_advice(self, partner, now, zone, source, week, hours) -> dict:
        advice = {
            "id": partner.id,
            "name": partner.display_name,
            "zone": zone and str(zone),
            "source": source,
            "now": zone and self._clock(now, zone),
            "is_business": bool(zone) and moment.is_business(now, zone, hours),
            "business": False,
            "usual": False,
            "usual_hours": [],
            "week": week,
        }
        if not zone:
            return advice
        advice["business"] = self._time(
            moment.next_business(now + SOON, zone, hours), zone
        )
        if week:
            advice["usual"] = self._time(
                moment.next_usual(now + SOON, zone, week, hours), zone
            )
            advice["usual_hours"] = moment.ranges(moment.usual_hours(week))
        return advice

    def _common_advice(self, recipients, now, hours) -> dict | None:
        if len(recipients) < 2:
            return None
        best = moment.best_common(now + SOON, recipients, hours)
        if not best:
            return None
        zones = {str(recipient.zone): recipient.zone for recipient in recipients}
        own = self._own_zone()
        return {
            **self._time(best.moment, own),
            "at_work": best.at_work,
            "total": len(recipients),
            "clocks": [
                {"zone": name, "time": self._clock(best.moment, zone)}
                for name, zone in zones.items()
            ],
        }

    # ------------------------------------------------------------
    # What is known
    # ------------------------------------------------------------

    @api.model
    def _time_zone(self, partner, now) -> tuple[str | None, str]:
        """The time zone of a recipient, and from where it is known: ``contact``,
        ``place`` (country or state) or '' for not at all.

        Odoo gives a new contact the time zone of whoever creates it. So one that lies
        outside the contact's country is not believed, unless it is a user's own.
        """
        # sudo: whether there is a user, nothing else.
        is_user = bool(partner.sudo().user_ids)
        country = partner.country_id.code
        if partner.tz and (
            is_user
            or not country
            or timezones.is_in_country(partner.tz, country, now.year)
        ):
            return partner.tz, "contact"
        name = timezones.of_place(country, partner.state_id.code, now.year)
        return name, "place" if name else ""

    @api.model
    def _human_opens(self, partners) -> dict[int, list[datetime]]:
        """When each of them opened an email, newest first: people only."""
        opens = defaultdict(list)
        if not partners:
            return opens
        events = self.env["email.engagement.event"].search_fetch(
            [
                ("trace_id.partner_id", "in", partners.ids),
                ("type", "=", "open"),
                ("counted", "=", True),
                ("actor", "in", ("human", "proxy")),
                ("date", ">=", fields.Datetime.now() - timedelta(days=DAYS)),
            ],
            ["date", "trace_id"],
            order="date desc",
            limit=MAX_OPENS * len(partners),
        )
        for event in events:
            of_partner = opens[event.trace_id.partner_id.id]
            if len(of_partner) < MAX_OPENS:
                of_partner.append(event.date.replace(tzinfo=timezone.utc))
        return opens

    @api.model
    def _business_hours(self, company) -> moment.Hours:
        """Those of the company's working calendar, if Odoo has one (``resource`` is
        installed), else Monday to Friday from 8 to 17.
        """
        company = company or self.env.company
        if "resource_calendar_id" not in company._fields:
            return moment.MON_FRI
        # sudo: when the company works is no secret, and only that is read.
        calendar_sudo = company.sudo().resource_calendar_id
        hours = defaultdict(list)
        for attendance in calendar_sudo.attendance_ids:
            if attendance.day_period != "lunch":
                hours[int(attendance.dayofweek)].append(
                    (attendance.hour_from, attendance.hour_to)
                )
        return hours or moment.MON_FRI

    # ------------------------------------------------------------
    # Clocks
    # ------------------------------------------------------------

    @api.model
    def _own_zone(self):
        return timezones.zone(self.env.user.tz) or timezones.zone("UTC")

    def _time(self, instant, zone) -> dict | bool:
        if not instant:
            return False
        utc = instant.astimezone(timezone.utc).replace(tzinfo=None)
        return {
            "utc": fields.Datetime.to_string(utc),
            "mine": self._clock(instant, self._own_zone()),
            "theirs": self._clock(instant, zone),
        }

    @api.model
    def _clock(self, instant, zone) -> str:
        """Date and time as a clock in ``zone`` shows them, in the user's language."""
        there = moment.local(instant, zone)
        day = format_date(self.env, there.date(), date_format="EEE d MMM")
        return f"{day}, {format_time(self.env, there.time(), time_format='short')}"
