"""What the addons of this repository, and Odoo's source, are made of."""

import ast
import subprocess
from pathlib import Path

from .paths import ROOT, addons


def manifest(addon: str) -> dict:
    return ast.literal_eval((ROOT / addon / "__manifest__.py").read_text())


def standard(names: list[str]) -> list[str]:
    """Modules of Odoo itself that these addons depend on, however far down."""
    own = set(addons())
    found, todo = set(), list(names)
    while todo:
        depends = set(manifest(todo.pop()).get("depends", ())) - found
        found |= depends
        todo += depends & own
    return sorted(found - own)


def with_own_dependencies(addon: str) -> list[str]:
    """An addon of this repository with all others that it depends on."""
    own = set(addons())
    found, todo = {addon}, [addon]
    while todo:
        depends = (set(manifest(todo.pop()).get("depends", ())) & own) - found
        found |= depends
        todo += depends
    return sorted(found)


def files(names: list[str]) -> list:
    """All files of addons that an installed database may depend on, for a digest."""
    result = []
    for addon in names:
        for path in sorted((ROOT / addon).rglob("*")):
            inside = path.relative_to(ROOT / addon).parts
            if path.is_file() and not {"tests", "__pycache__"} & set(inside):
                result += [str(path.relative_to(ROOT)), path]
    return result


def source_version(source: Path) -> str:
    """What tells one version of Odoo's source from another."""
    release = (source / "odoo" / "release.py").read_text()
    head = ""
    if (source / ".git").exists():
        command = ["git", "-C", source, "rev-parse", "HEAD"]
        head = subprocess.run(command, capture_output=True, text=True).stdout
    return f"{source} {head} {release}"
