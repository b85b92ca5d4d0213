from odoo.tests import HttpCase, tagged

from .test_leads import LeadsCase


@tagged("post_install", "-at_install")
class TestLeadTours(LeadsCase, HttpCase):
    """A salesperson in the browser sees on leads what became of the emails."""

    def start(self, path, tour):
        self.start_tour(path, f"email_engagement_crm.{tour}", login=self.seller.login)

    def test_pipeline(self):
        self.start("/odoo/crm", "pipeline")

    def test_who_is_warm(self):
        self.start("/odoo/crm-warm", "who_is_warm")
