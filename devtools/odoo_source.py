"""Finding Odoo 19: the user's own folder, Debian's package, or a shallow clone."""

import os
import re
import shutil
from pathlib import Path

from . import debian
from .output import Failure, Step, warn
from .paths import CACHE, NODE
from .process import run_step
from .steps import folder_in_progress, lock

REPOSITORY = "https://github.com/odoo/odoo"
BRANCH = "19.0"


def find() -> Path:
    """Folder that holds the Python package `odoo`; fetched when there is none yet."""
    chosen = os.environ.get("ODOO_SOURCE")
    if chosen:
        return _checked(Path(chosen).expanduser().resolve())
    return cached() or _fetch()


def cached() -> Path | None:
    """An Odoo that was fetched before."""
    for folder in (debian.python_folder(_debian_root()), _clone()):
        if (folder / "odoo" / "release.py").exists():
            return folder
    return None


def addons_folders(source: Path) -> list[Path]:
    """Odoo's own folders of addons: two in a checkout, one in Debian's package."""
    folders = [source / "addons", source / "odoo" / "addons"]
    return [
        folder
        for folder in folders
        if (folder / "web" / "static").exists() or (folder / "base" / "data").exists()
    ]


def complete(source: Path) -> None:
    """Put in the one file that Debian had to leave out for its licence.

    Without it the web client's bundle of scripts fails. npm has the same file.
    """
    name = "selfie_segmentation.js"
    for folder in addons_folders(source):
        target = folder / "mail/static/lib/selfie_segmentation" / name
        if (folder / "mail").exists() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            package = NODE / "node_modules/@mediapipe/selfie_segmentation"
            shutil.copyfile(package / name, target)


def _debian_root() -> Path:
    return CACHE / "odoo" / f"debian-{debian.RECIPE}"


def _clone() -> Path:
    return CACHE / "odoo" / f"git-{BRANCH}"


def _fetch() -> Path:
    with lock(CACHE / "odoo.lock", "it fetches Odoo"):
        if not cached() and not _fetch_from_debian():
            _clone_repository()
    return _checked(cached())


def _fetch_from_debian() -> bool:
    if not debian.offers_odoo():
        return False
    folder = CACHE / "debian"
    try:
        debian.download(folder)
    except Failure as failure:
        warn(f"{failure}")
        return False
    debian.unpack(folder, _debian_root())
    return True


def _clone_repository() -> None:
    if not shutil.which("git"):
        raise Failure(
            "Odoo 19 is missing: install git to clone it, or name a folder that has "
            "it in ODOO_SOURCE."
        )
    with folder_in_progress(_clone()) as part, Step("Odoo 19: cloning") as step:
        options = ["--depth=1", f"--branch={BRANCH}", "--progress"]
        run_step(step, ["git", "clone", *options, REPOSITORY, part], log="odoo")


def _checked(source: Path) -> Path:
    release = source / "odoo" / "release.py"
    if not release.exists():
        raise Failure(f"No Odoo in {source}: odoo/release.py is missing.")
    version = re.search(
        r"^version_info = \((\d+), (\d+)", release.read_text(), re.MULTILINE
    )
    if not version or version.groups() != ("19", "0"):
        raise Failure(f"{source} is not Odoo 19.0 (see odoo/release.py there).")
    return source
