from datetime import timedelta

from freezegun import freeze_time

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestBound(TransactionCase):
    def test_one_for_all_processes(self):
        """Two connections, as two workers on two hosts have; committed, and deleted."""

        def process():
            cr = self.registry.cursor()
            self.addCleanup(cr.close)
            return api.Environment(cr, SUPERUSER_ID, {})["email.engagement.bound"]

        first, second = process(), process()
        before = first.search([]).ids

        def clear():
            first.env.cr.rollback()
            first.search([("id", "not in", before)]).unlink()
            first.env.cr.commit()

        self.addCleanup(clear)

        def take(bound):
            allowed = bound._take("one for all", 2, 86400)
            bound.env.cr.commit()
            return allowed

        with freeze_time(fields.Datetime.now()):
            allowed = [take(bound) for bound in (first, second, first, second)]
        self.assertEqual(allowed, [True, True, False, False])

    def test_nothing_personal_stays(self):
        bound = self.env["email.engagement.bound"]
        before = bound.search([])
        bound._take("anna@customer.example.com", 1, 60)
        row = bound.search([]) - before
        self.assertNotIn("anna", str(row.read()))
        self.assertNotIn(
            bound._take("anna@customer.example.com", 1, 3600) and row.key,
            (bound.search([]) - before - row).mapped("key"),
            "two bounds of one address cannot be laid beside each other",
        )
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            bound._gc_expired()
        self.assertFalse(bound.search([]) - before)

    def test_cheap(self):
        bound = self.env["email.engagement.bound"]
        bound._take("warm", 1, 60)
        with self.assertQueryCount(1):
            bound._take("one statement", 1, 60)
