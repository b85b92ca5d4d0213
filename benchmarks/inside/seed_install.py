"""A database in which Odoo's mail has been used for years.

python -m benchmarks.inside.seed_install DATABASE ROWS
"""

import sys

from .multiply import multiply
from .odoo_env import environment


def main(database: str, rows: int) -> None:
    with environment(database) as env:
        partner = env["res.partner"].create({"name": "Ada", "email": "a@example.com"})
        message = partner.message_post(body="<p>Good morning</p>")
        mail = env["mail.mail"].create(
            {"mail_message_id": message.id, "state": "sent", "body_html": "<p>…</p>"}
        )
        notification = env["mail.notification"].create(
            {
                "mail_message_id": message.id,
                "res_partner_id": partner.id,
                "notification_type": "email",
                "notification_status": "sent",
                "mail_mail_id": mail.id,
            }
        )
        multiply(partner, rows)
        messages = multiply(message, rows)
        mails = multiply(mail, rows, mail_message_id=messages)
        multiply(notification, rows, mail_message_id=messages, mail_mail_id=mails)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
