"""How many hits of one trace are worth a row of their own.

Pure, and safe for threads. A mail that is open in a thousand browsers, or a client in
a loop, must not fill the disk: beyond a bound per minute hits are only counted. Keys
come from verified tokens, so nobody outside can make the table of keys grow.
"""

import threading
from collections import defaultdict
from collections.abc import Hashable

WINDOW = 60  # seconds


class Limiter:
    """Counts per key in windows of a minute."""

    def __init__(self):
        self._lock = threading.Lock()
        self._window = None
        self._counts = {}
        self._surplus = defaultdict(int)

    def allow(self, key: Hashable, limit: int, now: float) -> bool:
        """Whether this hit gets a row.

        :param limit: rows per key and window, 0 for no bound
        :param now: epoch seconds

        >>> limiter = Limiter()
        >>> [limiter.allow('a', 2, now) for now in (0, 1, 2, 61)]
        [True, True, False, True]
        """
        if not limit:
            return True
        with self._lock:
            window = now // WINDOW
            if window != self._window:
                self._window = window
                self._counts.clear()
            count = self._counts[key] = self._counts.get(key, 0) + 1
            return count <= limit

    def count(self, key: Hashable):
        """Put a hit that gets no row into the surplus.

        >>> limiter = Limiter()
        >>> limiter.count('a')
        >>> limiter.drain()
        {'a': 1}
        """
        with self._lock:
            self._surplus[key] += 1

    def drain(self) -> dict[Hashable, int]:
        """What was only counted since the last call, by key."""
        with self._lock:
            surplus = dict(self._surplus)
            self._surplus.clear()
        return surplus

    def put_back(self, surplus: dict[Hashable, int]):
        """What ``drain`` has given and nobody could use."""
        with self._lock:
            for key, count in surplus.items():
                self._surplus[key] += count

    def __bool__(self):
        """Whether there is any surplus."""
        return bool(self._surplus)
