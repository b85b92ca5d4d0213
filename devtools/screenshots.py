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
                _digest(databases, name)
                with Step("Starting"):
                    services.append(_start_odoo(databases, name, port))
                    services[0].wait_for(f"http://127.0.0.1:{port}/web/health")
                command = [PYTHON, "-m", "devtools.inside.take_screenshots"]
                command += [url, args.to, browser, *args.names]
                return subprocess.call([str(part) for part in command], cwd=ROOT)
        finally:
            databases.drop(name)


def _digest(databases: Databases, name: str) -> None:
    """The demo data are requests: the digest makes of them what is seen."""
    script = "env['email.engagement.digest']._run(); env.cr.commit()"
    with Step("Digesting the demo data"):
        subprocess.run(
            [str(PYTHON), str(ODOO_BIN), "shell", "-d", name, "--no-http"],
            input=script.encode(),
            env=databases.env,
            capture_output=True,
            check=True,
        )


def _start_odoo(databases: Databases, name: str, port: int) -> Service:
    options = {
        "--database": name,
        "--db-filter": f"^{name}$",
        "--http-port": port,
        "--max-cron-threads": 0,
    }
    command = [PYTHON, ODOO_BIN, "--no-database-list"]
    command += [f"{option}={value}" for option, value in options.items()]
    return Service("Screenshots", command, databases.env)
