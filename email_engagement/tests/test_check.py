import json
from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import config, convert_file, mute_logger
from odoo.tools.translate import code_translations

from ..models import email_engagement_door as door
from ..tools.fetch import Answer, fetch
from ..wizard.email_engagement_check_texts import STEPS, TEXTS
from ..wizard.email_engagement_check_trial import Trial
from .common import EngagementCase, EngagementTransactionCase

JSON = {"Accept": "application/json"}


class CheckCase(EngagementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env,
            "checker",
            "email_engagement.group_administrator",
            name="Susi Settings",
            email="susi@company.example.com",
        )
        cls.Check = cls.env["email.engagement.check"].with_user(cls.admin)

    def run_check(self, **options):
        """A whole check, with a mail server that takes everything.

        :return: {step: {code: level}}
        """
        check = self.Check.create({})
        with self.mock_mail_gateway(mail_unlink_sent=True), self.no_commits():
            check._run(patience=0, **options)
        self.check = check
        self.assertEqual(check.state, "done")
        found = {}
        for line in check.line_ids:
            found.setdefault(line.step, {})[line.code] = line.level
        return found

    def assertNothingLeft(self):
        self.assertFalse(self.env["email.engagement"].search([]))
        self.assertFalse(self.env["email.engagement.hit"].search([]))
        self.assertFalse(self.env["email.engagement.event"].search([]))
        self.assertFalse(self.env["email.engagement.alert"].search([]))
        mails = self.env["mail.mail"].search([("email_to", "=", self.admin.email)])
        self.assertFalse(mails)


