from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import EngagementTransactionCase
from .test_send import BODY

NEUTRALIZE = Path(__file__).parents[1] / "data" / "neutralize.sql"


@tagged("post_install", "-at_install")
class TestRetention(EngagementTransactionCase):
    def old(self, days):
        message, _mails = self.post(BODY)
        engagement = message.engagement_id
        self.hit(engagement.trace_ids, engagement.link_ids[0])
        self.digest()
        engagement.date = fields.Datetime.now() - timedelta(days=days)
        self.env.flush_all()
        return engagement

    def forget(self, **kwargs):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress") as commit:
            commit.return_value = float("inf")
            self.env["email.engagement"]._forget_old(**kwargs)
        self.env.invalidate_all()
        return commit.call_count

    def test_timelines(self):
        self.env.company.engagement_keep_events = 30
        old, young = self.old(31), self.old(29)
        self.forget()
        self.assertTrue(old.is_closed)
        self.assertFalse(old.event_ids)
        self.assertEqual((old.open_count, old.click_count), (1, 1))
        self.assertEqual(old.trace_ids.click_count, 1)
        self.assertFalse(young.is_closed)
        self.assertTrue(young.event_ids)
        old.action_rebuild()
        self.assertEqual((old.open_count, old.click_count), (1, 1))
        self.assertEqual(self.hit(old.trace_ids), "")
        self.assertFalse(self.env["email.engagement.hit"].search([]))
        self.anna._engagement_decide({"opens": "granted"})
        self.hit(old.trace_ids)
        self.assertFalse(self.env["email.engagement.hit"].search([]))

    def test_a_company_that_is_deleted(self):
        """Its emails belong to nobody else, and nobody is left to keep them."""
        company = self.env["res.company"].create({"name": "Short-lived"})
        theirs, ours = self.old(3), self.old(3)
        theirs.company_id = company
        self.anna.with_company(company)._engagement_decide({"opens": "refused"})
        self.anna._engagement_decide({"opens": "granted"})
        traces, message = theirs.trace_ids, theirs.message_id
        self.env["email.engagement.record.touch"].search([]).unlink()
        company.unlink()
        self.assertFalse(theirs.exists() or traces.exists())
        self.assertTrue(ours.exists() and message.exists())
        # A decision for one company is not left behind as one for all.
        decisions = self.env["email.engagement.consent"].search(
            [("partner_id", "=", self.anna.id)]
        )
        self.assertEqual(decisions.mapped("state"), ["granted"])
        touched = self.env["email.engagement.record.touch"].search([])
        self.assertEqual(touched.mapped("res_id"), [self.record.id])

    def test_figures(self):
        self.env.company.engagement_keep_engagements = 30
        old, young = self.old(31), self.old(29)
        traces, message = old.trace_ids, old.message_id
        with patch.object(type(old), "_keep_totals", autospec=True) as keep:
            self.forget()
        self.assertEqual([call.args[0].ids for call in keep.call_args_list], [old.ids])
        self.assertFalse(old.exists() or traces.exists())
        self.assertTrue(young.exists() and message.exists())

    def test_in_batches(self):
        self.env.company.engagement_keep_events = 30
        engagements = self.old(31) | self.old(32) | self.old(33)
        self.assertEqual(self.forget(batch_size=2), 2)
        self.assertEqual(engagements.mapped("is_closed"), [True] * 3)

    def test_from_sending(self):
        """Not from writing: what is scheduled has not gone out yet."""
        self.env.company.write(
            {"engagement_keep_events": 7, "engagement_keep_engagements": 8}
        )
        now = fields.Datetime.now()
        message, _mails = self.post(BODY, scheduled_date=now + timedelta(days=10))
        engagement = message.engagement_id
        with freeze_time(now + timedelta(days=9)):
            self.forget()
        self.assertFalse(engagement.is_closed)
        with self.mock_mail_gateway(), freeze_time(now + timedelta(days=11)):
            self.env["mail.message.schedule"]._send_notifications_cron()
            self.forget()
            self.assertEqual(engagement.status_text, "Not yet opened")
            self.assertEqual(engagement.date, fields.Datetime.now())
        self.assertFalse(engagement.is_closed)
        with freeze_time(now + timedelta(days=18, minutes=1)):
            self.forget()
        self.assertTrue(engagement.is_closed)

    def test_for_ever(self):
        self.env.company.write(
            {"engagement_keep_events": 0, "engagement_keep_engagements": 0}
        )
        old = self.old(9999)
        self.forget()
        self.assertTrue(old.event_ids)
        with self.assertRaises(ValidationError):
            self.env.company.engagement_keep_events = -1

    def test_the_cron(self):
        cron = self.env.ref("email_engagement.ir_cron_retention")
        self.assertTrue(cron.active)
        self.env.company.engagement_keep_events = 30
        old = self.old(31)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        old.invalidate_recordset()
        self.assertTrue(old.is_closed)


