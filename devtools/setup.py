"""`./dev setup`: everything the other commands need. Quick when nothing changed."""

from pathlib import Path

from . import node, odoo_source, python_env
from .output import say
from .paths import DEV
from .steps import lock


def set_up() -> Path:
    """Make or complete the environment; return the folder of Odoo's source."""
    with lock(DEV / "setup.lock", "it sets up the environment"):
        node.set_up()
        source = odoo_source.find()
        odoo_source.complete(source)
        python_env.set_up()
        python_env.use_source(source)
    return source


def main(args) -> int:
    source = set_up()
    say(f"Ready. Odoo 19 is in {source}")
    return 0
