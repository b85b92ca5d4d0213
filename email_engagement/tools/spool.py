"""A spool on the local disk for hits that the database would not take.

Pure: no database. Writers append lines, one JSON object each; a taker renames the
file away, reads it, and forgets it once its rows are committed. Writers and takers
may be different processes on one machine: a lock on the file keeps a line from being
written into a file that was just taken.

The name of a taken file is unique for ever. Who writes it down in the transaction
that stores its rows can tell, after a crash between that commit and ``forget``, that
the file has been dealt with: nothing is lost and nothing is taken twice.
"""

import fcntl
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

CURRENT = "current.jsonl"
TAKEN = ".taken.jsonl"
#: What a spool may grow to before it refuses lines, in bytes: an outage must not
#: fill the disk that it may have been caused by.
SIZE_MAX = 64 * 1024 * 1024


class Spool:
    """The spool in ``folder``, made when first written to."""

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)

    def append(self, row: dict) -> bool:
        """Write one row and have it on the disk.

        :return: False when the spool is full
        :raise OSError: the disk is full, read-only, …
        """
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / CURRENT
        while True:
            with open(path, "a", encoding="utf-8", opener=_private) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if not _is_still(file, path):
                    continue  # taken between open and lock
                if os.fstat(file.fileno()).st_size > SIZE_MAX:
                    return False
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
                return True

    def take(self) -> Iterator[tuple[str, list[dict]]]:
        """The waiting files: unique name and rows each, those that an earlier taker
        left behind first. Rows that a crash cut are left out.
        """
        if not self.folder.is_dir():
            return
        current = self.folder / CURRENT
        if current.exists():
            with open(current, "a", encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if _is_still(file, current):
                    current.rename(self.folder / f"{uuid.uuid4().hex}{TAKEN}")
        for path in sorted(self.folder.glob(f"*{TAKEN}")):
            try:
                text = path.read_text(encoding="utf-8", errors="replace")
            except FileNotFoundError:
                continue  # another taker was faster
            yield path.name, [row for row in map(_row, text.split("\n")) if row]

    def forget(self, name: str):
        """Delete a taken file, whose rows are stored."""
        (self.folder / name).unlink(missing_ok=True)

    def __bool__(self):
        return self.folder.is_dir() and any(self.folder.iterdir())


def _private(path, flags):
    return os.open(path, flags, 0o600)


def _is_still(file, path: Path) -> bool:
    """Whether ``path`` is still the file that was opened."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _row(line: str) -> dict | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None
