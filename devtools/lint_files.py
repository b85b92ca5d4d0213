"""Checks of files that no linter looks at: XML, CSV, manifests, and plain text.

Each check takes files and yields complaints: (file, line, text).
"""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from .modules import manifest
from .paths import ROOT, addons

Complaints = Iterator[tuple[Path, int, str]]

#: What Odoo loads when a manifest names it.
DATA_FOLDERS = {"data", "demo", "report", "security", "views", "wizard"}

#: What the list of apps shows of an addon.
SHOWN = ("static/description/icon.png", "static/description/index.html")

#: Samples of what others write stay as they are.
SAMPLES = "/tests/data/"

BINARY = {".gif", ".ico", ".jpg", ".jpeg", ".mo", ".pdf", ".png", ".webp", ".zip"}


def check_xml(files: list[Path]) -> Complaints:
    """Well-formed, and no identifier of a record twice in a file."""
    for path in _with_suffix(files, ".xml", ".svg"):
        try:
            root = ElementTree.parse(path).getroot()
        except ElementTree.ParseError as error:
            yield path, error.position[0], f"not well-formed: {error}"
            continue
        if root.tag == "odoo":
            ids = Counter(
                element.get("id")
                for element in root.iter()
                if element.tag in ("record", "template", "menuitem")
            )
            for name, count in ids.items():
                if name and count > 1:
                    yield path, 1, f"the id {name!r} is given {count} times"


def check_csv(files: list[Path]) -> Complaints:
    """All rows as long as the header, and no identifier twice."""
    for path in _with_suffix(files, ".csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            try:
                for text in _check_rows(reader):
                    yield path, reader.line_num, text
            except csv.Error as error:
                yield path, reader.line_num, str(error)


def _check_rows(rows) -> Iterator[str]:
    header = next(rows, [])
    seen = set()
    for row in rows:
        if len(row) != len(header):
            yield f"{len(row)} columns, the header has {len(header)}"
        elif header[0] == "id":
            if row[0] in seen:
                yield f"the id {row[0]!r} is given again"
            seen.add(row[0])


def check_manifests(_files: list[Path]) -> Complaints:
    """What a manifest names exists, no data file is forgotten, and Odoo's list of apps
    has something to show.
    """
    for addon in addons():
        folder = ROOT / addon
        content = manifest(addon)
        named = {*content.get("data", ()), *content.get("demo", ())}
        there = {
            str(path.relative_to(folder))
            for path in folder.rglob("*")
            if path.suffix in (".xml", ".csv")
            and path.relative_to(folder).parts[0] in DATA_FOLDERS
        }
        for name in sorted(named | there):
            if not (folder / name).exists():
                yield folder / "__manifest__.py", 1, f"{name} does not exist"
            elif name not in named:
                yield folder / "__manifest__.py", 1, f"{name} is not in the manifest"
        for name in (*SHOWN, *content.get("images", ())):
            if not (folder / name).exists():
                yield folder / "__manifest__.py", 1, f"{name} does not exist"


def check_text(files: list[Path]) -> Complaints:
    """UTF-8, no tabs, no blanks at the end of a line, one line feed at the end."""
    for path in files:
        if path.suffix in BINARY or SAMPLES in str(path):
            continue
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError as error:
            yield path, 1, f"not UTF-8: {error.reason}"
            continue
        lines = text.split("\n")
        if text and (lines[-1] or not lines[-2]):
            yield path, len(lines), "should end with one line feed"
        for number, line in enumerate(lines, 1):
            # Two blanks are a line break in Markdown.
            markdown_break = path.suffix == ".md" and line.endswith("  ")
            if line != line.rstrip() and not markdown_break:
                yield path, number, "blanks at the end of the line"
            if line.lstrip(" ").startswith("\t") and path.suffix != ".svg":
                yield path, number, "a tab"


def _with_suffix(files: list[Path], *suffixes: str) -> list[Path]:
    return [p for p in files if p.suffix in suffixes and SAMPLES not in str(p)]
