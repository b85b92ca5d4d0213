"""`./dev test`: everything there is to test, or the files that are named."""

import signal
import subprocess
from pathlib import Path

from . import chromium, dovecot, modules
from .databases import Databases
from .odoo import environment, prepare
from .output import Failure
from .paths import ODOO_CONF, PYTHON, ROOT, addons
from .process import die_with_parent

#: Options of pytest that take a value, which must not be taken for a path.
WITH_VALUE = {"-k", "-m", "-p", "-o", "-W", "-c", "-n", "--deselect", "--ignore"}

#: Modules that the addons must get along with but do not depend on.
BESIDE = ["cloud_storage_azure", "crm", "mass_mailing"]


def main(args) -> int:
    if not addons():
        raise Failure("there is no addon in this repository yet.")
    source, server = prepare()
    with server:
        chromium.need()
        dovecot.offer()
        databases = Databases(source, server)
        if not args.arguments:
            _install_each(databases)
        name = databases.for_tests(addons(), BESIDE, browser=not args.arguments)
        try:
            return _pytest(args.arguments, name, source, server)
        finally:
            databases.drop(name)


def _install_each(databases: Databases) -> None:
    """Install each addon with demo data and with nothing that it does not ask for."""
    for addon in addons():
        names = modules.with_own_dependencies(addon)
        databases.with_addons(f"alone_{addon}", names, demo=True)


def _pytest(arguments: list[str], database: str, source: Path, server) -> int:
    paths = [] if _names_paths(arguments) else default_paths()
    command = [
        PYTHON,
        "-m",
        "pytest",
        f"--config-file={ROOT / 'pyproject.toml'}",
        f"--rootdir={ROOT}",
        f"--odoo-config={ODOO_CONF}",
        f"--odoo-database={database}",
        "--odoo-http",
        "--odoo-log-level=info",
        *arguments,
        *paths,
    ]
    env = environment(source, server)
    env["PYTHONPATH"] = str(ROOT)
    # Nothing of a test database has to outlive a power cut.
    env["PGOPTIONS"] = f"{env.get('PGOPTIONS', '')} -c synchronous_commit=off"
    process = subprocess.Popen(
        list(map(str, command)), env=env, preexec_fn=die_with_parent
    )
    # Ctrl-C reaches pytest as well, which ends in good order: wait for it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()


def default_paths() -> list[Path]:
    """The addons' own tests, Odoo's linters, translations, what the documents say, and
    the quick part of `bench chaos`.
    """
    inside = ROOT / "devtools" / "inside"
    chaos = ROOT / "benchmarks" / "tests"
    return [*(ROOT / addon for addon in addons()), inside, chaos]


def _names_paths(arguments: list[str]) -> bool:
    previous = ""
    for argument in arguments:
        if not argument.startswith("-") and previous not in WITH_VALUE:
            if Path(argument.partition("::")[0]).exists():
                return True
        previous = argument
    return False
