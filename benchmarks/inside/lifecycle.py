"""The addon's life in one database: it is used, looked at, uninstalled.

    python -m benchmarks.inside.lifecycle DATABASE use|look|uninstall

``look`` prints as JSON: ``catalogue``, what PostgreSQL knows; ``rows``, a checksum for
each table; ``named``, columns in which something is called after us; ``kept``, what the
users' own is; ``files`` beside the database; ``installed``, how many of our addons.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.modules.registry import Registry
from odoo.tools import config

from .catalogue import catalogue, checksums, columns_that_name
from .odoo_env import configure
from .seed import followed_emails

ADDON = "email_engagement"


def main(database: str, what: str) -> None:
    configure(database)
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if what == "use":
            env["ir.cron"].search([]).active = False
            use(env(user=env.ref("base.user_admin"), su=True))
        elif what == "uninstall":
            addon = env["ir.module.module"].search([("name", "=", ADDON)])
            addon.button_immediate_uninstall()
        else:
            print(json.dumps(look(env)))


def look(env) -> dict:
    return {
        "catalogue": catalogue(env.cr),
        "rows": checksums(env.cr),
        "named": columns_that_name(env.cr, ADDON),
        "kept": kept(env.cr),
        "files": [str(path) for path in files(env.cr.dbname)],
        "installed": env["ir.module.module"].search_count(
            [("name", "=like", f"{ADDON}%"), ("state", "!=", "uninstalled")]
        ),
    }


def use(env) -> None:
    """Leave rows in every table, and our name wherever it can get to."""
    followed_emails(env, 2)
    partner = env["res.partner"].create({"name": "Anna", "email": "anna@example.com"})
    attachment = env["ir.attachment"].create(
        {"name": "a.txt", "raw": b"zebra", "res_model": "mail.compose.message"}
    )
    message = partner.message_post(
        body="A letter",
        message_type="comment",
        subtype_xmlid="mail.mt_comment",
        partner_ids=partner.ids,
        attachment_ids=attachment.ids,
        engagement_followed=True,
        engagement_attachment_ids=attachment.ids,
    )
    engagement = message.engagement_id
    engagement._set_reminder("anyway", fields.Datetime.now() + timedelta(days=1))
    engagement._remind()
    env.user._engagement_tell(
        "Opened", f'<a href="{engagement._engagement_page()}">Look</a>', partner
    )
    partner._engagement_decide({"opens": "refused"})
    env["mail.scheduled.message"].create(
        {
            "model": "res.partner",
            "res_id": partner.id,
            "author_id": env.user.partner_id.id,
            "body": "Later",
            "partner_ids": [Command.link(partner.id)],
            "scheduled_date": fields.Datetime.now() + timedelta(days=1),
            "engagement_followed": True,
        }
    )
    env["ir.filters"].create(
        [
            {"name": "ours", "model_id": "email.engagement", "domain": "[]"},
            {
                "name": "opened",
                "model_id": "res.partner",
                "domain": "[('engagement_count', '>', 0)]",
            },
            {"name": "others", "model_id": "res.partner", "domain": "[]"},
        ]
    )
    env["ir.config_parameter"].set_param("email_engagement.template_days", "30")
    env["ir.exports"].create(
        {
            "name": "ours",
            "resource": "res.partner",
            "export_fields": [
                Command.create({"name": "name"}),
                Command.create({"name": "engagement_last_open"}),
            ],
        }
    )
    env["mail.template"].create(
        {
            "name": "Offer",
            "model_id": env["ir.model"]._get_id("res.partner"),
            "engagement_follow": "always",
        }
    )
    folder = Path(config["data_dir"]) / ADDON / env.cr.dbname
    folder.mkdir(parents=True)
    (folder / "current.jsonl").write_text("{}\n")


def files(database: str) -> list[Path]:
    return [*(Path(config["data_dir"]) / ADDON / database).rglob("*")]


def kept(cr) -> dict:
    """What is the users' own, and has to be there afterwards."""
    cr.execute(
        """
        SELECT json_build_object(
            'messages', (SELECT array_agg(id ORDER BY id) FROM mail_message
                          WHERE message_type != 'user_notification'
                            AND model NOT IN ('ir.cron', 'ir.actions.server')),
            'activities', (SELECT count(*) FROM mail_activity),
            'templates', (SELECT count(*) FROM mail_template),
            'scheduled', (SELECT count(*) FROM mail_scheduled_message),
            'filters', (SELECT count(*) FROM ir_filters WHERE name = 'others'),
            'file', (SELECT count(*) FROM ir_attachment
                      WHERE name = 'a.txt' AND res_model = 'res.partner'),
            'users', (SELECT count(*) FROM res_users))::text
        """
    )
    return json.loads(cr.fetchone()[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
