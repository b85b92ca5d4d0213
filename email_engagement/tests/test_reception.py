import shutil
import tempfile
from contextlib import closing
from unittest.mock import patch

import psycopg2

from odoo.tests import HttpCase, tagged

from ..models import email_engagement_reception as reception
from ..tools.known_targets import KnownTargets
from .common import EngagementCase, RecipientMixin
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestReception(RecipientMixin, EngagementCase, HttpCase):
    """A database that refuses, for real: the table of the hits is not as it was."""

    _registry_readonly_enabled = False  # answered at once, see test_routes

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prepare_mail(BODY)

    def setUp(self):
        super().setUp()
        self.spool = reception._spool(self.env.cr.dbname)
        shutil.rmtree(self.spool.folder, ignore_errors=True)
        self.addCleanup(shutil.rmtree, self.spool.folder, ignore_errors=True)
        reception._warned.clear()
        reception._refused_at.clear()
        self.addCleanup(reception._refused_at.clear)
        # Beside the spool, and not the one that a real server writes.
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        targets = KnownTargets(f"{folder.name}/targets.sqlite")
        self.patch(reception, "_file", lambda: targets)
        self.addCleanup(reception._recent._known.clear)

    def refuse(self):
        self.env.cr.execute(
            "ALTER TABLE email_engagement_hit RENAME COLUMN head TO not_head"
        )

    def accept(self):
        self.env.cr.execute(
            "ALTER TABLE email_engagement_hit RENAME COLUMN not_head TO head"
        )

    def take_in(self):
        # its commits are not for a test
        with patch.object(self.env.cr, "commit", lambda: None):
            self.env["email.engagement.reception"]._take_in()

    def test_redirect_and_pixel_all_the_same(self):
        self.refuse()
        reception._recent._known.clear()  # asked of the database, all the same
        with self.assertLogs(reception._logger, "WARNING") as logs:
            link = self.client(self.link)
            pixel = self.client(self.pixel)
        self.assertEqual(link.status_code, 302)
        self.assertEqual(
            link.headers["Location"], "https://example.com/offer?a=1&b=2#top"
        )
        self.assertEqual(pixel.headers["Content-Type"], "image/gif")
        self.assertEqual(len(logs.records), 1, "an outage does not flood the log")
        self.assertTrue(self.spool)

        self.accept()
        self.client(self.pixel)
        self.assertFalse(self.Hit.search_count([]), "it gets some time to recover")
        self.take_in()
        self.assertFalse(self.spool)
        hits = self.Hit.search([])
        self.assertEqual(hits.mapped("kind"), ["click", "open", "open"])
        self.assertEqual(set(hits.mapped("trace_id")), {self.trace.id})
        self.assertTrue(all(hits.mapped("user_agent")))

    def test_target_that_cannot_be_had(self):
        """The hit is spooled once, and the reader asked to wait."""
        self.refuse()
        nothing = patch.object(
            type(self.env["email.engagement.reception"]), "_target_in_need"
        )
        with nothing as target, self.assertLogs(reception._logger, "WARNING"):
            target.return_value = None
            answer = self.client(self.link)
        self.assertEqual(answer.status_code, 503)
        self.assertEqual(answer.headers["Refresh"], "3")
        self.accept()
        self.take_in()
        self.assertEqual(self.Hit.search_count([]), 1)

    def test_spooled_hits_are_taken_in_once(self):
        """Also when the taker dies after its commit, before the file is deleted."""
        self.refuse()
        with self.assertLogs(reception._logger, "WARNING"):
            self.client(self.link)
        self.accept()
        with patch.object(type(self.spool), "forget"):
            self.take_in()
        self.assertEqual(self.Hit.search_count([]), 1)
        self.assertTrue(self.spool)
        self.take_in()
        self.assertEqual(self.Hit.search_count([]), 1)
        self.assertFalse(self.spool)

    def test_commit_that_was_not_answered(self):
        """The server went down after the commit, before it could say so: the hit is
        in the table and in the spool.
        """
        request = reception.request_columns()
        for committed, expected in ((True, 0), (False, 1)):
            with closing(self.env.registry._db.cursor()) as cr:
                cr.execute("SELECT pg_current_xact_id()::text")
                (transaction,) = cr.fetchone()
                cr.commit() if committed else cr.rollback()
            with self.assertLogs(reception._logger, "WARNING"):
                reception._spool_hit(
                    self.env.cr.dbname, "open", (self.trace.id,), request, transaction
                )
            reception._warned.clear()
            self.take_in()
            self.assertEqual(self.Hit.search_count([]), expected)

    def test_hits_alone_do_not_wait_for_the_disk(self):
        """What is deleted from the disk once it is stored does, and so does all that
        others do in their transactions.
        """
        cr = self.env.cr
        waits = []

        def commit():
            cr.execute("SHOW synchronous_commit")
            waits.append(cr.fetchone()[0])
            cr.execute("SET LOCAL synchronous_commit = on")

        cr.execute("SET LOCAL synchronous_commit = on")
        with patch.object(cr, "commit", commit):
            hit = "open", (self.trace.id,), reception.request_columns()
            self.env["email.engagement.reception"]._receive(*hit)
            with self.assertLogs(reception._logger, "WARNING"):
                reception._spool_hit(cr.dbname, *hit)
            self.env["email.engagement.reception"]._take_in()
        self.assertEqual(self.Hit.search_count([]), 2)
        self.assertEqual(waits, ["off", "on", "on"])

    def test_database_that_still_refuses(self):
        """What is on the disk stays there until the database takes it."""
        self.refuse()
        with self.assertLogs(reception._logger, "WARNING"):
            self.client(self.link)
        with self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
            self.take_in()
        self.assertTrue(self.spool)
        self.accept()
        self.take_in()
        self.assertEqual(self.Hit.search_count([]), 1)
        self.assertFalse(self.spool)

    def test_nonsense_in_the_spool(self):
        for row in (
            {"x": 1},
            {"kind": "click", "ids": ["x"], "request": {"date": "?"}},
            {"kind": "click", "ids": [1], "request": {"date": "2026-01-05T08:00:00"}},
        ):
            self.spool.append(row)
        with self.assertLogs(reception._logger, "WARNING") as logs:
            self.take_in()
        self.assertEqual(len(logs.records), 3)
        self.assertFalse(self.Hit.search_count([]))

    def test_spool_cannot_be_written(self):
        self.refuse()
        with (
            patch.object(type(self.spool), "append", side_effect=OSError(28, "full")),
            self.assertLogs(reception._logger, "WARNING") as logs,
        ):
            self.assertEqual(self.client(self.link).status_code, 302)
        self.assertIn("lost", logs.output[0])

    def test_forged_tokens_are_not_spooled(self):
        self.refuse()
        self.assertEqual(self.client("/ee/c/forged").status_code, 404)
        self.assertEqual(self.client("/ee/o/forged.gif").status_code, 200)
        self.assertFalse(self.spool)

    def test_too_many(self):
        """Beyond the bound hits are only counted; the reader notices nothing."""
        reception._limiter(self.env.cr.dbname).drain()
        self.env["ir.config_parameter"].set_param(
            "email_engagement.hits_per_minute", "3"
        )
        reception._limiter.cache_clear()
        for _n in range(7):
            self.assertEqual(self.client(self.link).status_code, 302)
        self.engagement.link_ids.url = "https://example.com/moved"
        response = self.client(self.link)
        self.assertEqual(response.headers["Location"], "https://example.com/moved")
        self.assertEqual(self.Hit.search_count([]), 3)
        self.take_in()
        counted = self.Hit.search([("repeats", ">", 0)])
        self.assertEqual(counted.repeats, 4)  # and itself: five in all
        self.digest()
        events = self.engagement.event_ids
        clicks = events.filtered(lambda event: event.type == "click")
        self.assertEqual(sum(clicks.mapped("hit_count")), 3)
        flood = events.filtered(lambda event: event.reason == "flood")
        self.assertEqual(flood.hit_count, 5)
        self.assertFalse(flood.counted)

    def test_no_database(self):
        """Odoo cannot tell or reach the database: this process may remember."""
        request = reception.request_columns()
        token = self.link.rpartition("/")[2]
        reception._recent._known.clear()
        self.assertIsNone(reception.receive_without_database(token, request))
        self.client(self.link)
        with self.assertLogs(reception._logger, "WARNING"):
            self.assertEqual(
                reception.receive_without_database(token, request),
                "https://example.com/offer?a=1&b=2#top",
            )
        self.take_in()
        self.assertEqual(self.Hit.search_count([]), 2)

    def test_no_database_in_another_process(self):
        """What one process has looked up, all others of the machine know."""
        request = reception.request_columns()
        token = self.link.rpartition("/")[2]
        reception._recent._known.clear()
        self.client(self.link)
        reception._tell_others()
        reception._recent._known.clear()  # as in another process
        with self.assertLogs(reception._logger, "WARNING"):
            self.assertEqual(
                reception.receive_without_database(token, request),
                "https://example.com/offer?a=1&b=2#top",
            )

    def test_refused_clicks_are_not_written_down(self):
        """By nobody: neither what leads on without a database, nor as a number."""
        self.trace.clicks_level = 0
        reception._recent._known.clear()
        reception._recent.take_new()
        self.assertEqual(self.client(self.link).status_code, 302)
        self.assertFalse(reception._recent.take_new())
        self.assertIsNone(reception._recall(self.link.rpartition("/")[2]))
        reception._limiter(self.env.cr.dbname).count(("click", self.trace.id))
        self.take_in()
        self.assertFalse(self.Hit.search_count([]))

    def test_erasure_forgets_targets(self):
        token = self.link.rpartition("/")[2]
        self.client(self.link)
        reception._tell_others()
        self.assertTrue(reception._file().find(token))
        self.anna.action_engagement_erase()
        self.assertIsNone(reception._recall(token))

    def test_too_many_that_ask_not_to_be_followed(self):
        reception._limiter.cache_clear()
        self.addCleanup(reception._limiter.cache_clear)
        self.env["ir.config_parameter"].set_param(
            "email_engagement.hits_per_minute", "2"
        )
        for _n in range(4):
            self.client(self.link, headers={"DNT": "1"})
        self.assertEqual(self.Hit.search_count([]), 2)
        self.assertFalse(reception._limiter(self.env.cr.dbname).drain())

    def test_no_database_and_too_many(self):
        """One link must not fill the spool either."""
        reception._limiter.cache_clear()
        reception._limits[self.env.cr.dbname] = 3
        request = reception.request_columns()
        token = self.link.rpartition("/")[2]
        known = reception.Known(self.env.cr.dbname, (self.trace.id, 1), "https://a.b")
        reception._recent.remember(token, known)
        with self.assertLogs(reception._logger, "WARNING"):
            for _n in range(8):
                target = reception.receive_without_database(token, request)
                self.assertEqual(target, "https://a.b")
        ((_name, rows),) = self.spool.take()
        self.assertEqual(len(rows), 3)
        self.assertEqual(
            reception._limiter(self.env.cr.dbname).drain(),
            {("click", self.trace.id): 5},
        )

    def test_surplus_that_cannot_be_stored(self):
        limiter = reception._limiter(self.env.cr.dbname)
        limiter.put_back({("open", self.trace.id): 4})
        self.refuse()
        with self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
            self.take_in()
        self.accept()
        self.assertEqual(limiter.drain(), {("open", self.trace.id): 4})


