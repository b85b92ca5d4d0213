from odoo.tests import HttpCase, tagged

from odoo.addons.web.tests.test_js import unit_test_error_checker

WITH_TESTS = ("email_engagement", "email_engagement_crm")


def hoot_id(name: str) -> str:
    """The identifier that the test page knows a suite by."""
    result = 0
    for char in name:
        result = ((result << 5) - result + ord(char)) & 0xFFFFFFFF
    return f"{result:08x}"


@tagged("post_install", "-at_install")
class TestJs(HttpCase):
    """Runs the unit tests of this addon and of those around it, not of all addons."""

    def test_hoot_id(self):
        # the example of web's own runner
        self.assertEqual(hoot_id("@web/core"), "e39ce9ba")

    def test_unit(self):
        installed = self.env["ir.module.module"]._installed()
        ids = "".join(
            f"&id={hoot_id(f'@{addon}')}" for addon in WITH_TESTS if addon in installed
        )
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000{ids}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )
