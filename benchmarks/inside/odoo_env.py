"""An environment of Odoo in a script."""

import contextlib
import os

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def configure(database: str) -> None:
    config.parse_config(
        ["-c", os.environ["ODOO_RC"], "-d", database, "--log-level=error"],
        setup_logging=True,
    )


@contextlib.contextmanager
def environment(database: str):
    """Superuser's environment; committed at the end."""
    configure(database)
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
