from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import EngagementTransactionCase
from .test_send import BODY

NOW = "2026-11-25 06:40:00"  # Wednesday, 7:40 in Brussels


@tagged("post_install", "-at_install")
class TestMomentAdvice(EngagementTransactionCase):
    """What the composer says of the right moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales.tz = "Europe/Brussels"
        cls.anna.write({"tz": False, "country_id": cls.env.ref("base.in").id})
        cls.bob.write({"tz": False})
        if "resource_calendar_id" in cls.env.company:
            cls.env.company.resource_calendar_id = False

    def advice(self, partners=None, now=NOW, user=None):
        moment = self.env["email.engagement.moment"].with_user(user or self.sales)
        with freeze_time(now):
            return moment.get_advice(
                (self.anna if partners is None else partners).ids, self.env.company.id
            )

    def one(self, *args, **kwargs):
        (recipient,) = self.advice(*args, **kwargs)["recipients"]
        return recipient

    def opens(self, count, hour=4, **values):
        """Anna has opened some email on Wednesdays at this hour (UTC)."""
        message, _mails = self.post(BODY)
        trace = message.engagement_id.trace_ids
        self.env["email.engagement.event"].create(
            [
                {
                    "engagement_id": trace.engagement_id.id,
                    "trace_id": trace.id,
                    "type": "open",
                    "date": fields.Datetime.to_datetime("2026-11-18 00:00:00")
                    + timedelta(hours=hour, minutes=number),
                    "counted": True,
                    "actor": "human",
                    **values,
                }
                for number in range(count)
            ]
        )

    def test_both_clocks(self):
        advice = self.advice()
        (anna,) = advice["recipients"]
        self.assertIn("7:40", advice["mine"])
        self.assertIn("12:10", anna["now"])
        self.assertEqual((anna["zone"], anna["source"]), ("Asia/Kolkata", "place"))
        self.assertTrue(anna["is_business"])

    def test_next_business_hour(self):
        anna = self.one(now="2026-11-25 13:00:00")  # half past six in the evening
        self.assertFalse(anna["is_business"])
        self.assertEqual(anna["business"]["utc"], "2026-11-26 02:30:00")
        self.assertIn("8:00", anna["business"]["theirs"])
        self.assertIn("3:30", anna["business"]["mine"])

    def test_over_a_change_of_the_clocks(self):
        self.anna.country_id = self.env.ref("base.be")
        anna = self.one(now="2026-03-27 18:00:00")
        self.assertEqual(anna["business"]["utc"], "2026-03-30 06:00:00")
        self.assertIn("8:00", anna["business"]["theirs"])

    def test_time_zone_of_the_contact(self):
        self.bob.tz = "America/New_York"
        bob = self.one(self.bob)
        self.assertEqual((bob["zone"], bob["source"]), ("America/New_York", "contact"))

    def test_time_zone_of_whoever_made_the_contact(self):
        """Odoo gives it to new contacts: an Indian customer is not in Brussels."""
        self.anna.tz = "Europe/Brussels"
        self.assertEqual(self.one()["zone"], "Asia/Kolkata")
        new_test_user(
            self.env, "anna_portal", "base.group_portal"
        ).partner_id = self.anna
        self.assertEqual(self.one()["zone"], "Europe/Brussels", "she has chosen it")

    def test_state(self):
        self.bob.country_id = self.env.ref("base.us")
        self.assertFalse(self.one(self.bob)["zone"])
        self.bob.state_id = self.env.ref("base.state_us_5")  # California
        self.assertEqual(self.one(self.bob)["zone"], "America/Los_Angeles")

    def test_unknown(self):
        bob = self.one(self.bob)
        self.assertFalse(bob["zone"])
        self.assertFalse(bob["business"])
        self.assertFalse(bob["now"])

    def test_usual_hours(self):
        self.opens(5)
        anna = self.one()
        self.assertEqual(anna["usual_hours"], [(9, 10)])
        self.assertEqual(anna["week"][2][9], 5)
        self.assertEqual(anna["usual"]["utc"], "2026-12-02 03:30:00")
        self.assertIn("9:00", anna["usual"]["theirs"])

    def test_too_few_opens(self):
        self.opens(4)
        anna = self.one()
        self.assertIsNone(anna["week"])
        self.assertFalse(anna["usual"])
        self.assertEqual(anna["opens"], 4)

    def test_never_from_machines(self):
        self.opens(4)
        self.opens(9, actor="scanner", counted=False)
        self.opens(9, actor="prefetch", counted=False)
        self.opens(9, actor="self", counted=False)
        self.opens(9, actor="scanner", counted=True)
        self.assertEqual(self.one()["opens"], 4)

    def test_only_of_emails_that_one_may_read(self):
        self.opens(5)
        self.env["ir.rule"].create(
            {
                "name": "closed",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.record.id})]",
            }
        )
        self.assertEqual(self.one()["opens"], 5)
        self.assertEqual(self.one(user=self.colleague)["opens"], 0)

    def test_portal(self):
        portal = new_test_user(self.env, "portal_user", "base.group_portal")
        with self.assertRaises(AccessError):
            self.advice(portal.partner_id, user=portal)
        self.assertFalse(self.advice(self.anna, user=portal)["recipients"])

    def test_common_hour(self):
        self.bob.tz = "America/New_York"
        advice = self.advice(self.anna | self.bob)
        common = advice["common"]
        self.assertEqual((common["at_work"], common["total"]), (1, 2))
        self.anna.country_id = self.env.ref("base.be")
        common = self.advice(self.anna | self.bob)["common"]
        self.assertEqual((common["at_work"], common["total"]), (2, 2))
        self.assertEqual(common["utc"], "2026-11-25 13:00:00")
        self.assertIn("2:00", common["mine"])
        clocks = {clock["zone"]: clock["time"] for clock in common["clocks"]}
        self.assertIn("8:00", clocks["America/New_York"])

    def test_no_common_hour_for_one(self):
        self.assertIsNone(self.advice(self.anna | self.bob)["common"])

    def test_working_calendar(self):
        company = self.env.company
        if "resource_calendar_id" not in company:
            self.skipTest("resource is not installed")
        company.resource_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Afternoons",
                "attendance_ids": [
                    (5, 0, 0),
                    (
                        0,
                        0,
                        {
                            "name": "Thursday",
                            "dayofweek": "3",
                            "hour_from": 14,
                            "hour_to": 18,
                        },
                    ),
                ],
            }
        )
        self.assertEqual(self.one()["business"]["utc"], "2026-11-26 08:30:00")

    def test_constant_number_of_queries(self):
        """Whatever the number of recipients."""
        partners = self.env["res.partner"].create(
            [
                {"name": f"Customer {n}", "country_id": self.env.ref("base.be").id}
                for n in range(20)
            ]
        )
        self.advice(partners[:1])
        counts = []
        for some in (partners[:2], partners):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.advice(some)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
