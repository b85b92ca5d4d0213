from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .template_case import TemplateCase


def counts(row):
    return row.sent_count, row.opened_count, row.replied_count


@tagged("post_install", "-at_install")
class TestTemplateCounting(TemplateCase):
    """What is counted of copies, when, and that it is what there is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_results()

    def test_refresh_of_what_was_touched(self):
        self.Stats._run()
        emails = self.make_emails(self.unused, 4)
        self.make_emails(self.bad, 50)
        emails.trace_ids.invalidate_recordset()
        self.Stats._touch(emails)
        self.Stats._touch(emails.browse())
        self.Stats._run()
        self.assertEqual(self.as_seen(self.unused).engagement_sent_count, 4)
        self.assertEqual(
            self.as_seen(self.bad).engagement_sent_count, 40, "not touched"
        )
        self.assertFalse(self.env["email.engagement.template.touch"].search([]))
        with self.assertQueryCount(1):
            self.Stats._run()

    def day_rows(self):
        self.env.flush_all()
        rows = self.env["email.engagement.template.day"].search([])
        return sorted(
            (row.template_id.id, row.company_id.id, row.date, *counts(row))
            for row in rows
        )

    def test_what_was_counted_bit_by_bit_is_what_there_is(self):
        """Days and sums, after all that can happen to emails, are those that counting
        all copies anew finds.
        """
        other = self.env["res.company"].create({"name": "Other"})
        self.Stats._run()
        late = self.make_emails(self.good, 3, 1, days=364)
        old = self.make_emails(self.good, 3, 1, days=365)
        there = self.make_emails(self.good, 5, 2, company=other)
        gone = self.make_emails(self.unused, 2, 2)
        nowhere = self.make_emails(self.bad, 2, 1)
        nowhere.company_id = False
        same_day = self.make_emails(self.bad, 4, days=1)
        emails = late | old | there | gone | nowhere | same_day
        self.Stats._touch(emails)
        self.Stats._run()
        self.assertEqual(self.as_seen(self.good).engagement_sent_count, 43)
        self.assertEqual(self.as_seen(self.bad).engagement_sent_count, 46)
        there.trace_ids[0].state = "bounced"
        same_day.trace_ids[0].reply_count = 1
        self.Stats._touch(there | same_day)
        gone.unlink()
        self.Stats._run()
        self.assertFalse(self.as_seen(self.unused).engagement_results)
        bad = self.as_seen(self.bad).engagement_results
        self.assertEqual((bad["replied"], bad["sent"]), (5, 46))
        days = self.day_rows()
        sums = sorted(map(counts, self.Stats.search([("sent_count", ">", 0)])))
        pools = sorted(
            map(counts, self.env["email.engagement.template.pool"].search([]))
        )
        self.Stats._refresh()
        self.assertEqual(self.day_rows(), days)
        self.assertEqual(sorted(map(counts, self.Stats.search([]))), sums)
        again = self.env["email.engagement.template.pool"].search([])
        self.assertEqual(sorted(map(counts, again)), pools)

    def test_a_day_reads_its_own_copies_only(self):
        """The plan: none of the other days' emails is looked at."""
        self.env.flush_all()
        email = self.make_emails(self.good, 2, days=30)
        self.env["email.engagement"].create(
            [
                {
                    "subject": "Other day",
                    "template_id": self.good.id,
                    "company_id": self.company.id,
                    "date": fields.Datetime.now() - timedelta(days=31 + number % 300),
                }
                for number in range(2000)
            ]
        )
        self.Stats._touch(email)
        self.env.cr.execute("ANALYZE email_engagement, email_engagement_trace")
        read = "SELECT seq_scan, idx_tup_fetch FROM pg_stat_xact_user_tables"
        read += " WHERE relname = 'email_engagement'"
        self.env.cr.execute(read)
        before = self.env.cr.fetchone()
        self.Stats._run()
        self.env.cr.execute(read)
        after = self.env.cr.fetchone()
        self.assertEqual(after[0], before[0], "no look at all emails")
        self.assertLessEqual(after[1] - before[1], 3)

    def test_counting_is_the_same_number_of_statements(self):
        emails = self.make_emails(self.good, 1)
        many = emails.browse()
        for template in self.templates:
            for days in range(5):
                many |= self.make_emails(template, 2, days=days)
        self.Stats._add_up()  # reads settings, once
        for touched in (emails, many):
            self.Stats._touch(touched)
            self.env.flush_all()
            with self.assertQueryCount(4):
                self.Stats._run()

    def test_figures_that_change_touch_their_template(self):
        emails = self.make_emails(self.unused, 2)
        self.env["email.engagement.event"].create(
            {
                "engagement_id": emails.id,
                "trace_id": emails.trace_ids[0].id,
                "type": "open",
                "date": fields.Datetime.now(),
                "counted": True,
            }
        )
        emails._refresh()
        self.Stats._run()
        self.assertEqual(self.as_seen(self.unused).engagement_open_rate, 50)

    def test_touching_is_one_statement_for_any_number(self):
        emails = self.make_emails(self.good, 1) | self.make_emails(self.bad, 1)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.Stats._touch(emails)

    def test_daily(self):
        self.Stats._run()
        emails = self.make_emails(self.unused, 4)
        self.Stats._touch(emails)
        self.Stats._run_daily()
        self.Stats._run()
        self.assertEqual(self.as_seen(self.unused).engagement_sent_count, 4)
        with freeze_time(fields.Datetime.now() + timedelta(days=363)):
            self.Stats._run_daily()
            self.Stats._run()
            self.assertEqual(self.as_seen(self.unused).engagement_sent_count, 4)
        with freeze_time(fields.Datetime.now() + timedelta(days=364)):
            self.Stats._run_daily()
            self.Stats._run()
            self.assertFalse(self.as_seen(self.unused).engagement_results)
        self.assertTrue(emails)

    def test_daily_reads_no_copies(self):
        self.Stats._run_daily()
        self.env["email.engagement"].search([]).trace_ids.state = "failed"
        self.env.flush_all()
        self.Stats._run()
        self.assertEqual(self.as_seen(self.good).engagement_sent_count, 40)

    def test_refresh_writes_only_what_differs(self):
        self.assertEqual(self.Stats._refresh(), 0)
        self.make_emails(self.good, 1)
        self.make_emails(self.unused, 1)
        self.assertEqual(self.Stats._refresh(), 4, "two days, two sums")
        self.env["email.engagement"].search(
            [("template_id", "=", self.bad.id)]
        ).unlink()
        self.assertEqual(self.Stats._refresh(), 2)
        self.assertFalse(self.as_seen(self.bad).engagement_results)

    def test_emails_of_no_company(self):
        emails = self.make_emails(self.unused, 4)
        emails.company_id = False
        self.Stats._refresh()
        self.assertEqual(self.Stats._refresh(), 0)
        self.assertEqual(self.as_seen(self.unused).engagement_sent_count, 4)

    def test_only_who_was_followed_is_in_the_rates(self):
        email = self.make_emails(self.unused, 4, 1)
        seen, *_others, apart, anonymous = email.trace_ids
        apart.followed = "none"
        anonymous.write({"is_anonymous": True, "recipient_count": 9, "open_count": 5})
        self.Stats._refresh()
        template = self.as_seen(self.unused)
        self.assertEqual(template.engagement_sent_count, 2)
        self.assertEqual(template.engagement_open_rate, 50)
        self.assertTrue(seen.open_count)

    def test_emails_deleted_for_their_age_stay_in_the_rates(self):
        self.company.engagement_keep_engagements = 30
        self.make_emails(self.unused, 3, 2, 1, days=40)
        self.make_emails(self.unused, 2, 1, days=40)
        self.make_emails(self.unused, 5, 1)
        self.Stats._refresh()
        names = ["engagement_sent_count", "engagement_open_rate", "engagement_trend"]
        template = self.as_seen(self.unused)
        before = template.read(names)
        self.assertEqual(before[0]["engagement_sent_count"], 10)
        with patch.object(type(self.env["ir.cron"]), "_commit_progress") as commit:
            commit.return_value = float("inf")
            self.env["email.engagement"]._forget_old(batch_size=1)
        emails = self.env["email.engagement"]
        domain = [("template_id", "=", self.unused.id)]
        self.assertEqual(emails.search_count(domain), 1)
        self.Stats._refresh()
        self.env.invalidate_all()
        self.assertEqual(template.read(names), before)

    def test_deleted_template(self):
        emails = self.env["email.engagement"].search(
            [("template_id", "=", self.good.id)]
        )
        self.good.unlink()
        emails.invalidate_recordset()
        self.assertEqual(emails.mapped("template_name"), ["Good"])
        groups = self.env["email.engagement"]._read_group(
            [("id", "in", emails.ids)], ["template_name"], ["__count"]
        )
        self.assertEqual(groups, [("Good", 1)])
        self.assertEqual(self.Stats._refresh(), 0)

    def test_the_others_of_a_model_that_changes(self):
        """They are compared with what is left, the next time the cron runs."""
        touched = self.env["email.engagement.template.touch"]
        for change in (
            lambda: self.good.write(
                {"model_id": self.env.ref("base.model_res_users").id}
            ),
            self.good.unlink,
        ):
            self.Stats._run()
            self.assertFalse(touched.search([]))
            change()
            self.assertEqual(touched.search([]).mapped("template_id"), [0])

    def test_more_opened_than_sent(self):
        """Until the days are added up, where more of them count than before."""
        stats = self.Stats.search([("template_id", "=", self.good.id)])
        stats.opened_count = stats.sent_count + 1
        stats.flush_recordset()
        self.assertGreater(self.as_seen(self.good).engagement_open_rate, 100)

    def run_cron(self, name):
        self.env.ref(f"email_engagement.ir_cron_{name}").ir_actions_server_id.run()

    def test_crons(self):
        """They run as they are, without their commits."""
        with patch.object(self.env.registry["ir.cron"], "_trigger") as trigger:
            self.run_cron("template_results_daily")
            self.assertEqual(trigger.call_count, 1)
        self.Stats._touch(self.make_emails(self.unused, 4))
        self.run_cron("template_results")
        self.assertEqual(self.as_seen(self.unused).engagement_sent_count, 4)
