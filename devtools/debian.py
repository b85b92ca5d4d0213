"""Odoo 19 from Debian's own package, without installing anything.

Debian has `odoo-19` in its unstable suite only. A private apt (own lists, own cache,
the machine's own mirror and keys) downloads the package, which is unpacked into a
folder. What Debian left out is completed from other packages, see `COMPLETIONS`.
"""

import shutil
import subprocess
from pathlib import Path

from .output import Failure, Step
from .process import need, run_step
from .steps import folder_in_progress, remove

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

SUITE = "sid"

#: The release whose FontAwesome is the 4.7 that Odoo is written for; later releases
#: carry an incompatible one.
OLD_SUITE = "bookworm"

#: Odoo's package links to files of these with relative links, so they are unpacked
#: into the same root.
COMPLETIONS = (
    f"fonts-font-awesome/{OLD_SUITE}",
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)

WANTED = ("odoo-19", *COMPLETIONS)

#: Two thirds of the package, of no use to this addon: translations, the accounting of
#: 100 countries, and a second copy of all Python files that went in by mistake.
LEFT_OUT = ("*/odoo/addons/*/i18n", "*/odoo/addons/l10n_*", "*/dist-packages/addons")

#: Changes whenever an unpacked folder of an earlier recipe is of no use any more.
RECIPE = 2


def offers_odoo() -> bool:
    """Whether this is a Debian-like system whose mirror may have the package."""
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb")) and (
        KEYRING.exists() and mirror() is not None
    )


def mirror() -> str | None:
    """The Debian mirror that this machine's own apt is configured with."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        capture_output=True,
        text=True,
    )
    for uri in listed.stdout.split():
        if "security" not in uri and uri.rstrip("/").endswith("/debian"):
            return uri
    return None


def download(folder: Path) -> None:
    """Get the packages, or fail."""
    with Step("Odoo 19: asking Debian's mirror") as step:
        apt = _private_apt(folder / "apt")
        run_step(step, [*apt, "update"], log="odoo")
    packages = folder / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    with Step("Odoo 19: downloading (130 MB)") as step:
        run_step(step, [*apt, "download", *WANTED], log="odoo", cwd=packages)
    remove(folder / "apt")


def unpack(folder: Path, target: Path) -> None:
    """Make `target` a complete root folder of Odoo from the packages."""
    need("tar", "install it to unpack Odoo.")
    with folder_in_progress(target) as root, Step("Odoo 19: unpacking") as step:
        for name in WANTED:
            step.tell(name)
            _unpack(_newest(folder / "packages", name.partition("/")[0]), root)


def python_folder(root: Path) -> Path:
    return root / "usr/lib/python3/dist-packages"


def _private_apt(folder: Path) -> list[str]:
    """Command line of an apt that neither reads nor changes the system's lists."""
    for name in ("state/lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    uri = mirror()
    sources = [
        f"deb [signed-by={KEYRING}] {uri} {suite} main" for suite in (SUITE, OLD_SUITE)
    ]
    (folder / "sources.list").write_text("\n".join(sources) + "\n")
    options = {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State": folder / "state",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
        "APT::Get::List-Cleanup": "false",
        "Acquire::Languages": "none",
        # Without this a mirror out of reach is a warning only.
        "APT::Update::Error-Mode": "any",
        # The system's own hook after an update is of no concern to private lists.
        "APT::Update::Post-Invoke-Success::": "true",
        "Quiet": "1",
    }
    return ["apt-get", *(f"-o{name}={value}" for name, value in options.items())]


def _newest(folder: Path, name: str) -> Path:
    found = sorted(folder.glob(f"{name}_*.deb"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise Failure(f"Odoo 19: apt did not deliver {name}.")
    return found[-1]


def _unpack(package: Path, root: Path) -> None:
    excluded = [f"--exclude={pattern}" for pattern in LEFT_OUT]
    reader = subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE
    )
    writer = subprocess.run(
        ["tar", "-x", "--no-same-owner", "-C", root, *excluded], stdin=reader.stdout
    )
    if reader.wait() or writer.returncode:
        package.unlink()
        raise Failure(
            f"Odoo 19: {package.name} could not be unpacked (disk full, or a broken "
            "download, which is removed now). Try again."
        )
