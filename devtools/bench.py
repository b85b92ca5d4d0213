"""`./dev bench NAME ARGS`: runs `benchmarks/NAME.py` in the virtual environment.

A benchmark finds in its environment:

    ODOO_SOURCE             folder of Odoo's source, importable as `odoo`
    ODOO_RC                 Odoo's configuration: addons, data folder, database server
    ODOO_BIN                the script that starts Odoo
    PGHOST, PGPORT, PGUSER  the database server, for as long as the benchmark runs

and imports `benchmarks.*` and `devtools.*`.
"""

import ast
import subprocess
from pathlib import Path

from .odoo import environment, prepare
from .output import Failure, say
from .paths import ODOO_BIN, PYTHON, ROOT
from .process import die_with_parent

FOLDER = ROOT / "benchmarks"


def main(args) -> int:
    there = names()
    if not args.arguments or args.arguments[0] in ("-h", "--help"):
        say("./dev bench NAME [ARGS]\n")
        for name, path in there.items():
            say(f"  {name:12} {_title(path)}")
        return 0
    name, *rest = args.arguments
    if name not in there:
        raise Failure(
            f"no benchmark {name!r}; there are: {', '.join(there) or 'none'}."
        )
    source, server = prepare()
    with server:
        env = environment(source, server)
        env |= {"ODOO_BIN": str(ODOO_BIN), "PYTHONPATH": str(ROOT)}
        command = [PYTHON, "-m", f"benchmarks.{name}", *rest]
        process = subprocess.Popen(command, env=env, preexec_fn=die_with_parent)
        try:
            return process.wait()
        except KeyboardInterrupt:
            # Ctrl-C reaches the benchmark as well, which cleans up behind itself.
            return process.wait()


def names() -> dict[str, Path]:
    paths = sorted(FOLDER.glob("*.py"))
    return {path.stem: path for path in paths if not path.name.startswith("_")}


def _title(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    return docstring.partition("\n")[0]
