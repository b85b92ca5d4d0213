"""Where things are."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Everything made for this checkout. Deleting it starts afresh.
DEV = ROOT / ".dev"
VENV = DEV / "venv"
NODE = DEV / "node"
POSTGRES = DEV / "postgres"
DATA = DEV / "data"
LOGS = DEV / "logs"
STAMPS = DEV / "stamps"
ODOO_CONF = DEV / "odoo.conf"

#: Everything downloaded, shared by all checkouts of this user.
CACHE = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    / "email-engagement"
)

PYTHON = VENV / "bin" / "python"
ODOO_BIN = VENV / "bin" / "odoo"


def addons() -> list[str]:
    """Names of the addons in this repository."""
    return sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))
