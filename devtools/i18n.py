"""`./dev i18n`: the templates and catalogues of translations, brought up to date."""

import subprocess

from .databases import Databases
from .odoo import prepare
from .output import Step, say
from .paths import PYTHON, ROOT, addons
from .setup import set_up
from .test import BESIDE

IMPORT = "from devtools.inside import export_templates as templates"
WRITE = f"{IMPORT}; templates.write(env)"
CHECK = f"{IMPORT}; print(*templates.stale(env), sep='\\n')"


def add_arguments(parser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--check", action="store_true", help="change nothing, complain")
    group.add_argument(
        "--missing",
        nargs="*",
        metavar="LANGUAGE",
        help="print what is not translated yet, as far as the files know",
    )


def main(args) -> int:
    if args.missing is not None:
        set_up()
        return _inside("catalogues", "missing", *args.missing)
    if args.check:
        stale = _with_database(CHECK)
        if stale:
            say(stale)
        return _inside("check_catalogues") or bool(stale)
    _with_database(WRITE)
    return _inside("catalogues", "merge")


def _with_database(script: str) -> str:
    """Run a line in `odoo shell`, in the database that the tests have, too.

    With other modules installed, Odoo's export would be another one.
    """
    source, server = prepare()
    with server:
        databases = Databases(source, server)
        name = databases.for_tests(addons(), BESIDE)
        try:
            with Step("Exporting the texts"):
                return databases.shell(name, script).strip()
        finally:
            databases.drop(name)


def _inside(module: str, *arguments: str) -> int:
    command = [str(PYTHON), "-m", f"devtools.inside.{module}", *arguments]
    return subprocess.call(command, cwd=ROOT)
