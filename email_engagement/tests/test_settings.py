from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.tests import Form, tagged

from ..models import email_engagement_health as health_model
from ..models import email_engagement_reception as reception
from ..tools.timeline import ERROR
from .common import EngagementTransactionCase, administrator_of

# Of the database, not of a company: technical thresholds.
TECHNICAL = {
    "engagement_open_grace",
    "engagement_click_grace",
    "engagement_burst_links",
    "engagement_burst_seconds",
    "engagement_hits_per_minute",
    "engagement_events_per_hour",
    "engagement_alert_minutes",
    "engagement_hot_count",
    "engagement_hot_hours",
    "engagement_hot_silence",
    "engagement_template_days",
    "engagement_template_min_sample",
    "engagement_template_likeness",
}


@tagged("post_install", "-at_install")
class TestSettings(EngagementTransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other Company"})
        cls.admin = administrator_of(cls.other, "settings")
        cls.Settings = cls.env["res.config.settings"].with_user(cls.admin)

    def app(self):
        arch = etree.fromstring(self.Settings.get_view(view_type="form")["arch"])
        [app] = arch.xpath("//app[@name='email_engagement']")
        return app

    def test_each_setting_is_explained(self):
        settings = self.app().xpath(".//setting")
        self.assertGreater(len(settings), 15)
        for setting in settings:
            name = etree.tostring(setting)[:200]
            self.assertTrue(setting.get("help"), name)

    def test_what_belongs_to_the_company_is_marked(self):
        """And what holds for all of them says so to who has several."""
        self.admin.group_ids += self.env.ref("base.group_multi_company")
        for setting in self.app().xpath(".//setting"):
            names = {field.get("name") for field in setting.iter("field")}
            editable = {
                name
                for name in names
                if not self.Settings._fields[name].readonly
                and (self.Settings._fields[name].related or name in TECHNICAL)
            }
            of_company = {
                name for name in editable if self.Settings._fields[name].related
            }
            self.assertIn(of_company, (editable, set()), "both kinds in one setting")
            is_marked = bool(setting.get("company_dependent"))
            self.assertEqual(is_marked, bool(of_company), sorted(names))
            is_for_all = "For all companies." in setting.itertext()
            self.assertEqual(is_for_all, bool(editable) and not of_company, names)

    def test_policies_are_explained(self):
        settings = self.Settings.create({})
        policy = self.env["res.company"]._fields["engagement_policy"]
        for _code, label in policy.selection:
            name = label.partition(":")[0]
            self.assertIn(f"{name}: ", settings.engagement_policy_help)

    def test_nothing_is_missing(self):
        """Whatever the company or the system can set is on the page."""
        shown = {field.get("name") for field in self.app().iter("field")}
        known = {
            name
            for name, field in self.Settings._fields.items()
            if name.startswith("engagement_") and not field.readonly
        }
        self.assertFalse(known - shown)

    def test_of_the_own_company(self):
        self.env.company.engagement_base_url = "https://first.example.com"
        with Form(self.Settings) as form:
            self.assertFalse(form.engagement_base_url)
            form.engagement_base_url = "https://other.example.com"
            form.engagement_follow_default = False
            form.engagement_keep_events = 10
            form.engagement_alert_clicks = False
        form.record.execute()
        self.assertEqual(self.other.engagement_base_url, "https://other.example.com")
        self.assertFalse(self.other.engagement_follow_default)
        self.assertEqual(self.other.engagement_keep_events, 10)
        company = self.env.company
        self.assertEqual(company.engagement_base_url, "https://first.example.com")
        self.assertTrue(company.engagement_follow_default)
        self.assertEqual(company.engagement_keep_events, 395)

    def test_check_belongs_to_the_company(self):
        self.env.company.engagement_check_level = "error"
        self.assertFalse(self.Settings.create({}).engagement_check_level)
        action = self.Settings.create({}).action_engagement_check()
        check = self.env["email.engagement.check"].browse(action["res_id"])
        self.assertEqual(check.company_id, self.other)


class TestHealth(EngagementTransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["email.engagement"].search([]).unlink()
        cls.env["email.engagement.hit"].search([]).unlink()
        cls.env["ir.cron"].search([]).failure_count = 0
        cls.message, _mails = cls("setUp").post(
            '<p><a href="https://a.example">a</a></p>'
        )
        cls.engagement = cls.message.engagement_id
        cls.trace = cls.engagement.trace_ids
        cls.Health = cls.env["email.engagement.health"]

    def settings(self):
        self.env.flush_all()
        return self.env["res.config.settings"].create({})

    def test_nothing_yet(self):
        settings = self.settings()
        self.assertFalse(settings.engagement_last_hit)
        self.assertEqual(settings.engagement_waiting, "0")
        self.assertFalse(settings.engagement_last_error)

    def test_waiting_and_last_hit(self):
        self.hit(self.trace, seconds=60)
        first = self.Health._last_hit()
        self.assertEqual(self.settings().engagement_waiting, "1")
        self.digest()
        self.assertEqual(self.settings().engagement_waiting, "0")
        self.assertEqual(self.Health._last_hit(), first)
        # What was sent or answered is no request.
        self.env["email.engagement.event"].create(
            {
                "engagement_id": self.engagement.id,
                "type": "reply",
                "date": "2090-01-01",
                "last_date": "2090-01-01",
            }
        )
        self.assertEqual(self.Health._last_hit(), first)

    def test_very_many_wait(self):
        with patch.object(health_model, "WAITING_MAX", 2):
            for _number in range(3):
                self.hit(self.trace)
            self.assertEqual(self.Health._waiting(), 2)

    def test_last_digest(self):
        cron = self.env.ref("email_engagement.ir_cron_digest")
        cron.lastcall = "2026-01-02 03:04:05"
        moment = fields.Datetime.to_datetime("2026-01-02 03:04:05")
        self.assertEqual(self.settings().engagement_last_digest, moment)

    def test_errors(self):
        self.engagement.not_followed_reason = "error"
        self.engagement.date = "2026-01-01 00:00:00"
        self.assertIn("could not be followed", self.settings().engagement_last_error)
        self.env["email.engagement.event"].create(
            {
                "engagement_id": self.engagement.id,
                "type": "open",
                "date": "2026-01-02 00:00:00",
                "reason": ERROR,
            }
        )
        self.assertIn("could not be judged", self.settings().engagement_last_error)
        cron = self.env.ref("email_engagement.ir_cron_alert")
        cron.write({"failure_count": 1, "first_failure_date": "2026-01-03"})
        self.assertIn(cron.name, self.settings().engagement_last_error)

    def test_cron_that_odoo_has_switched_off(self):
        """It forgets at the same time that it has failed, and writes no date."""
        cron = self.env.ref("email_engagement.ir_cron_digest")
        cron.write({"active": False, "lastcall": "2026-01-03"})
        settings = self.settings()
        self.assertIn("is switched off", settings.engagement_last_error)
        self.assertEqual(settings.engagement_last_error_date, cron.lastcall)

    def test_spool(self):
        self.assertIsNone(reception.spooled_since(self.env.cr.dbname))
        request = {"date": fields.Datetime.now()}
        spool = reception._spool(self.env.cr.dbname)
        self.addCleanup(
            lambda: [spool.forget(path.name) for path in spool.folder.iterdir()]
        )
        reception._warned.clear()
        with self.assertLogs(reception._logger):
            reception._spool_hit(self.env.cr.dbname, "open", (self.trace.id,), request)
        self.assertIn("disk", self.settings().engagement_last_error)

    def test_cheap(self):
        """The settings open at once, whatever they are opened for."""
        self.env.ref("email_engagement.ir_cron_digest")
        with self.assertQueryCount(8):
            self.Health._last_hit()
            self.Health._waiting()
            self.Health._last_digest()
            self.Health._last_error()

    def test_hosts_and_databases(self):
        company = self.env.company
        company.engagement_base_url = "https://mail.example.com"
        candidates = patch.object(health_model, "db_list", return_value=["a", "b"])
        with candidates as db_list:
            warning = self.settings().engagement_databases_warning
            db_list.assert_called_with(force=True, host="mail.example.com")
            self.assertIn("https://mail.example.com", warning)
            # A check has shown that they arrive, by a header of the proxy: whatever
            # else it has found.
            company.engagement_named_urls = "https://mail.example.com"
            company.engagement_check_level = "error"
            self.assertFalse(self.settings().engagement_databases_warning)
            company.engagement_base_url = "https://new.example.com"
            company.engagement_check_level = "ok"
            warning = self.settings().engagement_databases_warning
            self.assertIn("https://new.example.com", warning)
        own = patch.object(health_model, "db_list", return_value=[self.env.cr.dbname])
        with own:
            self.assertFalse(self.settings().engagement_databases_warning)


class TestBaseUrl(EngagementTransactionCase):
    def url(self, record, company):
        engagement = record.env["email.engagement"].new(
            {"model": record._name, "res_id": record.id, "company_id": company.id}
        )
        return engagement._get_engagement_base_url()

    def test_of_company_and_record(self):
        """What ``website`` makes of ``get_base_url``: the record's website, else its
        company's.
        """
        self.env["ir.config_parameter"].set_param(
            "web.base.url", "https://odoo.example"
        )
        company = self.env.company
        original = type(self.record).get_base_url

        def of_website(record):
            if record and record._name == "res.company":
                return "https://company.example"
            if record == self.record:
                return "https://brand.example"
            return original(record)

        self.assertEqual(self.url(self.anna, company), "https://odoo.example")
        with patch.object(self.registry["base"], "get_base_url", of_website):
            self.assertEqual(self.url(self.record, company), "https://brand.example")
            # A contact of no company belongs to the company that writes to it.
            self.assertEqual(self.url(self.anna, company), "https://company.example")
            company.engagement_base_url = "https://mail.example/"
            self.assertEqual(self.url(self.record, company), "https://mail.example")

    def test_of_a_record_that_the_reader_may_not_see(self):
        """``website`` asks the record for its company."""
        company = self.env.company
        original = type(self.record).get_base_url

        def of_website(record):
            if record._name == "res.partner" and record.company_id:
                return "https://company.example"
            return original(record)

        self.close_record()
        reader = company.with_user(self.sales)
        gone = self.record.copy()
        gone.unlink()
        self.env.invalidate_all()
        expected = company.get_base_url()
        with patch.object(self.registry["base"], "get_base_url", of_website):
            for record in (self.record, gone):
                record = record.with_user(self.sales)
                self.assertEqual(self.url(record, reader), expected)
