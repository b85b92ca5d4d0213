from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase

from ..tools import moment, timezones

BRUSSELS = ZoneInfo("Europe/Brussels")
NEW_YORK = ZoneInfo("America/New_York")
KOLKATA = ZoneInfo("Asia/Kolkata")  # half an hour
KATHMANDU = ZoneInfo("Asia/Kathmandu")  # three quarters
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # changes by half an hour


def utc(*args) -> datetime:
    return datetime(*args, tzinfo=timezone.utc)


class TestBusinessHours(BaseCase):
    def next(self, now, zone, hours=moment.MON_FRI):
        return moment.next_business(now, zone, hours)

    def test_within_them_it_is_now(self):
        now = utc(2026, 11, 25, 9, 7)
        self.assertEqual(self.next(now, BRUSSELS), now)

    def test_bounds(self):
        """From eight o'clock on, and not at five any more."""
        for hour, minute, within in (
            (6, 59, False),
            (7, 0, True),
            (15, 59, True),
            (16, 0, False),
        ):
            now = utc(2026, 11, 25, hour, minute)  # an hour earlier than in Brussels
            with self.subTest(now=now):
                self.assertEqual(
                    moment.is_business(now, BRUSSELS, moment.MON_FRI), within
                )

    def test_over_the_weekend(self):
        friday_evening = utc(2026, 11, 27, 19, 30)
        self.assertEqual(self.next(friday_evening, BRUSSELS), utc(2026, 11, 30, 7))

    def test_clocks_go_forward(self):
        """Sunday, 29 March 2026: Monday's eight o'clock is an hour earlier in UTC."""
        self.assertEqual(self.next(utc(2026, 3, 27, 18), BRUSSELS), utc(2026, 3, 30, 6))
        self.assertEqual(self.next(utc(2026, 3, 20, 18), BRUSSELS), utc(2026, 3, 23, 7))

    def test_clocks_go_back(self):
        """Sunday, 25 October 2026 in Europe, a week later in America."""
        self.assertEqual(
            self.next(utc(2026, 10, 23, 18), BRUSSELS), utc(2026, 10, 26, 7)
        )
        self.assertEqual(
            self.next(utc(2026, 10, 24, 4), NEW_YORK), utc(2026, 10, 26, 12)
        )
        self.assertEqual(
            self.next(utc(2026, 10, 31, 4), NEW_YORK), utc(2026, 11, 2, 13)
        )

    def test_in_the_hour_that_does_not_exist(self):
        """A shop that opens on Sundays at half past two, when it is three at once."""
        hours = {6: ((2.5, 12.0),)}
        self.assertEqual(
            self.next(utc(2026, 3, 28, 12), BRUSSELS, hours), utc(2026, 3, 29, 1)
        )

    def test_in_the_hour_that_comes_twice(self):
        hours = {6: ((2.5, 12.0),)}
        self.assertEqual(
            self.next(utc(2026, 10, 24, 12), BRUSSELS, hours), utc(2026, 10, 25, 0, 30)
        )

    def test_zones_of_parts_of_hours(self):
        night = utc(2026, 11, 24, 22)
        self.assertEqual(self.next(night, KOLKATA), utc(2026, 11, 25, 2, 30))
        self.assertEqual(self.next(night, KATHMANDU), utc(2026, 11, 25, 2, 15))
        # UTC+11 in summer, UTC+10:30 from 5 April 2026 on
        self.assertEqual(
            self.next(utc(2026, 4, 2, 22), LORD_HOWE),
            utc(2026, 4, 2, 22),
        )
        self.assertEqual(
            self.next(utc(2026, 4, 3, 12), LORD_HOWE), utc(2026, 4, 5, 21, 30)
        )

    def test_nobody_ever_works(self):
        self.assertIsNone(self.next(utc(2026, 11, 25, 9), BRUSSELS, {}))

    def test_with_a_lunch_break(self):
        hours = {2: ((8.0, 12.0), (13.0, 17.0))}
        self.assertEqual(
            self.next(utc(2026, 11, 25, 11, 10), BRUSSELS, hours),
            utc(2026, 11, 25, 12),
        )


