"""Each `sudo()` has a reason: beside it, and in the table of docs/reviews.md."""

import re
from collections.abc import Iterator
from pathlib import Path

from .paths import ROOT, addons

REVIEWS = ROOT / "docs" / "reviews.md"
HEADING = "### `sudo()`, by reason"
USE = re.compile(r"\.sudo\(|\bsu=True|(=|\((cr, )?)(api\.)?SUPERUSER_ID")
REASON = re.compile(r"#.*\bsu(do)?\b|\bsuperuser\b", re.IGNORECASE)
#: So many lines above it, a reason is still beside it.
NEAR = 12


def check_sudo(_files: list[Path]) -> Iterator[tuple[Path, int, str]]:
    """Of all addons, whatever files are named: the table is about all of them."""
    number, named = _table()
    for path in _modules():
        lines = path.read_text().splitlines()
        uses = [i for i, line in enumerate(lines) if USE.search(line.partition("#")[0])]
        for i in uses:
            if not any(map(REASON.search, lines[max(0, i - NEAR) : i + 1])):
                yield path, i + 1, "no comment says why this is allowed to"
        # Modules of models have names of their own; `file` is a controller and a tool.
        names = {path.stem, f"{path.parent.name}/{path.stem}"}
        if uses and not names & named.keys():
            yield REVIEWS, number, f"{path.relative_to(ROOT)} is missing in the table"
        for name in names & named.keys():
            named[name] |= bool(uses)
    for name, is_used in named.items():
        if not is_used:
            yield REVIEWS, number, f"{name} has no sudo() any more"


def _table() -> tuple[int, dict[str, bool]]:
    """The line of its heading, and the modules in its second column."""
    before, _heading, text = REVIEWS.read_text().partition(HEADING)
    rows = [line for line in text.partition("\n#")[0].splitlines() if line[:1] == "|"]
    named = re.findall(r"`([\w/]+)`", "".join(row.split("|")[2] for row in rows[2:]))
    return before.count("\n") + 1, dict.fromkeys(named, False)


def _modules() -> Iterator[Path]:
    for addon in addons():
        for path in sorted((ROOT / addon).rglob("*.py")):
            if "tests" not in path.relative_to(ROOT).parts:
                yield path
