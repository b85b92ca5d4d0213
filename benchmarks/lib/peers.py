"""The competitor from PyPI: fetched for the benchmark, never a dependency."""

import zipfile

from devtools.output import Step
from devtools.paths import PYTHON
from devtools.process import run_step

from .cluster import BENCH

OCA = "odoo-addon-mail_tracking==19.0.1.0.6.2"
FOLDER = BENCH / "peers"


def fetch():
    """Folder of addons with OCA's `mail_tracking`, apart from our own environment."""
    addons = FOLDER / "odoo" / "addons"
    if not (addons / "mail_tracking" / "__manifest__.py").exists():
        wheels = BENCH / "wheels"
        with Step(f"Fetching {OCA}") as step:
            command = [PYTHON, "-m", "pip", "download", "--no-deps", f"--dest={wheels}"]
            run_step(step, [*command, OCA], log="bench")
            for wheel in wheels.glob("*.whl"):
                zipfile.ZipFile(wheel).extractall(FOLDER)
    return addons
