from unittest import skipIf

from odoo.tests import tagged
from odoo.tools.misc import mute_logger

from . import gateway
from .dovecot import PASSWORD, USER, Dovecot, missing
from .gateway import GatewayCase


@tagged("post_install", "-at_install")
class TestFetchmail(GatewayCase):
    """Over real protocols: mails that lie in a mailbox are fetched by Odoo."""

    @skipIf(missing(), missing())
    def test_fetched_from_an_imap_server(self):
        dovecot = Dovecot()
        self.addCleanup(dovecot.stop)
        dovecot.start()
        for name in ("reply_outlook", "auto_exchange_oof", "bounce_postfix_delayed"):
            dovecot.put(gateway.read(name, **self.values))
        self.assertEqual(dovecot.unseen(), 3)
        self.env["fetchmail.server"].search([]).active = False
        server = self.env["fetchmail.server"].create(
            {
                "name": "Dovecot",
                "server_type": "imap",
                "server": "127.0.0.1",
                "port": dovecot.port,
                "user": USER,
                "password": PASSWORD,
            }
        )
        server.button_confirm_login()
        with (
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
            mute_logger("odoo.addons.mail.models"),
        ):
            server.with_env(server.env(cr=cr)).fetch_mail()
        self.env.invalidate_all()
        self.assertEqual(dovecot.unseen(), 0)
        answer, note = self.events("reply")
        self.assertTrue(answer.counted)
        self.assertEqual(answer.trace_id, self.trace)
        self.assertIn("at four", answer.message_id.body)
        self.assertNotIn("/ee/", answer.message_id.body)
        self.assertEqual(note.what, "Automatic answer (out of office)")
        self.assertFalse(note.counted)
        self.assertEqual(self.events("bounce").what, "Delivery delayed")
        self.assertEqual(self.engagement.status, "replied")
        self.assertEqual(self.engagement.reply_count, 1)
