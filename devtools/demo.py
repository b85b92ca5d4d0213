"""The database `demo` that `./dev run` shows: Odoo's CRM with demo data, and the addons."""

from pathlib import Path

from .databases import Databases, addon_inputs, source_version, standard_modules
from .output import Failure, Step
from .paths import ODOO_BIN, PYTHON, addons
from .postgres import Server
from .process import run_step
from .steps import digest

NAME = "demo"
OPTIONS = ["--stop-after-init", "--no-http", "--max-cron-threads=0", "--with-demo"]


def ensure(databases: Databases, fresh: bool) -> None:
    """Make the database, or bring it up to date with the addons' files."""
    server = databases.server
    key = digest(source_version(databases.source), *addon_inputs())
    if fresh:
        databases.drop(NAME)
    if NAME not in server.databases():
        modules = ["crm", *standard_modules(), *addons()]
        with Step("Database: Odoo with CRM, the addons and demo data") as step:
            databases.make(NAME, step, sorted(set(modules)), options=["--with-demo"])
        _remember(server, key)
    elif _remembered(server) != key:
        with Step("Database: bringing the addons up to date") as step:
            _update(databases, step)
        _remember(server, key)


def point_at(server: Server, url: str, smtp_port: int) -> None:
    """Let Odoo send its mails to the mailbox, with links to where it answers.

    Written straight into the tables, before Odoo starts: loading Odoo for it would
    double the time to start.
    """
    server.query(
        f"""
        DELETE FROM ir_mail_server WHERE name = 'MailDev';
        INSERT INTO ir_mail_server (name, smtp_host, smtp_port, smtp_encryption,
                                    smtp_authentication, active, sequence)
             VALUES ('MailDev', '127.0.0.1', {smtp_port}, 'none', 'login', true, 0);
        INSERT INTO ir_config_parameter (key, value)
             VALUES ('web.base.url', '{url}'), ('web.base.url.freeze', 'True')
        ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value;
        """,
        NAME,
    )


def _update(databases: Databases, step: Step) -> None:
    server = databases.server
    installed = server.query(
        "SELECT name FROM ir_module_module WHERE state = 'installed'", NAME
    ).splitlines()
    known = [name for name in addons() if name in installed]
    new = [name for name in addons() if name not in installed]
    command = [PYTHON, ODOO_BIN, "-d", NAME, *OPTIONS]
    command += ["-u", ",".join(known)] if known else []
    command += ["-i", ",".join(new)] if new else []
    try:
        run_step(step, command, log="demo", env=databases.env)
    except Failure as failure:
        raise Failure(f"{failure}. To start with a new database: --fresh") from None


def _remember(server: Server, key: str) -> None:
    """A comment goes with the database, wherever it goes."""
    server.query(f"COMMENT ON DATABASE {NAME} IS '{key}'")


def _remembered(server: Server) -> str:
    return server.query(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
        f"WHERE datname = '{NAME}'"
    )