@tagged("post_install", "-at_install")
class TestReceptionWithReplica(RecipientMixin, EngagementCase, HttpCase):
    """A read replica answers, and the primary does not."""

    _registry_readonly_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prepare_mail(BODY)

    def test_primary_is_gone(self):
        spool = reception._spool(self.env.cr.dbname)
        shutil.rmtree(spool.folder, ignore_errors=True)
        self.addCleanup(shutil.rmtree, spool.folder, ignore_errors=True)
        reception._warned.clear()
        reception._refused_at.clear()
        self.addCleanup(reception._refused_at.clear)
        reception._recent._known.clear()
        original = self.registry.cursor

        def cursor(readonly=False):
            if not readonly:
                raise psycopg2.OperationalError("the primary is gone")
            return original(readonly=True)

        with (
            patch.object(self.registry, "cursor", cursor),
            self.assertLogs(reception._logger, "WARNING"),
        ):
            link = self.client(self.link)
            pixel = self.client(self.pixel)
        self.assertEqual(link.status_code, 302)
        self.assertEqual(
            link.headers["Location"], "https://example.com/offer?a=1&b=2#top"
        )
        self.assertEqual(pixel.headers["Content-Type"], "image/gif")
        self.assertFalse(self.Hit.search_count([]))
        with patch.object(self.env.cr, "commit", lambda: None):
            self.env["email.engagement.reception"]._take_in()
        self.assertEqual(self.Hit.search([]).mapped("kind"), ["click", "open"])
