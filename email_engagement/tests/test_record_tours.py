from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import EngagementCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestRecordTours(EngagementCase, HttpCase):
    """A salesperson in the browser: contacts and reports."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("test_contact")
        case.post(BODY, subject="Second offer")
        first = case.post(BODY, subject="First offer")[0].engagement_id
        first.date += timedelta(minutes=1)  # so it is the last one
        case.post(BODY, cls.bob, subject="To Bob")
        # a click implies an open
        case.hit(first.trace_ids, first.link_ids[0], seconds=60)
        case.digest()

    def start(self, path, tour):
        self.start_tour(path, f"email_engagement.{tour}", login=self.sales.login)

    def test_contact(self):
        self.start(f"/odoo/res.partner/{self.anna.id}", "contact")

    def test_contacts(self):
        action = self.env["ir.actions.act_window"].create(
            {
                "name": "Contacts",
                "res_model": "res.partner",
                "view_mode": "kanban,list,form",
                "domain": [("id", "in", (self.anna | self.bob).ids)],
            }
        )
        self.start(f"/odoo/action-{action.id}", "contacts")

    def test_report(self):
        self.start("/odoo/email-engagement-rates", "report")