class TestHabits(BaseCase):
    def opens(self, hour, count, day=25):
        return [utc(2026, 11, day, hour, n % 60) for n in range(count)]

    def next(self, now, week):
        return moment.next_usual(now, BRUSSELS, week, moment.MON_FRI)

    def test_the_week_is_local(self):
        week = moment.week_of([utc(2026, 11, 25, 23, 30)], BRUSSELS)
        self.assertEqual(week[3][0], 1, "Thursday already")
        self.assertEqual(moment.total(week), 1)
        week = moment.week_of([utc(2026, 11, 25, 20, 15)], KOLKATA)
        self.assertEqual(week[3][1], 1, "a quarter to two there")

    def test_the_same_hour_in_summer_and_winter(self):
        opens = [utc(2026, 7, 15, 7), utc(2026, 11, 25, 8)]
        self.assertEqual(moment.week_of(opens, BRUSSELS)[2][9], 2)

    def test_too_few_are_no_habit(self):
        four = moment.week_of(self.opens(8, 4), BRUSSELS)
        self.assertEqual(moment.usual_hours(four), [])
        self.assertIsNone(self.next(utc(2026, 11, 25, 12), four))
        five = moment.week_of(self.opens(8, 5), BRUSSELS)
        self.assertEqual(moment.usual_hours(five), [9])

    def test_half_of_them_are_enough(self):
        opens = self.opens(8, 3) + self.opens(13, 3) + self.opens(6, 1)
        week = moment.week_of(opens, BRUSSELS)
        self.assertEqual(moment.usual_hours(week), [9, 14])
        self.assertEqual(moment.ranges([9, 14]), [(9, 10), (14, 15)])

    def test_scattered_ones_are_no_habit(self):
        once_each = [utc(2026, 11, 25, hour) for hour in range(6, 14)]
        week = moment.week_of(once_each, BRUSSELS)
        self.assertEqual(moment.usual_hours(week), [])
        self.assertIsNone(self.next(utc(2026, 11, 25, 12), week))
        # two of seven at ten
        week = moment.week_of(once_each[:6] + [utc(2026, 11, 25, 9)], BRUSSELS)
        self.assertEqual(moment.usual_hours(week), [])

    def test_all_that_are_as_busy(self):
        week = moment.week_of(self.opens(23, 3) + self.opens(9, 3), BRUSSELS)
        self.assertEqual(moment.usual_hours(week), [0, 10])

    def test_rather_at_work_than_at_midnight(self):
        """Thursdays at midnight, Wednesdays at ten; it is Wednesday, one o'clock."""
        week = moment.week_of(self.opens(23, 3) + self.opens(9, 3), BRUSSELS)
        now = utc(2026, 11, 25, 12)
        # Thursday at ten: on that day something has happened, too
        self.assertEqual(self.next(now, week), utc(2026, 11, 26, 9))
        week = moment.week_of(self.opens(20, 5), BRUSSELS)
        self.assertEqual(self.next(now, week), utc(2026, 11, 25, 20), "always at nine")

    def test_next_usual_hour(self):
        week = moment.week_of(self.opens(8, 5), BRUSSELS)  # Wednesdays
        self.assertEqual(
            self.next(utc(2026, 11, 25, 12), week),
            utc(2026, 12, 2, 8),
        )
        now = utc(2026, 11, 25, 8, 20)
        self.assertEqual(self.next(now, week), now)

    def test_next_usual_hour_after_the_change(self):
        week = moment.week_of(self.opens(8, 5), BRUSSELS)
        self.assertEqual(
            self.next(utc(2026, 3, 26, 12), week),
            utc(2026, 4, 1, 7),
        )