@tagged("post_install", "-at_install")
class TestCheck(CheckCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.env["email.engagement"].search([]).unlink()
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("web.base.url", self.base_url())
        parameters.set_param("web.base.url.freeze", "True")

        # The requests are real ones, to the server of the test, whose turn it is then.
        def ask(trial, url, **headers):
            self.env.cr.flush()
            with self.allow_requests(all_requests=True):
                return fetch(url, headers)

        patcher = patch.object(Trial, "_ask", ask)
        patcher.start()
        self.addCleanup(patcher.stop)

    @contextmanager
    def configured(self, **options):
        with patch.dict(config.options, options):
            yield

    def test_in_order(self):
        found = self.run_check()
        self.assertEqual(found["door"], {"door_ok": "ok"})
        self.assertEqual(found["proxy"], {"proxy_none": "ok"})
        self.assertEqual(found["sending"], {"sent_ok": "ok"})
        self.assertEqual(found["pixel"], {"pixel_ok": "ok"})
        self.assertEqual(found["link"], {"link_ok": "ok"})
        # No scheduled actions run in a test, and that is told.
        self.assertIn(next(iter(found["digest"])), ("cron_silent", "digest_late"))
        self.assertEqual(found["address"]["address_private"], "error")
        self.assertNothingLeft()
        self.assertEqual(self.env.company.engagement_check_level, "error")
        self.assertTrue(self.env.company.engagement_check_date)

    def test_the_mail(self):
        """Goes to the administrator, a colleague, and is followed all the same."""
        self.run_check()
        [mail] = self._mails
        self.assertEqual(mail["email_to"], ["susi@company.example.com"])
        self.assertIn("/ee/o/", mail["body"])
        self.assertIn("/ee/c/", mail["body"])
        self.assertIn("/ee/s/", mail["body"])

    def test_the_mail_server_refuses(self):
        refusal = patch.object(
            type(self.env["ir.mail_server"]),
            "send_email",
            side_effect=ConnectionError("relaying denied"),
        )
        check = self.Check.create({})
        with (
            self.mock_mail_gateway(mail_unlink_sent=True),
            refusal,
            self.no_commits(),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            check._run(patience=0)
        lines = {line.code: line for line in check.line_ids}
        self.assertIn("relaying denied", lines["send_failed"].text)
        # The rest is tried all the same.
        self.assertEqual(lines["link_ok"].level, "ok")
        self.assertNothingLeft()

    def test_neutralized(self):
        """A copy has the addresses of the original, which must not hear from it."""
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "True")
        with patch.object(Trial, "_ask") as ask:
            found = self.run_check()
        ask.assert_not_called()
        self.assertEqual(found, {"sending": {"neutralized": "error"}})
        self.assertFalse(self._mails)

    def test_wrong_translation(self):
        """A check does not break off over it."""
        self.env["res.lang"]._activate_lang("fr_FR")
        check = self.Check.create({}).with_context(lang="fr_FR")
        text = TEXTS["address_ok"][0]
        values = {"url": "https://a.example"}
        for wrong in ("An %(ulr)s", "An %(url)", "An %(url)s, 5 %"):
            translations = {"Links begin with %(url)s.": wrong}
            with (
                self.subTest(wrong),
                patch.object(
                    code_translations,
                    "get_python_translations",
                    lambda _module, lang, to=translations: to if lang else {},
                ),
                self.assertLogs("odoo.addons.email_engagement.wizard", "WARNING"),
            ):
                self.assertEqual(
                    check._fill_in(text, values), "Links begin with https://a.example."
                )

    def test_without_an_address(self):
        self.admin.email = False
        self.assertEqual(self.run_check()["sending"], {"send_no_address": "error"})

    def test_without_a_mail(self):
        found = self.run_check(with_mail=False)
        self.assertNotIn("sending", found)
        self.assertIn("link_ok", found["link"])

    def test_switched_off(self):
        self.env.company.engagement_policy = "off"
        found = self.run_check()
        self.assertEqual(found["link"], {"link_ok": "ok"})
        self.assertEqual(found["digest"], {"policy_off": "warning"})

    def test_only_with_consent(self):
        """Whoever starts a check agrees to be followed by it."""
        self.env.company.engagement_policy = "consent"
        self.assertNotIn("policy_off", self.run_check()["digest"])

    def test_digest_is_off(self):
        self.env.ref("email_engagement.ir_cron_digest").active = False
        found = self.run_check()
        self.assertEqual(found["digest"], {"digest_inactive": "error"})
        self.assertEqual(found["crons"], {"cron_inactive": "warning"})

    def test_failing_cron(self):
        cron = self.env.ref("email_engagement.ir_cron_alert")
        cron.write({"failure_count": 3, "first_failure_date": "2026-01-02 03:04:05"})
        self.assertEqual(self.run_check()["crons"], {"cron_failing": "error"})
        [line] = self.check.line_ids.filtered(lambda line: line.step == "crons")
        self.assertIn("01/02/2026", line.text)

    def test_mail_of_the_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env.cr.execute("DELETE FROM mail_message WHERE message_type = 'email'")
        values = {"message_type": "email", "model": "res.partner", "res_id": 1}
        message = self.env["mail.message"].create(values)
        trial = Trial(self.Check.create({}))
        for company, is_ours in ((other, False), (self.env.company, True)):
            message.record_company_id = company
            self.env.flush_all()
            self.assertEqual(bool(trial._last_mail()), is_ours)

    def test_more_addresses_than_are_tried(self):
        urls = [f"http://127.0.0.1:9/{number}" for number in range(7)]
        companies = type(self.env.company)
        with patch.object(companies, "_engagement_base_urls", return_value=urls):
            found = self.run_check(with_mail=False)
        self.assertEqual(found["door"]["addresses_left"], "skipped")
        [line] = self.check.line_ids.filtered_domain([("code", "=", "addresses_left")])
        self.assertIn("/5, http://127.0.0.1:9/6", line.text)

    def test_deleted_cron(self):
        """Also the one that sends emails."""
        for xmlid in (
            "email_engagement.ir_cron_daily",
            "mail.ir_cron_mail_scheduler_action",
        ):
            cron = self.env.ref(xmlid)
            name = cron.name
            cron.unlink()
            self.assertIn("cron_gone", self.run_check()["crons"])
            self.assertIn(name, str(self.check.line_ids.mapped("text")))

    def test_deleted_cron_comes_back(self):
        """By an upgrade, as its remedy says."""
        self.env.ref("email_engagement.ir_cron_daily").unlink()
        self.env.flush_all()
        convert_file(
            self.env,
            "email_engagement",
            "data/ir_cron_reminder.xml",
            {},
            mode="update",
            noupdate=True,
        )
        crons, gone = self.env["email.engagement.health"]._crons()
        self.assertIn(self.env.ref("email_engagement.ir_cron_daily"), crons)
        self.assertFalse(gone)

    def test_all_crons(self):
        """Each one of ours, whatever addon has made it."""
        data = self.env["ir.model.data"].search([("model", "=", "ir.cron")])
        data = data.filtered(lambda data: data.module.startswith("email_engagement"))
        self.assertGreater(len(data), 5)
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        crons, gone = self.env["email.engagement.health"]._crons()
        self.assertEqual(set(crons.ids), {*data.mapped("res_id"), queue.id})
        self.assertFalse(gone)

    def test_another_server(self):
        """Whatever answers with a picture and a redirect is not this database."""
        with patch.object(
            Trial, "_ask", lambda *args, **kwargs: Answer(200, "", b"{}")
        ):
            found = self.run_check()
        self.assertEqual(found["door"], {"door_other": "error"})
        self.assertEqual(found["pixel"], {"not_tried": "skipped"})
        self.assertNothingLeft()

    def test_nobody_at_the_address(self):
        self.env.company.engagement_base_url = "http://127.0.0.1:9"
        found = self.run_check()
        self.assertEqual(found["door"], {"reach_refused": "error"})
        self.assertNotIn("proxy", found)
        self.assertEqual(found["link"], {"not_tried": "skipped"})
        self.assertNothingLeft()

    def test_database_filter(self):
        with self.configured(dbfilter="^something_else$"):
            found = self.run_check()
        self.assertEqual(found["door"], {"database_none": "error"})

    def test_named_by_a_proxy(self):
        """What is remembered is that it works against the configuration, not that it
        worked.
        """
        company = self.env.company
        self.run_check()
        self.assertFalse(company.engagement_named_urls)
        health = type(self.env["email.engagement.health"])
        with patch.object(health, "_judge_databases", return_value="many"):
            found = self.run_check()
        self.assertEqual(found["door"], {"door_ok": "ok"})
        self.assertEqual(company.engagement_named_urls, self.base_url())

    def test_step_that_fails(self):
        failing = patch.object(Trial, "_pixel", side_effect=ValueError("what"))
        with failing, self.assertLogs("odoo.addons.email_engagement.wizard"):
            found = self.run_check()
        self.assertEqual(found["pixel"], {"crashed": "error"})
        self.assertEqual(found["link"], {"link_ok": "ok"})
        self.assertNothingLeft()

    def test_killed(self):
        """What a check leaves behind that was killed goes with it."""
        check = self.Check.create({})
        Trial(check)._prepare()
        self.assertTrue(check.sudo().engagement_id)
        # No list has it meanwhile, not that of whoever has started the check, either.
        engagements = self.env["email.engagement"].with_user(self.admin)
        self.assertFalse(engagements.search([]))
        check.sudo().unlink()
        self.assertNothingLeft()

    # ------------------------------------------------------------
    # The door
    # ------------------------------------------------------------

    def door(self, token, headers=None):
        return self.url_open(f"/ee/s/{token}", headers=headers, allow_redirects=False)

    def assertInert(self, response):
        """Nothing can be put into the page, nor the page into another one."""
        policy = response.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")

    def test_door(self):
        doors = self.env["email.engagement.door"]
        token = doors._make_question()
        response = self.door(token, JSON)
        self.assertEqual(response.status_code, 200)
        self.assertIn("no-store", response.headers["Cache-Control"])
        facts = json.loads(response.text)
        self.assertTrue(doors._is_answer(token, facts["answer"]))
        self.assertEqual(facts["remote"], "127.0.0.1")
        self.assertFalse(facts["x_host"])
        # An answer is no question, and a question no answer.
        self.assertEqual(self.door(facts["answer"], JSON).status_code, 404)
        self.assertFalse(doors._is_answer(token, token))
        self.assertFalse(doors._is_answer(token, None))

    def test_door_for_people(self):
        response = self.door(self.env["email.engagement.door"]._make_question())
        self.assertIn("text/html", response.headers["Content-Type"])
        self.assertIn("It works", response.text)
        self.assertInert(response)

    def test_door_is_closed(self):
        tokens = self.env["email.engagement.token"]
        with patch.object(door.time, "time", return_value=1_000_000):
            old = self.env["email.engagement.door"]._make_question()
        for token in ("forged", old, tokens._sign("click", 1, 1)):
            response = self.door(token, JSON)
            self.assertEqual(response.status_code, 404)
            self.assertIn("leads nowhere", response.text)
            self.assertInert(response)

    def test_headers_of_a_proxy(self):
        forwarded = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "a.example"}
        token = self.env["email.engagement.door"]._make_question()
        facts = self.door(token, {**JSON, **forwarded}).json()
        self.assertEqual(facts["remote"], "127.0.0.1")
        self.assertEqual((facts["x_for"], facts["x_host"]), ("203.0.113.9", True))
        with self.configured(proxy_mode=True):
            facts = self.door(token, {**JSON, **forwarded}).json()
        self.assertEqual((facts["remote"], facts["proxy_mode"]), ("203.0.113.9", True))


