"""The command line of `./dev`."""

import argparse
import errno
import importlib

from . import i18n, lint, run, screenshots
from .output import Failure, warn
from .python_env import use_supported_python

DESCRIPTION = """\
The development environment of Email Engagement. Every command first sets up what
it needs; all of it is kept in .dev/, and deleting that folder starts afresh.
"""

#: Errors of the system that are no mistakes of ours.
CIRCUMSTANCES = {errno.EACCES, errno.EDQUOT, errno.ENOSPC, errno.EPERM, errno.EROFS}

#: Commands whose arguments, options like --help included, are for another program.
PASSED_ON = {
    "bench": "measure, see ./dev bench",
    "odoo": "Odoo's own command line: ./dev odoo shell -d demo",
    "test": "all tests, or those in files and folders: ./dev test [PYTEST ARGS]",
}


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(prog="./dev", description=DESCRIPTION)
    commands = result.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands.add_parser("setup", help="fetch and prepare everything (all others do)")
    run.add_arguments(
        commands.add_parser("run", help="Odoo with the addons, demo data and a mailbox")
    )
    lint.add_arguments(commands.add_parser("lint", help="check the files"))
    i18n.add_arguments(
        commands.add_parser("i18n", help="export texts, bring translations in line")
    )
    screenshots.add_arguments(
        commands.add_parser("screenshots", help="take the pictures of the documents")
    )
    for name, text in PASSED_ON.items():
        command = commands.add_parser(name, help=text, add_help=False)
        command.add_argument("arguments", nargs=argparse.REMAINDER)
    return result


def main(argv: list[str]) -> int:
    if argv and argv[0] in PASSED_ON:
        args = argparse.Namespace(command=argv[0], arguments=argv[1:])
    else:
        args = parser().parse_args(argv)
    try:
        use_supported_python()
        return importlib.import_module(f"devtools.{args.command}").main(args)
    except Failure as failure:
        warn(f"./dev {args.command}: {failure}")
        return 1
    except OSError as error:
        if error.errno not in CIRCUMSTANCES:
            raise
        warn(f"./dev {args.command}: {error.strerror}: {error.filename}")
        return 1
    except KeyboardInterrupt:
        warn("\nStopped. The next ./dev goes on from here.")
        return 130