class TestCommonHour(BaseCase):
    def best(self, now, *recipients):
        recipients = [
            r if isinstance(r, moment.Recipient) else moment.Recipient(r)
            for r in recipients
        ]
        return moment.best_common(now, recipients, moment.MON_FRI)

    def test_where_all_are_at_work(self):
        best = self.best(utc(2026, 11, 25, 5), BRUSSELS, NEW_YORK)
        self.assertEqual(best, moment.Common(utc(2026, 11, 25, 13), 2))

    def test_in_the_weeks_in_which_they_are_nearer(self):
        """America changes its clocks two weeks earlier in spring."""
        best = self.best(utc(2026, 3, 16, 5), BRUSSELS, NEW_YORK)
        self.assertEqual(best, moment.Common(utc(2026, 3, 16, 12), 2))

    def test_the_whole_hour_suits(self):
        """At a quarter past four it is too late in Brussels for an hour."""
        best = self.best(utc(2026, 11, 25, 15, 10), BRUSSELS, NEW_YORK)
        self.assertEqual(best.moment, utc(2026, 11, 26, 13))

    def test_parts_of_hours(self):
        best = self.best(utc(2026, 11, 25, 0), BRUSSELS, KOLKATA)
        self.assertEqual(best, moment.Common(utc(2026, 11, 25, 7), 2))
        best = self.best(utc(2026, 11, 25, 0), KOLKATA, KATHMANDU)
        self.assertEqual(best, moment.Common(utc(2026, 11, 25, 2, 30), 2))

    def test_never_all_at_once(self):
        best = self.best(
            utc(2026, 11, 25, 5), BRUSSELS, BRUSSELS, ZoneInfo("Pacific/Auckland")
        )
        self.assertEqual(best, moment.Common(utc(2026, 11, 25, 7), 2))

    def test_habits_decide_among_business_hours(self):
        week = moment.week_of([utc(2026, 11, 18, 14)] * 5, BRUSSELS)
        best = self.best(
            utc(2026, 11, 25, 5), moment.Recipient(BRUSSELS, week), NEW_YORK
        )
        self.assertEqual(best, moment.Common(utc(2026, 11, 25, 14), 2))

    def test_nobody(self):
        self.assertIsNone(moment.best_common(utc(2026, 11, 25), [], moment.MON_FRI))
        recipients = [moment.Recipient(BRUSSELS)]
        self.assertIsNone(moment.best_common(utc(2026, 11, 25), recipients, {}))

    def test_steps_are_quarters(self):
        steps = list(moment._steps(utc(2026, 11, 25, 5, 1), timedelta(hours=1)))
        self.assertEqual(steps[0], utc(2026, 11, 25, 5, 15))
        self.assertEqual(steps[-1], utc(2026, 11, 25, 6))


class TestTimeZones(BaseCase):
    def test_places(self):
        for country, state, zone in (
            ("BE", None, "Europe/Brussels"),
            ("IN", "KA", "Asia/Kolkata"),
            ("DE", None, "Europe/Berlin"),
            ("US", None, None),
            ("US", "CA", "America/Los_Angeles"),
            ("US", "FL", None),
            ("ES", None, None),
            ("ES", "GC", "Atlantic/Canary"),
            ("ES", "M", "Europe/Madrid"),
            ("AU", "QLD", "Australia/Brisbane"),
            ("BR", "SP", "America/Sao_Paulo"),
            ("AR", None, "America/Argentina/Buenos_Aires"),
            ("RU", None, None),
            ("XX", None, None),
            (None, None, None),
        ):
            with self.subTest(country=country, state=state):
                self.assertEqual(timezones.of_place(country, state, 2026), zone)

    def test_every_zone_of_the_table_exists(self):
        seen = set()
        for country, by_zone in timezones.STATES.items():
            for name, codes in by_zone.items():
                with self.subTest(name):
                    self.assertTrue(timezones.zone(name))
                    self.assertTrue(timezones.is_in_country(name, country, 2026))
                for code in codes.split():
                    self.assertNotIn((country, code), seen, "in one zone only")
                    seen.add((country, code))

    def test_inside_and_outside(self):
        self.assertTrue(timezones.is_in_country("Europe/Paris", "BE", 2026))
        self.assertFalse(timezones.is_in_country("Europe/Brussels", "US", 2026))
        self.assertTrue(timezones.is_in_country("America/Chicago", "US", 2026))

    def test_no_such_zone(self):
        for name in (None, "", "Mars/Base", "../etc/passwd", "\x00"):
            self.assertIsNone(timezones.zone(name))
