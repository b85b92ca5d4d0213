from odoo import fields
from odoo.tests import tagged

from .common import EngagementTransactionCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestReport(EngagementTransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("test_rates")
        cls.engagement = case.post(BODY, cls.anna | cls.bob)[0].engagement_id
        cls.trace = cls.engagement.trace_ids[0]
        # a Thursday, 23:30 in UTC
        moment = fields.Datetime.to_datetime("2026-01-01 23:30:00")
        cls.engagement.trace_ids.sent_date = moment
        cls.env.flush_all()
        case.hit(cls.trace, seconds=1800)
        case.hit(cls.trace, cls.engagement.link_ids[0], seconds=3 * 3600)
        case.digest()
        cls.sales.tz = "Europe/Brussels"
        cls.domain = [("engagement_id", "=", cls.engagement.id)]

    def group(self, groupby, aggregates, user=None, domain=()):
        report = self.env["email.engagement.report"].with_user(user or self.sales)
        return report._read_group([*self.domain, *domain], groupby, aggregates)

    def test_rates(self):
        names = ["copies:sum", "open_rate:avg", "click_rate:avg", "reply_rate:avg"]
        self.assertEqual(self.group([], names), [(2, 50.0, 50.0, 0.0)])

    def test_interactions(self):
        names = ["opens:sum", "clicks:sum", "replies:sum"]
        for kind in ("copy", "interaction"):
            with self.subTest(kind):
                rows = self.group([], names, domain=[("kind", "=", kind)])
                self.assertEqual(rows, [(1, 1, 0)])

    def test_every_report_is_of_one_kind(self):
        actions = self.env["ir.actions.act_window"].search(
            [("res_model", "=", "email.engagement.report")]
        )
        self.assertEqual(len(actions), 4)
        for action in actions:
            self.assertRegex(action.domain, r"'kind', '=', '(copy|interaction)'")

    def test_rates_by_country_and_device(self):
        """Of who opened and of who did not: the contact has a country either way."""
        (self.anna | self.bob).country_id = self.env.ref("base.be")
        self.env.flush_all()
        domain = [("kind", "=", "copy")]
        rows = self.group(["country_id"], ["open_rate:avg"], domain=domain)
        self.assertEqual(rows, [(self.env.ref("base.be"), 50.0)])
        rows = self.group(["device"], ["copies:sum", "click_rate:avg"], domain=domain)
        self.assertEqual(rows, [("desktop", 1, 100.0), (False, 1, 0.0)])

    def test_an_axis_leaves_no_hour_out(self):
        report = self.env["email.engagement.report"].with_user(self.sales)
        report = report.with_context(read_group_expand=True)
        domain = [*self.domain, ("kind", "=", "interaction")]
        hours = report.formatted_read_group(domain, ["hour"], ["opens:sum"])
        self.assertEqual([row["hour"] for row in hours], [f"{h:02}" for h in range(24)])
        self.assertEqual([row["opens:sum"] for row in hours], [0, 1] + 22 * [0])
        days = report.formatted_read_group(domain, ["weekday"], ["opens:sum"])
        self.assertEqual([row["weekday"] for row in days], list("1234567"))
        domain.append(("date", "<", "2000-01-01"))
        self.assertFalse(report.formatted_read_group(domain, ["hour"], ["opens:sum"]))

    def test_hours_and_weekdays_of_the_reader(self):
        opened = [("kind", "=", "interaction"), ("opens", ">", 0)]
        rows = self.group(["weekday", "hour"], ["opens:sum"], domain=opened)
        # midnight and one hour east: Friday
        self.assertEqual(rows, [("5", "01", 1)])
        self.sales.tz = "America/New_York"
        rows = self.group(["weekday", "hour"], ["opens:sum"], domain=opened)
        self.assertEqual(rows, [("4", "19", 1)])
        self.sales.tz = False
        rows = self.group(["weekday", "hour"], ["opens:sum"], domain=opened)
        self.assertEqual(rows, [("5", "00", 1)])

    def test_delay(self):
        rows = self.group(["delay"], ["copies:sum"], domain=[("kind", "=", "copy")])
        self.assertEqual(rows, [("0", 1), ("9", 1)])

    def test_device_and_salesperson(self):
        rows = self.group(
            ["user_id", "device"],
            ["opens:sum"],
            self.env.user,
            [("kind", "=", "interaction"), ("opens", ">", 0)],
        )
        self.assertEqual(rows, [(self.sales, "desktop", 1)])

    def test_as_whoever_may_read_the_message(self):
        self.assertEqual(self.group([], ["copies:sum"], self.colleague), [(2,)])
        self.close_record()
        [(copies,)] = self.group([], ["copies:sum"], self.colleague)
        self.assertFalse(copies)
        self.assertEqual(self.group([], ["copies:sum"], self.sales), [(2,)])

    def test_other_company(self):
        self.engagement.company_id = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(self.group([], ["copies:sum"], self.sales)[0][0])

    def test_rows_can_be_read(self):
        report = self.env["email.engagement.report"].with_user(self.sales)
        rows = report.search(self.domain)
        self.assertEqual(len(rows), 4)
        self.assertEqual(set(rows.mapped("kind")), {"copy", "interaction"})
