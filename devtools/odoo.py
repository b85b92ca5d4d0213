"""Odoo's configuration, and `./dev odoo`: its own command line."""

import os
from pathlib import Path

from . import odoo_source, postgres
from .paths import DATA, NODE, ODOO_BIN, ODOO_CONF, PYTHON, ROOT, addons
from .setup import set_up
from .steps import write_atomically


def write_config(source: Path, server: postgres.Server) -> None:
    """Write `.dev/odoo.conf`, which all commands share."""
    folders = odoo_source.addons_folders(source)
    if addons():
        folders.append(ROOT)
    options = {
        "addons_path": ",".join(map(str, folders)),
        "data_dir": DATA,
        "db_host": server.env["PGHOST"],
        "db_port": server.env["PGPORT"],
        "db_user": server.env.get("PGUSER") or os.environ.get("PGUSER"),
        "db_password": os.environ.get("PGPASSWORD"),
        "http_interface": "127.0.0.1",
    }
    lines = [f"{name} = {value}" for name, value in options.items() if value]
    DATA.mkdir(parents=True, exist_ok=True)
    write_atomically(ODOO_CONF, "\n".join(["[options]", *lines, ""]), mode=0o600)


def environment(source: Path, server: postgres.Server) -> dict[str, str]:
    """Environment for programs that talk to Odoo or to its database."""
    # rtlcss, with which Odoo turns its style sheets for languages from right to left
    programs = [PYTHON.parent, NODE / "node_modules" / ".bin"]
    return {
        **os.environ,
        **server.env,
        "ODOO_RC": str(ODOO_CONF),
        "ODOO_SOURCE": str(source),
        "PATH": os.pathsep.join([*map(str, programs), os.environ.get("PATH", "")]),
        "VIRTUAL_ENV": str(PYTHON.parent.parent),
    }


def prepare() -> tuple[Path, postgres.Server]:
    """Set up, start the database server, write the configuration."""
    source = set_up()
    server = postgres.connect()
    write_config(source, server)
    return source, server


def main(args) -> int:
    """Become Odoo: signals, terminal and exit code are Odoo's own."""
    source, server = prepare()
    server.keep_after_exec()
    env = environment(source, server)
    os.execve(PYTHON, [str(PYTHON), str(ODOO_BIN), *args.arguments], env)
