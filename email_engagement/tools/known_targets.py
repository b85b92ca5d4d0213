"""The targets that links have led to lately, for when the database is away.

Pure. One small file per machine, which all of its processes write to and read from, so
that a link which one of them has looked up leads on whoever gets it next. Nothing but
a cache: it is bounded by number and age, a broken one is thrown away, and what it says
is used only while the database cannot be asked.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

ROWS_MAX = 50_000
#: Days after which a target is forgotten, counted from the last time it was written.
DAYS_MAX = 7
WAIT_MAX = 0.5  # seconds to wait for another process

_TABLE = """
    CREATE TABLE IF NOT EXISTS target (
        token BLOB PRIMARY KEY, dbname TEXT NOT NULL, ids TEXT NOT NULL,
        url TEXT NOT NULL, day INTEGER NOT NULL
    ) WITHOUT ROWID
"""


class Known(NamedTuple):
    dbname: str
    ids: tuple[int, ...]
    url: str


class KnownTargets:
    """The file at ``path``, made when first written to.

    No method raises: whoever calls has nothing better to do than to go on.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)

    def add(self, targets: Iterable[tuple[str, Known]], now: float) -> bool:
        """Add or renew targets by their tokens.

        :param now: epoch seconds
        :return: False if the file cannot be written
        """
        day = int(now // 86400)
        rows = [
            (_key(token), known.dbname, " ".join(map(str, known.ids)), known.url, day)
            for token, known in targets
        ]
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Before SQLite does, who would let others read it.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            with closing(self._connect()) as connection, connection:
                connection.execute(_TABLE)
                connection.executemany(
                    "INSERT OR REPLACE INTO target VALUES (?, ?, ?, ?, ?)", rows
                )
                self._shrink(connection, day)
        except sqlite3.OperationalError:
            return False  # busy, full, read-only
        except sqlite3.DatabaseError:
            with suppress(OSError):
                self.path.unlink()  # no database (any more)
            return False
        except OSError:
            return False
        return True

    def find(self, token: str) -> Known | None:
        if not self.path.exists():
            return None
        try:
            with closing(self._connect()) as connection:
                row = connection.execute(
                    "SELECT dbname, ids, url FROM target WHERE token = ?",
                    (_key(token),),
                ).fetchone()
        except sqlite3.Error:
            return None
        if not row:
            return None
        dbname, ids, url = row
        return Known(dbname, tuple(map(int, ids.split())), url)

    def forget(self):
        """Delete the file: what somebody followed must not outlive the rest."""
        with suppress(OSError):
            self.path.unlink()

    def shrink(self, now: float):
        """Delete what is too old, also when nothing is added any more."""
        if not self.path.exists():
            return
        with (
            suppress(sqlite3.Error),
            closing(self._connect()) as connection,
            connection,
        ):
            self._shrink(connection, int(now // 86400))

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=WAIT_MAX)
        # What a power cut takes is looked up again.
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    @staticmethod
    def _shrink(connection: sqlite3.Connection, day: int):
        connection.execute("DELETE FROM target WHERE day < ?", (day - DAYS_MAX,))
        (count,) = connection.execute("SELECT count(*) FROM target").fetchone()
        if count > ROWS_MAX:
            # A tenth more than needed, so that it is not for every row from now on.
            connection.execute(
                "DELETE FROM target WHERE token IN"
                " (SELECT token FROM target ORDER BY day LIMIT ?)",
                (count - ROWS_MAX + ROWS_MAX // 10,),
            )


def _key(token: str) -> bytes:
    """Not the token itself: the file is no list of working links."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
