from contextlib import closing
from unittest.mock import patch

from freezegun import freeze_time

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import tagged
from odoo.tools import SQL

from ..models import email_engagement_digest
from ..models.email_engagement_hit import request_columns
from ..tools import classify
from .common import BROWSER, PHONE, EngagementTransactionCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestDigest(EngagementTransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("test_nothing")
        message, _mails = case.post(BODY, cls.anna | cls.bob)
        cls.engagement = message.engagement_id
        cls.to_anna = cls.engagement.trace_ids.filtered(
            lambda trace: trace.partner_id == cls.anna
        )
        cls.to_bob = cls.engagement.trace_ids - cls.to_anna
        cls.link = cls.engagement.link_ids.filtered(lambda link: "offer" in link.url)

    def test_nothing(self):
        self.assertEqual(self.digest(), 0)

    def figures(self, record):
        return {
            name: record[name]
            for name in ("open_count", "click_count", "reply_count", "machine_count")
        }

    def test_open(self):
        self.assertEqual(self.hit(self.to_anna, user_agent=PHONE), "")
        self.assertEqual(self.engagement.open_count, 0, "the hit path counts nothing")
        self.assertEqual(self.digest(), 1)
        event = self.engagement.event_ids.filtered(lambda event: event.type == "open")
        self.assertEqual(len(event), 1)
        self.assertEqual(event.trace_id, self.to_anna)
        self.assertEqual(event.device, "mobile")
        self.assertTrue(event.counted)
        self.assertEqual(self.to_anna.open_count, 1)
        self.assertEqual(self.to_bob.open_count, 0)
        self.assertEqual(self.engagement.open_count, 1)
        self.assertEqual(self.engagement.status, "opened")
        self.assertEqual(self.engagement.last_open, event.date)
        self.assertFalse(self.env["email.engagement.hit"].search_count([]))

    def test_click_implies_an_open(self):
        self.assertEqual(
            self.hit(self.to_anna, self.link), "https://example.com/offer?a=1&b=2#top"
        )
        self.digest()
        self.assertEqual(self.engagement.status, "clicked")
        self.assertEqual(self.engagement.click_count, 1)
        self.assertEqual(self.engagement.open_count, 1)
        self.assertEqual(self.link.click_count, 1)
        implied = self.engagement.event_ids.filtered(
            lambda event: event.reason == "implied"
        )
        self.assertEqual(implied.type, "open")
        # the pictures come right after: the same opening
        self.hit(self.to_anna, seconds=3603)
        self.digest()
        self.assertEqual(self.engagement.open_count, 1)

    def assertRepeatsAreOne(self, digest_after_each):
        for seconds in (3600, 3605, 3612, 3700):
            self.hit(self.to_anna, seconds=seconds)
            if digest_after_each:
                self.digest()
        self.digest()
        self.assertEqual(self.engagement.open_count, 2)
        events = self.engagement.event_ids.filtered(lambda event: event.type == "open")
        self.assertEqual(sorted(events.mapped("hit_count")), [1, 3])

    def test_repeats_are_one(self):
        self.assertRepeatsAreOne(digest_after_each=False)

    def test_repeats_are_one_across_digests(self):
        self.assertRepeatsAreOne(digest_after_each=True)

    def test_small_batches_count_the_same(self):
        for number in range(7):
            self.hit(self.to_anna, seconds=3600 + 100 * number)
            self.hit(self.to_bob, self.link, seconds=3600 + 100 * number)
        with patch.object(type(self.env["ir.cron"]), "_commit_progress") as commit:
            commit.return_value = float("inf")
            done = self.env["email.engagement.digest"]._run(batch_size=3)
        self.assertEqual(done, 14)
        self.env.invalidate_all()
        self.assertEqual(self.to_anna.open_count, 7)
        self.assertEqual(self.to_bob.click_count, 7)

    def test_machines_do_not_count(self):
        self.hit(self.to_anna, head=True)
        self.hit(self.to_anna, user_agent="")
        self.hit(self.to_anna, user_agent="curl/8.1")
        self.hit(self.to_anna, purpose="prefetch")
        self.digest()
        self.assertEqual(self.figures(self.engagement)["open_count"], 0)
        self.assertEqual(self.engagement.machine_count, 4)
        self.assertEqual(self.engagement.status, "sent")
        # a person after them does
        self.hit(self.to_anna, seconds=3605)
        self.digest()
        self.assertEqual(self.engagement.open_count, 1)

    def test_colleagues_do_not_count(self):
        self.hit(self.to_anna, user_id=self.colleague.id)
        self.digest()
        self.assertEqual(self.engagement.open_count, 0)
        self.assertEqual(self.engagement.event_ids.mapped("actor").count("self"), 1)

    def test_a_portal_user_counts(self):
        portal = self.env["res.users"].create(
            {
                "name": "Anna",
                "login": "anna",
                "partner_id": self.anna.id,
                "group_ids": [(6, 0, [self.env.ref("base.group_portal").id])],
            }
        )
        self.hit(self.to_anna, user_id=portal.id)
        self.digest()
        self.assertEqual(self.engagement.open_count, 1)

    def test_burst_is_taken_back(self):
        """The first links of a scanner come in an earlier digest than the third."""
        body = "".join(f'<a href="https://x.example.com/{n}">{n}</a>' for n in range(4))
        from markupsafe import Markup

        message, _mails = self.post(Markup(body))
        engagement = message.engagement_id
        trace = engagement.trace_ids
        links = engagement.link_ids.filtered(lambda link: "x.example" in link.url)
        self.hit(trace, links[0], seconds=3600, address="203.0.113.7")
        self.digest()
        self.assertEqual(engagement.click_count, 1)
        self.hit(trace, links[1], seconds=3601, address="203.0.113.7")
        self.hit(trace, links[2], seconds=3602, address="203.0.113.7")
        self.digest()
        self.assertEqual(engagement.click_count, 0)
        self.assertEqual(engagement.open_count, 0, "nor what the clicks implied")
        self.assertEqual(engagement.status, "sent")
        reasons = engagement.event_ids.filtered("trace_id").mapped("reason")
        self.assertEqual(reasons, ["burst"] * 3, "nobody opened it")
        self.hit(trace, links[3], seconds=4000, address="198.51.100.1")
        self.digest()
        self.assertEqual(engagement.click_count, 1)
        self.assertEqual(engagement.open_count, 1, "implied by this click")

    def test_requests_add_up(self):
        """The requests of a trace are those of its events, whatever became of them:
        implied opens have none.
        """
        self.env["ir.config_parameter"].set_param("email_engagement.events_per_hour", 4)
        for number in range(40):
            self.hit(self.to_anna, seconds=3600 + 3 * number, head=number % 3 == 0)
            self.hit(self.to_anna, self.link, seconds=3600 + 4 * number)
            if number % 10 == 5:
                self.digest()
        self.digest()
        events = self.to_anna.engagement_id.event_ids.filtered("trace_id")
        self.assertEqual(sum(events.mapped("hit_count")), 80)

    def test_hits_that_cannot_be_judged(self):
        """They stop neither the others nor the next digest."""
        judge = classify.classify_trace

        def fail(hits, **kwargs):
            if any(hit.user_agent == "poison" for hit in hits):
                raise ZeroDivisionError
            return judge(hits, **kwargs)

        self.hit(self.to_anna, user_agent="poison")
        self.hit(self.to_anna, user_agent="poison")
        self.hit(self.to_bob)
        broken = patch.object(classify, "classify_trace", fail)
        with self.assertLogs("odoo.addons.email_engagement", "ERROR"), broken:
            self.digest()
        self.assertEqual(self.to_bob.open_count, 1)
        self.assertEqual(self.to_anna.open_count, 0)
        event = self.engagement.event_ids.filtered(lambda e: e.reason == "error")
        self.assertEqual((event.trace_id, event.hit_count), (self.to_anna, 2))
        self.assertFalse(self.env["email.engagement.hit"].search_count([]))

    def test_unknown_ids_write_nothing(self):
        hits = self.env["email.engagement.hit"]
        columns = request_columns(user_agent=BROWSER)
        self.assertIsNone(hits._record("open", (2**62,), columns)[0])
        self.assertIsNone(hits._record("click", (self.to_anna.id, 2**62), columns)[0])
        other, _mails = self.post(BODY)
        foreign = other.engagement_id.link_ids[0]
        link = (self.to_anna.id, foreign.id)
        self.assertIsNone(hits._record("click", link, columns)[0])
        self.assertFalse(hits.search_count([]))

    def test_hits_of_deleted_engagements_go(self):
        self.hit(self.to_anna)
        self.engagement.unlink()
        self.assertEqual(self.digest(), 1)
        self.assertFalse(self.env["email.engagement.hit"].search_count([]))

    def test_figures_survive_the_message(self):
        self.hit(self.to_anna)
        self.digest()
        self.engagement.message_id.unlink()
        self.env.invalidate_all()
        self.assertTrue(self.engagement.exists())
        self.assertEqual(self.engagement.open_count, 1)

    def test_rebuild_finds_nothing_to_change(self):
        for number in range(5):
            self.hit(self.to_anna, seconds=3600 + 100 * number)
            self.hit(self.to_bob, self.link, seconds=3600 + 100 * number)
        self.digest()
        self.assertFalse(self.engagement._refresh())
        self.env.flush_all()
        self.env.cr.execute("UPDATE email_engagement_trace SET open_count = 77")
        self.env.cr.execute("UPDATE email_engagement SET click_count = 77")
        self.env.invalidate_all()
        self.assertIn(self.engagement, self.engagement.search([])._refresh())
        self.assertEqual(self.engagement.click_count, 5)
        self.assertEqual(self.to_anna.open_count, 5)
        self.assertFalse(self.engagement._refresh())

    def test_number_of_statements(self):
        """A digest costs the same for two hits and for two hundred.

        The last statement asks who has an open screen; ``_run`` asks once for all
        batches.
        """
        # One moment, for which alerts have one trigger.
        frozen = freeze_time(fields.Datetime.now())
        frozen.start()
        self.addCleanup(frozen.stop)
        self.hit(self.to_anna, seconds=100)
        self.digest()  # reads the settings
        self.hit(self.to_anna)
        self.hit(self.to_bob, self.link)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(__system__=19), self.without_commit():
            self.env["email.engagement.digest"]._digest_batch(1000)
        for number in range(100):
            self.hit(self.to_anna, seconds=5000 + 20 * number)
            self.hit(self.to_bob, self.link, seconds=5000 + 20 * number)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(__system__=19), self.without_commit():
            self.env["email.engagement.digest"]._digest_batch(1000)
        self.assertEqual(self.to_anna.open_count, 102)

    def without_commit(self):
        return patch.object(type(self.env["ir.cron"]), "_commit_progress")

    def test_hit_is_one_statement(self):
        hits = self.env["email.engagement.hit"]
        columns = request_columns(user_agent=BROWSER)
        for column in ("opens_level", "clicks_level"):
            # The companies' policies are in the registry's cache, as a rule.
            self.env["email.engagement.policy"]._stricter(column)
        with self.assertQueryCount(1):
            hits._record("open", (self.to_anna.id,), columns)
        with self.assertQueryCount(1):
            hits._record("click", (self.to_anna.id, self.link.id), columns)

    def test_what_clients_send_is_cleaned(self):
        self.hit(
            self.to_anna, user_agent="\x00evil\ud800" + "x" * 9999, purpose="p" * 999
        )
        hit = self.env["email.engagement.hit"].search([])
        self.assertLessEqual(len(hit.user_agent), 512)
        self.assertNotIn("\x00", hit.user_agent)
        self.assertLessEqual(len(hit.purpose), 64)
        self.assertEqual(self.digest(), 1)

    def test_another_digest_is_running(self):
        """It is left alone; what it does not take is taken later."""
        self.hit(self.to_anna)
        from ..models.email_engagement_digest import LOCK

        with closing(self.env.registry._db.cursor()) as other:
            other.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            self.assertEqual(self.digest(), 0)
        self.assertEqual(self.digest(), 1)
        self.assertEqual(self.engagement.open_count, 1)

    def test_cron(self):
        self.hit(self.to_anna)
        with self.enter_registry_test_mode():
            self.env.ref("email_engagement.ir_cron_digest").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.engagement.open_count, 1)

    def test_goes_to_the_end_of_the_line(self):
        """A burst does not keep other crons waiting."""
        for number in range(4):
            self.hit(self.to_anna, seconds=3600 + 100 * number)
        cron = self.env.ref("email_engagement.ir_cron_digest")
        _cron, progress = cron._add_progress()
        digest = self.env["email.engagement.digest"].with_context(
            ir_cron_progress_id=progress.id, cron_id=cron.id
        )
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "=", cron.id)]).unlink()
        with (
            patch.object(email_engagement_digest, "TIME_BOX", 0.0),
            patch.object(type(cron), "_commit_progress") as commit,
            patch.object(type(cron), "_notifydb"),
        ):
            self.assertEqual(digest._run(batch_size=3), 3)
        commit.assert_called_once_with(3, remaining=0)
        self.assertEqual(triggers.search_count([("cron_id", "=", cron.id)]), 1)
        self.assertEqual(self.env["email.engagement.hit"].search_count([]), 1)

    def test_trigger_of_the_run_under_way(self):
        """A run that ends before all hits are digested, and hits that come in while it
        ends, need another run: its own trigger is as good as gone.
        """
        cron_id = self.env.ref("email_engagement.ir_cron_digest").id
        count = SQL("SELECT count(*) FROM ir_cron_trigger WHERE cron_id = %s", cron_id)
        forget = SQL("DELETE FROM ir_cron_trigger WHERE cron_id = %s", cron_id)
        connection = self.env.registry._db  # of its own, as Odoo's runner has it
        for ended in (False, True):
            with (
                self.subTest(ended=ended),
                closing(connection.cursor()) as runner,
                closing(connection.cursor()) as waker,
            ):
                runner.execute(
                    SQL(
                        """
                        INSERT INTO ir_cron_trigger (cron_id, call_at)
                        VALUES (%s, now() AT TIME ZONE 'UTC' - interval '2 s')
                        """,
                        cron_id,
                    )
                )
                runner.commit()
                waker.execute(count)  # from here on it sees the trigger
                runner.execute(forget)
                if ended:
                    runner.commit()
                env = api.Environment(waker, SUPERUSER_ID, {})
                with patch.object(type(env["ir.cron"]), "_notifydb"):
                    env["email.engagement.digest"]._trigger()
                env.flush_all()
                waker.execute(count)
                self.assertEqual(waker.fetchone()[0], 2, "one to go, and a new one")
                waker.rollback()
                runner.execute(forget)
                runner.commit()

    def test_trigger_is_one(self):
        digest = self.env["email.engagement.digest"]
        cron = self.env.ref("email_engagement.ir_cron_digest")
        triggers = self.env["ir.cron.trigger"]
        domain = [("cron_id", "=", cron.id)]
        before = triggers.search_count(domain)
        with patch.object(type(cron), "_notifydb"):
            for _n in range(5):
                digest._trigger()
        self.assertLessEqual(triggers.search_count(domain) - before, 1)

    def test_texts(self):
        engagement = self.engagement.with_user(self.sales)
        self.assertEqual(engagement.status_text, "Not yet opened")
        self.hit(self.to_anna, seconds=0)
        self.env.cr.execute(
            "UPDATE email_engagement_hit SET date = now() at time zone "
            "'utc' - interval '5 min'"
        )
        self.env.cr.execute(
            "UPDATE email_engagement_trace SET sent_date = now() at "
            "time zone 'utc' - interval '1 day'"
        )
        self.digest()
        self.assertEqual(engagement.status_text, "Opened by 1 of 2, last 5 minutes ago")
        event = engagement.event_ids.filtered(lambda event: event.type == "open")
        self.assertEqual(event.who, "Anna Customer")
        self.assertEqual(engagement.recipients, "Anna Customer, Bob Buyer")