@tagged("post_install", "-at_install")
class TestNeutralize(EngagementTransactionCase):
    def test_neutralized_copy(self):
        """It follows no new mails and records no hits."""
        message, _mails = self.post(BODY)
        trace, link = message.engagement_id.trace_ids, message.engagement_id.link_ids[0]
        self.env["email.engagement.policy.country"].create(
            {"country_id": self.env.ref("base.fr").id, "policy": "unless_refused"}
        )
        message.engagement_id.write(
            {
                "reminder_type": "anyway",
                "reminder_date": fields.Datetime.now(),
                "reminder_state": "set",
            }
        )
        self.env.flush_all()
        self.env.cr.execute(NEUTRALIZE.read_text())
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertEqual(self.hit(trace, link), link.url)
        self.hit(trace)
        self.assertFalse(self.env["email.engagement.hit"].search([]))
        message, mails = self.post(BODY)
        self.assertFalse(message.engagement_id)
        self.assertNotIn("/ee/", mails[0]["body"])
        self.assertEqual(trace.engagement_id.reminder_state, "cancelled")

    def test_secret_of_a_neutralized_copy(self):
        """Its tokens are not those of the original; refusals are still found."""
        tokens = self.env["email.engagement.token"]
        parameters = self.env["ir.config_parameter"]
        token = tokens._sign("open", 1)
        address_key = self.env["email.engagement.policy"]._email_key("a@x.com")
        self.env.company.write(
            {
                "engagement_check_level": "ok",
                "engagement_check_date": "2026-11-24",
                "engagement_named_urls": "https://original.example.com",
            }
        )
        secret = parameters.get_param("email_engagement.secret")
        self.env.flush_all()
        self.env.cr.execute(NEUTRALIZE.read_text())
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        self.assertNotEqual(parameters.get_param("email_engagement.secret"), secret)
        self.assertIsNone(tokens._verify("open", token))
        self.assertEqual(tokens._verify("open", tokens._sign("open", 1)), (1,))
        self.assertEqual(
            self.env["email.engagement.policy"]._email_key("a@x.com"), address_key
        )
        self.assertFalse(self.env.company.engagement_check_level)
        self.assertFalse(self.env.company.engagement_check_date)
        self.assertFalse(self.env.company.engagement_named_urls)

    def test_odoo_runs_it(self):
        from odoo.modules.neutralize import get_neutralization_queries

        self.assertIn(
            "engagement_policy",
            "".join(get_neutralization_queries(["email_engagement"])),
        )

    def test_duplicate_knows_no_token(self):
        """What Odoo does when a database is duplicated: it gets a new identity."""
        tokens = self.env["email.engagement.token"]
        for purpose, ids in (("open", (1,)), ("click", (1, 2)), ("preference", (1,))):
            token = tokens._sign(purpose, *ids)
            self.assertEqual(tokens._verify(purpose, token), ids)
            with self.subTest(purpose):
                self.env["ir.config_parameter"].init(force=True)
                self.env.registry.clear_cache()
                self.assertIsNone(tokens._verify(purpose, token))
