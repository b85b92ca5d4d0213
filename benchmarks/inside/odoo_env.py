"""An environment of Odoo in a script."""

import contextlib
import os

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


@contextlib.contextmanager
def environment(database: str):
    """Superuser's environment; committed at the end."""
    config.parse_config(
        ["-c", os.environ["ODOO_RC"], "-d", database, "--log-level=error"],
        setup_logging=True,
    )
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
