from unittest.mock import patch

from odoo.tools.translate import code_translations

from ..tools.rules import REASONS
from .common import EngagementTransactionCase

FRENCH = {
    "A program that hides what it is": "Un programme qui se cache",
    "Not counted: %s": "Non compté : %s",
    "The address does not exist": "L'adresse n'existe pas",
    "Your mail server could not be reached": "Votre serveur est injoignable",
    "Automatic answer (out of office)": "Réponse automatique (absence)",
}


class TestReason(EngagementTransactionCase):
    """Whatever says why is said in the language of who reads it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        message, _mails = cls("setUp").post("<p>x</p>")
        cls.engagement = message.engagement_id
        cls.trace = cls.engagement.trace_ids

    def setUp(self):
        super().setUp()
        french = {("email_engagement", "fr_FR"): FRENCH}
        self.enterContext(patch.dict(code_translations.python_translations, french))

    def event(self, **values):
        return self.env["email.engagement.event"].create(
            {
                "engagement_id": self.engagement.id,
                "trace_id": self.trace.id,
                "date": self.trace.sent_date,
                **values,
            }
        )

    def in_both(self, record, name):
        return [record.with_context(lang=code)[name] for code in ("en_US", "fr_FR")]

    def test_each_reason_has_words(self):
        words = self.env["email.engagement.event"]._reason_words()
        self.assertEqual(REASONS - words.keys(), set())
        self.assertEqual(words.keys() - REASONS, {"mail_bounce"}, "Odoo's own code")

    def test_machines(self):
        event = self.event(type="open", actor="scanner", reason="ua_bare")
        english, french = "A program that hides what it is", "Un programme qui se cache"
        self.assertEqual(self.in_both(event, "reason_text"), [english, french])
        self.assertEqual(
            self.in_both(event, "note"),
            [f"Not counted: {english}", f"Non compté : {french}"],
        )

    def test_bounces(self):
        event = self.event(type="bounce", reason="bounce_address", detail="550 x")
        self.assertEqual(
            self.in_both(event, "note"),
            ["The address does not exist: 550 x", "L'adresse n'existe pas: 550 x"],
        )
        self.trace.write({"state": "bounced", "failure_type": "bounce_address"})
        self.assertEqual(
            self.in_both(self.engagement, "failure_text"),
            [
                "Anna Customer: The address does not exist",
                "Anna Customer: L'adresse n'existe pas",
            ],
        )

    def test_failures(self):
        self.trace.write({"state": "failed", "failure_type": "mail_smtp"})
        self.assertEqual(
            self.in_both(self.trace, "failure_text"),
            ["Your mail server could not be reached", "Votre serveur est injoignable"],
        )

    def test_automatic_answers(self):
        event = self.event(type="reply", reason="auto_out_of_office")
        self.assertEqual(
            self.in_both(event, "what"),
            ["Automatic answer (out of office)", "Réponse automatique (absence)"],
        )
