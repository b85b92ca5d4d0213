"""The command line of `./dev`."""

import argparse
import importlib
import sys

from .output import Failure, warn
from .python_env import use_supported_python

DESCRIPTION = """\
The development environment of Email Engagement. Every command first sets up what
it needs; all of it is kept in .dev/, and deleting that folder starts afresh.
"""


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(prog="./dev", description=DESCRIPTION)
    commands = result.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands.add_parser("setup", help="fetch and prepare everything (all others do)")
    odoo = commands.add_parser("odoo", help="Odoo's own command line", add_help=False)
    odoo.add_argument("arguments", nargs=argparse.REMAINDER)
    return result


def main(argv: list[str]) -> int:
    # Everything after `odoo` is for Odoo, options like --help included.
    if argv[:1] == ["odoo"]:
        args = argparse.Namespace(command="odoo", arguments=argv[1:])
    else:
        args = parser().parse_args(argv)
    try:
        use_supported_python()
        return importlib.import_module(f"devtools.{args.command}").main(args)
    except Failure as failure:
        warn(f"./dev {args.command}: {failure}")
        return 1
    except KeyboardInterrupt:
        warn("\nStopped. The next ./dev goes on from here.")
        return 130
