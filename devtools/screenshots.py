"""`./dev screenshots`: the pictures of README and docs/, taken from the demo data."""

import os
import subprocess

from . import chromium
from .databases import Databases
from .odoo import prepare
from .output import Step
from .paths import ODOO_BIN, PYTHON, ROOT, addons
from .ports import is_free
from .services import Service, stopping_in_order

FOLDER = ROOT / "docs" / "images"


def add_arguments(parser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these scenes")
    parser.add_argument("--to", default=FOLDER, help="another folder than docs/images")


def main(args) -> int:
    source, server = prepare()
    with server:
        browser = chromium.need()
        databases = Databases(source, server)
        made = databases.with_addons("demo", addons(), more=["crm"], demo=True)
        name = f"screenshots_{os.getpid()}"
        databases.copy(made, name)
        services = []
        try:
            with stopping_in_order(services):
                port = next(port for port in range(8069, 65536) if is_free(port))
                url = f"http://localhost:{port}"
                hit = _digest(databases, name)
                with Step("Starting"):
                    services.append(_start_odoo(databases, name, port))
                    services[0].wait_for(f"http://127.0.0.1:{port}/web/health")
                command = [PYTHON, "-m", "devtools.inside.take_screenshots"]
                command += [url, args.to, browser, hit, *args.names]
                return subprocess.call([str(part) for part in command], cwd=ROOT)
        finally:
            databases.drop(name)


# Prints the address of a link that nobody has clicked yet, and lets the digest tell of
# a click at once. No cron but ours: pictures are the same each time.
PREPARE = """
env['email.engagement.digest']._run()
crons = env['ir.cron'].search([])
crons.filtered(lambda c: 'email.engagement' not in c.model_id.model).active = False
for name in ('open_grace', 'click_grace'):
    env['ir.config_parameter'].set_param(f'email_engagement.{name}', 0)
email = env['email.engagement'].search(
    [
        ('status', '=', 'sent'),
        ('user_id.login', '=', 'admin'),
        ('link_ids.url', '!=', False),
    ],
    limit=1,
)
ids = email.trace_ids[0].id, email.link_ids.filtered('url')[0].id
print('HIT /ee/c/' + env['email.engagement.token']._sign('click', *ids))
env.cr.commit()
"""


def _digest(databases: Databases, name: str) -> str:
    """The demo data are requests: the digest makes of them what is seen.

    :return: the path of a link that is still to be clicked
    """
    with Step("Digesting the demo data"):
        printed = databases.shell(name, PREPARE)
    return printed.split("HIT ")[1].split()[0]


def _start_odoo(databases: Databases, name: str, port: int) -> Service:
    options = {
        "--database": name,
        "--db-filter": f"^{name}$",
        "--http-port": port,
        "--max-cron-threads": 1,
    }
    command = [PYTHON, ODOO_BIN, "--no-database-list"]
    command += [f"{option}={value}" for option, value in options.items()]
    return Service("Screenshots", command, databases.env)
