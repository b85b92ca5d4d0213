"""Dovecot, for the test that fetches mails from a real IMAP server."""

import contextlib
import os
import shutil

from .output import Failure, Step
from .process import run_step


def offer() -> None:
    """Install Dovecot with apt where this is root and there is none.

    Nothing fails without it: its test is skipped and says so.
    """
    if shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", "dovecot-imapd"]
    with contextlib.suppress(Failure), Step("Dovecot: installing with apt") as step:
        run_step(step, ["apt-get", "update"], log="dovecot")
        run_step(step, install, log="dovecot", env=env)
