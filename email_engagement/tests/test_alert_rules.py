from datetime import datetime, timedelta

from odoo.tests import BaseCase

from ..tools.alerts import RANK, Choice, Hot, Told, is_said, tell_at

NOW = datetime(2026, 11, 25, 10)  # noqa: DTZ001 - naive UTC, as Odoo stores it
WINDOW = timedelta(minutes=15)


def minutes(number) -> datetime:
    return NOW - timedelta(minutes=number)


def hours(*numbers) -> list[datetime]:
    return [NOW + timedelta(hours=number) for number in numbers]


class TestChoice(BaseCase):
    def test_nothing_by_default(self):
        for kind in ("open", "click", "attachment", "reply", "bounce", "alert"):
            self.assertFalse(Choice().wants(kind, is_first=True))

    def test_each_kind(self):
        self.assertTrue(Choice(clicks=True).wants("click"))
        self.assertTrue(Choice(attachments=True).wants("attachment"))
        self.assertTrue(Choice(replies=True).wants("reply"))
        self.assertFalse(Choice(replies=True).wants("open"))


class TestThrottle(BaseCase):
    def at(self, told, recipient=1, kind="open", window=WINDOW):
        return tell_at(recipient, RANK[kind], NOW, told, window)

    def test_first_at_once(self):
        self.assertEqual(self.at([]), NOW)

    def test_again_within_the_window_waits_for_its_end(self):
        told = [Told(1, RANK["open"], minutes(5))]
        self.assertEqual(self.at(told), minutes(5) + WINDOW)

    def test_again_after_the_window(self):
        told = [Told(1, RANK["open"], minutes(15))]
        self.assertEqual(self.at(told), NOW)

    def test_another_recipient(self):
        self.assertEqual(self.at([Told(2, RANK["open"], minutes(5))]), NOW)

    def test_what_goes_further_is_news(self):
        self.assertEqual(
            self.at([Told(1, RANK["open"], minutes(1))], kind="click"), NOW
        )
        told = [Told(1, RANK["click"], minutes(1))]
        self.assertGreater(self.at(told, kind="open"), NOW)

    def test_many_recipients(self):
        told = [Told(number, RANK["open"], minutes(number)) for number in (2, 3, 4)]
        self.assertEqual(self.at(told), minutes(4) + WINDOW)

    def test_no_window(self):
        told = [Told(1, RANK["open"], NOW)]
        self.assertEqual(self.at(told, window=timedelta(0)), NOW)


class TestSaid(BaseCase):
    def said(self, told, kind="open", recipient=1):
        return is_said(recipient, RANK[kind], minutes(5), told)

    def test_an_open_by_what_was_told_after_it(self):
        for kind in ("attachment", "click", "reply"):
            self.assertTrue(self.said([Told(1, RANK[kind], minutes(4))]))

    def test_not_by_what_was_told_before_it(self):
        self.assertFalse(self.said([Told(1, RANK["reply"], minutes(6))]))

    def test_not_by_another_open_or_another_recipient(self):
        self.assertFalse(self.said([Told(1, RANK["open"], minutes(4))]))
        self.assertFalse(self.said([Told(2, RANK["reply"], minutes(4))]))

    def test_only_opens(self):
        told = [Told(1, RANK["reply"], minutes(4))]
        self.assertFalse(self.said(told, kind="attachment"))
        self.assertFalse(self.said(told, kind="click"))


class TestHot(BaseCase):
    HOT = Hot(count=3, hours=2, silence=72)

    def since(self, *numbers, act=-1, hot=HOT):
        acts = hours(*numbers)
        return hot.since(acts, acts[act])

    def test_back_after_a_silence(self):
        self.assertEqual(self.since(-100, 0, 0.5, 1), timedelta(hours=100))

    def test_not_without_anything_before(self):
        """The first interest is no comeback."""
        self.assertIsNone(self.since(0, 0.5, 1))

    def test_not_often_enough(self):
        self.assertIsNone(self.since(-100, 0, 0.5))
        self.assertIsNone(self.since(-100, 0, 0.5, 2.6))

    def test_no_silence(self):
        self.assertIsNone(self.since(-71, 0, 0.5, 1))
        self.assertTrue(self.since(-72, 0, 0.5, 1))

    def test_once(self):
        self.assertIsNone(self.since(-100, 0, 0.5, 1, 1.5))
        self.assertIsNone(self.since(-100, 0, 0.5, 1, 2.6, 2.8, 2.9))

    def test_off(self):
        self.assertIsNone(self.since(-100, 0, 0.5, 1, hot=Hot(count=0)))
