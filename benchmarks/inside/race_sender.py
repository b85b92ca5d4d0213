"""The first recipient reads, and is digested, while the second copy is being sent.

    python -m benchmarks.inside.race_sender DATABASE

The digest writes, over a connection of its own, the rows that the sender's transaction
will set the state of: if that failed, Odoo would send all copies again. Prints what
came of it as JSON. Not a test of Odoo's own kind, since those have one transaction.
"""

import json
import logging
import sys
from unittest.mock import Mock, patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from .odoo_env import configure


def main(database: str) -> None:
    configure(database)
    log = _Log()
    logging.getLogger().addHandler(log)
    sent = []

    def send_email(_self, message, *_args, **_kwargs):
        sent.append(message["To"])
        if len(sent) == 1:
            read_and_digest(database)
        return message["Message-Id"]

    with (
        patch.object(IrMail_Server, "_connect__", lambda *_args, **_kwargs: Mock()),
        patch.object(IrMail_Server, "send_email", send_email),
    ):
        message_id = post(database)
        # Whatever the first try has left in the queue is sent again.
        with Registry(database).cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["mail.mail"].process_email_queue()
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        engagement = env["mail.message"].browse(message_id).engagement_id
        outcome = {
            "sent": sent,
            "states": engagement.trace_ids.mapped("state"),
            "opens": sum(event.type == "open" for event in engagement.event_ids),
            "status": engagement.status,
            "sent_count": engagement.sent_count,
            "errors": log.messages,
        }
    print(json.dumps(outcome))


def post(database: str) -> int:
    """Send as a user does: Odoo sends after the commit."""
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["ir.cron"].search([]).active = False
        partners = env["res.partner"].create(
            [
                {"name": name, "email": f"{name.lower()}@customer.example.com"}
                for name in ("Ada", "Bob")
            ]
        )
        author = env.ref("base.user_admin")
        author.partner_id.email = "sales@company.example.com"
        message = (
            env["res.partner"]
            .create({"name": "The Deal"})
            .with_user(author)
            .message_post(
                body="Good morning",
                partner_ids=partners.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                engagement_followed=True,
            )
        )
        cr.commit()
        return message.id


def read_and_digest(database: str) -> None:
    """What a quick recipient's request and the cron do, in two transactions."""
    from odoo.addons.email_engagement.models.email_engagement_hit import (
        request_columns,
    )

    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        hits = env["email.engagement.hit"]
        for trace in env["email.engagement.trace"].search([]):
            hits._record("open", (trace.id,), request_columns(user_agent="Any"))
        cr.commit()
        env["email.engagement.digest"]._run()


class _Log(logging.Handler):
    def __init__(self):
        super().__init__(logging.ERROR)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


if __name__ == "__main__":
    main(sys.argv[1])
