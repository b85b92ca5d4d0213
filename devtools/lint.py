"""`./dev lint`: everything that can be said about the files without running them."""

import fnmatch
import os
import subprocess
from pathlib import Path

from . import lint_files, lint_sudo, node
from .output import Failure, say
from .paths import PYTHON, ROOT, VENV, addons
from .setup import set_up


def add_arguments(parser) -> None:
    parser.add_argument("files", nargs="*", type=Path, help="only these files")
    parser.add_argument("--fix", action="store_true", help="mend what can be mended")


def main(args) -> int:
    set_up()
    files = _listed(args.files)
    failed = [name for name, check in checks(args.fix) if not _run(name, check, files)]
    if failed:
        say(f"\nFailed: {', '.join(failed)}. ./dev lint --fix mends what it can.")
        return 1
    say(f"\n{len(files)} files are fine.")
    return 0


def checks(fix: bool):
    """Names and functions, which take a list of files and tell whether all is well."""
    python = ["*.py", "dev"]
    yield "ruff check", _tool(python, _ruff("check", *["--fix"] * fix))
    yield "ruff format", _tool(python, _ruff("format", *["--check"] * (not fix)))
    yield "pylint-odoo", _tool(_in_addons("*.py"), [VENV / "bin/pylint"])
    script = ["*.js", "*.cjs"]
    eslint = node.script("eslint", "bin/eslint.js")
    yield "eslint", _tool(script, eslint + ["--fix"] * fix)
    prettier = node.script("prettier", "bin/prettier.cjs")
    style = ["--log-level=warn", "--write" if fix else "--check"]
    yield "prettier", _tool([*script, "*.scss"], prettier + style)
    yield "XML", _reported(lint_files.check_xml)
    yield "CSV", _reported(lint_files.check_csv)
    yield "manifests", _reported(lint_files.check_manifests)
    yield "text", _reported(lint_files.check_text)
    yield "sudo", _reported(lint_sudo.check_sudo)
    yield "translations", _translations


def _reported(check):
    """A check of our own, with its complaints shown."""

    def report(files: list[Path]) -> bool:
        complaints = list(check(files))
        for path, line, text in complaints:
            say(f"{path.relative_to(ROOT)}:{line}: {text}")
        return not complaints

    return report


def _translations(_files: list[Path]) -> bool:
    """All of them, whatever files are named: they hang together."""
    command = [PYTHON, "-m", "devtools.inside.check_catalogues"]
    return subprocess.run(list(map(str, command)), cwd=ROOT).returncode == 0


def _run(name: str, check, files: list[Path]) -> bool:
    good = check(files)
    say(f"{name:12} {'ok' if good else 'FAILED'}")
    return good


def _listed(files: list[Path]) -> list[Path]:
    """The files to check: those named, or all that git knows or would add."""
    if files:
        missing = [str(path) for path in files if not path.exists()]
        if missing:
            raise Failure(f"no such file: {', '.join(missing)}")
        found = [path.resolve() for path in files if path.is_file()]
        return [path for path in found if path.is_relative_to(ROOT)]
    command = ["git", "-C", ROOT, "ls-files", "-z", "-co", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True)
    if listed.returncode:
        raise Failure("this is no git checkout: name the files to check.")
    paths = (ROOT / name for name in sorted(set(listed.stdout.split("\0"))) if name)
    return [path for path in paths if path.is_file()]


def _ruff(*args: str) -> list:
    options = ["--quiet", "--no-cache", "--output-format=concise"]
    return [VENV / "bin/ruff", *args, *options]


def _in_addons(pattern: str) -> list[str]:
    return [f"{addon}/{pattern}" for addon in addons()]


def _tool(patterns: list[str], command: list):
    """A check by a program that takes files."""

    def check(files: list[Path]) -> bool:
        names = [str(path.relative_to(ROOT)) for path in files]
        chosen = [
            name
            for name in names
            if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)
        ]
        if not chosen:
            return True
        # An addon's folder of libraries would be somebody else's code.
        chosen = [name for name in chosen if "/static/lib/" not in name]
        env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([*map(str, command), *chosen], cwd=ROOT, env=env)
        return done.returncode == 0

    return check
