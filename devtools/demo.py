"""The database `demo` of `./dev run`: Odoo's CRM with demo data, and the addons."""

from . import modules
from .databases import Databases
from .output import Failure, Step
from .paths import addons
from .postgres import Server
from .steps import digest

NAME = "demo"


def ensure(databases: Databases, fresh: bool) -> None:
    """Make the database, or bring it up to date with the addons' files."""
    server = databases.server
    own = addons()
    key = digest(modules.source_version(databases.source), *modules.files(own))
    if fresh:
        databases.drop(NAME)
    if NAME not in server.databases():
        made = databases.with_addons("demo", own, more=["crm"], demo=True)
        databases.copy(made, f"part_{NAME}")
        databases.rename(f"part_{NAME}", NAME)
    elif _remembered(server) != key:
        with Step("Database: bringing the addons up to date") as step:
            _update(databases, step)
    else:
        return
    # A comment goes with the database, wherever it goes.
    server.query(f"COMMENT ON DATABASE {NAME} IS '{key}'")


def point_at(server: Server, url: str, smtp_port: int) -> None:
    """Let Odoo send its mails to the mailbox, with links to where it answers.

    Who reads a mail in the mailbox is logged in to Odoo in the same browser, and so a
    colleague, whose opens never count. A session is of one host name: followed mails
    use another one. And nobody who tries this waits a minute before opening a mail.

    Written straight into the tables, before Odoo starts: loading Odoo for it would
    double the time to start.
    """
    tracking = url.replace("localhost", "127.0.0.1")
    server.query(
        f"""
        UPDATE res_company SET engagement_base_url = '{tracking}'
         WHERE engagement_base_url IS NULL OR engagement_base_url ~ '^http://127';
        DELETE FROM ir_mail_server WHERE name = 'MailDev';
        INSERT INTO ir_mail_server (name, smtp_host, smtp_port, smtp_encryption,
                                    smtp_authentication, active, sequence)
             VALUES ('MailDev', '127.0.0.1', {smtp_port}, 'none', 'login', true, 0);
        INSERT INTO ir_config_parameter (key, value)
             VALUES ('web.base.url', '{url}'), ('web.base.url.freeze', 'True'),
                    ('email_engagement.open_grace', '0'),
                    ('email_engagement.click_grace', '0')
        ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value;
        """,
        NAME,
    )


def _update(databases: Databases, step: Step) -> None:
    installed = databases.server.query(
        "SELECT name FROM ir_module_module WHERE state = 'installed'", NAME
    ).splitlines()
    known = [name for name in addons() if name in installed]
    new = [name for name in addons() if name not in installed]
    what = ["-u", ",".join(known)] if known else []
    what += ["-i", ",".join(new)] if new else []
    try:
        databases.install(NAME, step, what, demo=True, log="demo")
    except Failure as failure:
        raise Failure(f"{failure}. To start with a new database: --fresh") from None


def _remembered(server: Server) -> str:
    return server.query(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
        f"WHERE datname = '{NAME}'"
    )
