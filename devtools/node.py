"""Programs from npm: the mailbox, the linters, and one file of Odoo's web client."""

import re
import subprocess

from .output import Failure, Step
from .paths import CACHE, NODE, ROOT
from .process import need, run_step
from .steps import digest, forget, is_done, mark_done, remove

MINIMUM = 20
INPUTS = [ROOT / "package.json", ROOT / "package-lock.json"]
WHY = f"install Node.js {MINIMUM} or later (https://nodejs.org)."


def set_up() -> None:
    key = digest(*INPUTS)
    if is_done("node", key) and (NODE / "node_modules").exists():
        return
    forget("node")
    _check_version()
    npm = need("npm", WHY)
    with Step("Node.js: packages") as step:
        remove(NODE)
        NODE.mkdir(parents=True)
        for path in INPUTS:
            (NODE / path.name).write_bytes(path.read_bytes())
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
        # Without network, say so within seconds.
        options += ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"]
        options += ["--fetch-retry-maxtimeout=5000"]
        cache = f"--cache={CACHE / 'npm'}"
        run_step(step, [npm, "ci", *options, cache], log="node", cwd=NODE)
    mark_done("node", key)


def script(package: str, path: str) -> list[str]:
    """Command line that runs a script of an installed package."""
    return [need("node", WHY), str(NODE / "node_modules" / package / path)]


def _check_version() -> None:
    printed = subprocess.run(
        [need("node", WHY), "--version"], capture_output=True, text=True
    ).stdout
    version = re.match(r"v(\d+)", printed)
    if not version or int(version[1]) < MINIMUM:
        raise Failure(f"Node.js {printed.strip()} is too old: {WHY}")