class TestCheckAccess(CheckCase, EngagementTransactionCase):
    def test_administrators_only(self):
        action = self.env.ref("email_engagement.action_check")
        manager = new_test_user(self.env, "manager", "email_engagement.group_manager")
        for user in (manager, self.sales):
            with self.assertRaises(AccessError):
                self.Check.with_user(user).action_start()
            with self.assertRaises(AccessError):
                self.Check.with_user(user).create({})
            with self.assertRaises(AccessError):
                action.with_user(user).run()
        settings = new_test_user(self.env, "settings", "base.group_system")
        for user in (self.admin, settings):
            opened = action.with_user(user).run()
            check = self.env[opened["res_model"]].browse(opened["res_id"])
            self.assertEqual(check.create_uid, user)

    def test_ones_own(self):
        check = self.Check.create({})
        other = new_test_user(self.env, "other", "base.group_system")
        with self.assertRaises(AccessError):
            check.with_user(other).get_progress()
        # Its email is deleted with it.
        with self.assertRaises(AccessError):
            check.write({"engagement_id": 1})
        # Its result is written into its company.
        check.company_id = self.env["res.company"].create({"name": "Other"})
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            check._run()

    def test_one_at_a_time(self):
        first = self.Check.action_start()
        self.assertEqual(self.Check.action_start()["res_id"], first["res_id"])
        self.Check.browse(first["res_id"]).state = "done"
        self.assertNotEqual(self.Check.action_start()["res_id"], first["res_id"])

    def test_words(self):
        """Each code has words, and they name nothing that is not there."""
        for code, parts in TEXTS.items():
            for part in filter(None, parts):
                self.assertTrue(self.env._(part), code)
        self.assertEqual(len(STEPS), 10)

    def test_addresses(self):
        company = self.env.company
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("web.base.url", "https://odoo.example.com/")
        self.assertEqual(company._engagement_base_urls(), ["https://odoo.example.com"])
        company.engagement_base_url = "https://mail.example.com/"
        self.assertEqual(company._engagement_base_urls(), ["https://mail.example.com"])
