"""Steps of the set-up that are done once and again only when their inputs change."""

import contextlib
import fcntl
import hashlib
import os
import shutil
from pathlib import Path

from .output import Failure, say
from .paths import STAMPS


def digest(*inputs) -> str:
    """Hash of strings and of the contents of files."""
    result = hashlib.sha256()
    for item in inputs:
        data = item.read_bytes() if isinstance(item, Path) else str(item).encode()
        result.update(b"%d:" % len(data) + data)
    return result.hexdigest()[:16]


def is_done(name: str, key: str) -> bool:
    try:
        return (STAMPS / name).read_text() == key
    except OSError:
        return False


def mark_done(name: str, key: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    write_atomically(STAMPS / name, key)


def forget(name: str) -> None:
    (STAMPS / name).unlink(missing_ok=True)


def write_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file that is never seen half written; unchanged files are left alone."""
    with contextlib.suppress(OSError):
        if path.read_text() == text:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(text)
    part.chmod(mode)
    part.replace(path)


@contextlib.contextmanager
def folder_in_progress(target: Path):
    """A folder that gets its name only when it is complete.

    What an interrupted attempt left behind is removed by the next one.
    """
    part = target.with_name(target.name + ".part")
    remove(part)
    part.mkdir(parents=True)
    yield part
    remove(target)
    part.rename(target)


def remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


@contextlib.contextmanager
def exclusive(path: Path, refusal: str):
    """Do something that cannot be done twice at a time, or give up at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(refusal) from None
        yield


@contextlib.contextmanager
def lock(path: Path, waiting_for: str):
    """Let one `./dev` at a time do this; the kernel frees the lock when it dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another ./dev: {waiting_for} ...")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
