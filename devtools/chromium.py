"""A Chromium for tours and screenshots."""

import os
import shutil

from .output import Failure, Step
from .process import run_step

#: The names that Odoo's own tests look for, too.
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def find() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def need() -> str:
    """Path of Chromium; installed with apt when there is none and this is root."""
    found = find()
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with Step("Chromium: installing with apt") as step:
            run_step(step, ["apt-get", "update"], log="chromium")
            options = ["-y", "--no-install-recommends"]
            env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            command = ["apt-get", "install", *options, "chromium"]
            run_step(step, command, log="chromium", env=env)
        found = find()
    if not found:
        raise Failure(
            "Chromium is missing, tours need it: install it, on Debian with "
            "`sudo apt-get install chromium`, or put Google Chrome on the PATH."
        )
    return found
