"""Something to be done some time from now, once for all who ask for it until then."""

import threading
from collections.abc import Callable, Hashable


class Later:
    """Calls ``run(key)`` in a thread of its own. Who asks after that asks anew.

    ``run`` does not raise: a thread has no one to tell.
    """

    def __init__(self, run: Callable[[Hashable], None]):
        self._run = run
        self._lock = threading.Lock()
        self._waiting: set[Hashable] = set()

    def ask(self, key: Hashable, delay: float):
        """Have it done for ``key`` in ``delay`` seconds, or when it waits already."""
        with self._lock:
            if key in self._waiting:
                return
            self._waiting.add(key)
        timer = threading.Timer(delay, self._fire, args=(key,))
        timer.daemon = True
        timer.start()

    def _fire(self, key: Hashable):
        # Before anything is done: what comes in now has to be asked for again.
        with self._lock:
            self._waiting.discard(key)
        self._run(key)
