import doctest
from itertools import product

from odoo.tests import BaseCase

from ..tools import export, law, policy
from ..tools.policy import (
    LEVEL_EXEMPT,
    LEVEL_GRANTED,
    LEVEL_NONE,
    LEVEL_NOT_REFUSED,
    REQUIRED,
    level_of_sent,
    permit,
)

BOTH = {"opens": True, "clicks": True}


class TestPolicy(BaseCase):
    def test_doctests(self):
        for module in (policy, law, export):
            with self.subTest(module.__name__):
                results = doctest.testmod(module)
                self.assertTrue(results.attempted)
                self.assertFalse(results.failed)

    def permit(self, company, state="unknown", country=None, switches=None):
        states = {"opens": state, "clicks": state}
        return permit(company, country, states, {**BOTH, **(switches or {})})

    def test_each_policy(self):
        expected = {
            ("off", "unknown"): (0, 0, "off"),
            ("off", "granted"): (0, 0, "off"),
            ("off", "refused"): (0, 0, "off"),
            ("anonymous", "unknown"): (3, 3, ""),
            ("anonymous", "granted"): (3, 3, ""),
            ("anonymous", "refused"): (0, 0, "refused"),
            ("consent", "unknown"): (0, 0, "no_consent"),
            ("consent", "granted"): (2, 2, ""),
            ("consent", "refused"): (0, 0, "refused"),
            ("unless_refused", "unknown"): (1, 1, ""),
            ("unless_refused", "granted"): (2, 2, ""),
            ("unless_refused", "refused"): (0, 0, "refused"),
        }
        for (company, state), outcome in expected.items():
            with self.subTest(company=company, state=state):
                permission = self.permit(company, state)
                self.assertEqual(
                    (permission.opens, permission.clicks, permission.reason), outcome
                )
                self.assertEqual(
                    permission.anonymous, company == "anonymous" and state != "refused"
                )

    def test_what_is_sent_is_recorded_and_nothing_else(self):
        """The level that a copy is sent with meets the policy it was sent under."""
        for company, country, state in product(
            REQUIRED, [None, *REQUIRED], ("unknown", "granted", "refused")
        ):
            permission = self.permit(company, state, country)
            if permission.opens:
                with self.subTest(company=company, country=country, state=state):
                    self.assertGreaterEqual(permission.opens, REQUIRED[company])
                    self.assertNotEqual(state, "refused")

    def test_country(self):
        self.assertEqual(self.permit("unless_refused", country="consent").opens, 0)
        self.assertEqual(
            self.permit("unless_refused", country="consent").reason, "no_consent"
        )
        self.assertEqual(self.permit("unless_refused", country="off").reason, "country")
        self.assertEqual(self.permit("consent", country="unless_refused").opens, 3)
        self.assertEqual(self.permit("off", country="unless_refused").opens, 0)
        self.assertTrue(self.permit("unless_refused", country="anonymous").anonymous)

    def test_kinds_are_apart(self):
        permission = permit(
            "unless_refused", None, {"opens": "refused", "clicks": "granted"}, BOTH
        )
        self.assertEqual((permission.opens, permission.clicks), (0, 2))
        self.assertEqual(permission.reason, "refused")
        permission = self.permit("unless_refused", switches={"clicks": False})
        self.assertEqual((permission.opens, permission.clicks), (1, 0))
        self.assertFalse(permission.reason, "all that the company wants")
        nothing = {"opens": False, "clicks": False}
        self.assertEqual(self.permit("consent", switches=nothing).reason, "off")

    def test_level_of_sent(self):
        self.assertEqual(level_of_sent(LEVEL_GRANTED, "refused"), LEVEL_NONE)
        self.assertEqual(level_of_sent(LEVEL_NONE, "unknown"), LEVEL_NOT_REFUSED)
        self.assertEqual(level_of_sent(LEVEL_EXEMPT, "unknown"), LEVEL_EXEMPT)
        self.assertEqual(level_of_sent(LEVEL_EXEMPT, "refused"), LEVEL_NONE)
        self.assertEqual(level_of_sent(LEVEL_GRANTED, "unknown", "consent"), LEVEL_NONE)
