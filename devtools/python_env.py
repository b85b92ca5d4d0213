"""The virtual environment with Odoo's, the tests' and the linters' requirements.

Wheels are kept in the user's cache folder, so that a second checkout needs no
network.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from .output import Failure, Step
from .paths import CACHE, ODOO_BIN, PYTHON, ROOT, VENV
from .process import run_step
from .steps import digest, forget, is_done, mark_done, remove, write_atomically

REQUIREMENTS = [
    ROOT / name
    for name in ("requirements.txt", "requirements-odoo.txt", "requirements-dev.txt")
]
SUPPORTED = ((3, 10), (3, 13))

#: Odoo's server with a name other than `__main__.py`: a server of several processes
#: starts itself again by the name of its script.
LAUNCHER = """\
#!{python}
import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
"""


def use_supported_python() -> None:
    """Start `./dev` again with a Python that Odoo 19 runs on, if this is not one."""
    low, high = SUPPORTED
    if low <= sys.version_info[:2] <= high:
        return
    for minor in range(high[1], low[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other:
            os.execv(other, [other, *sys.argv])
    this = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise Failure(
        f"Odoo 19 runs on Python 3.{low[1]} to 3.{high[1]}; this is {this}, and no "
        "other is on the PATH."
    )


def set_up() -> None:
    key = digest(sys.version, os.path.realpath(sys.executable), *REQUIREMENTS)
    if is_done("python", key) and PYTHON.exists():
        return
    forget("python")
    with Step("Python: virtual environment") as step:
        _create(step)
        wheels = CACHE / "wheels" / sysconfig.get_config_var("SOABI")
        if not _install_from(wheels):
            _collect(step, wheels)
            step.tell("installing")
            run_step(step, _install_command(wheels), log="python")
    mark_done("python", key)


def use_source(source: Path) -> None:
    """Let every program of the virtual environment find Odoo."""
    packages = next((VENV / "lib").glob("python3.*/site-packages"))
    write_atomically(packages / "odoo-source.pth", f"{source}\n")
    write_atomically(ODOO_BIN, LAUNCHER.format(python=PYTHON), mode=0o755)


def _create(step: Step) -> None:
    remove(VENV)
    # The interpreter behind a virtual environment, should ./dev run in one.
    python = getattr(sys, "_base_executable", None) or sys.executable
    try:
        run_step(step, [python, "-m", "venv", VENV], log="python")
    except Failure as failure:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Failure(
            f"{python} cannot make a virtual environment: on Debian and Ubuntu install "
            f"python{version}-venv. ({failure})"
        ) from None


def _pip(*args) -> list:
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    return [PYTHON, "-m", "pip", *args, *quiet]


def _install_command(wheels: Path) -> list:
    return _pip(
        "install",
        "--no-index",
        f"--find-links={wheels}",
        f"--requirement={REQUIREMENTS[-1]}",
    )


def _install_from(wheels: Path) -> bool:
    """Install without network, if all wheels are at hand."""
    if not wheels.exists():
        return False
    process = subprocess.run(_install_command(wheels), capture_output=True)
    return process.returncode == 0


def _collect(step: Step, wheels: Path) -> None:
    """Download (or build) the wheels; each gets to its place when it is complete."""
    part = wheels.with_name(f"{wheels.name}.{os.getpid()}.part")
    command = _pip(
        "wheel",
        # The old way to build needs a package that Debian's Python comes without.
        "--use-pep517",
        f"--wheel-dir={part}",
        f"--find-links={wheels}",
        f"--requirement={REQUIREMENTS[-1]}",
    )
    wheels.mkdir(parents=True, exist_ok=True)
    try:
        run_step(step, command, log="python")
        for wheel in part.glob("*.whl"):
            wheel.replace(wheels / wheel.name)
    finally:
        remove(part)
