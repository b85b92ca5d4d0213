"""What `./dev` says, and how it gives up."""

import sys
import threading
import time


class Failure(Exception):
    """An expected reason why `./dev` cannot go on, said in one line."""


def say(message: str = "") -> None:
    print(message, flush=True)


def warn(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


class Step:
    """A long step: says what it does, how far it is, and how long it took.

    On a terminal one line is kept up to date; elsewhere (a CI log) only the start
    and the end are written.
    """

    def __init__(self, title: str):
        self.title = title
        #: What a line of a program's output tells the user, if anything.
        self.show = str.strip
        self._detail = ""
        self._done = threading.Event()
        self._thread = None

    def __enter__(self):
        self._start = time.monotonic()
        if sys.stdout.isatty():
            self._thread = threading.Thread(target=self._animate, daemon=True)
            self._thread.start()
        else:
            say(f"{self.title} ...")
        return self

    def __exit__(self, kind, error, traceback):
        self._done.set()
        seconds = time.monotonic() - self._start
        if self._thread:
            self._thread.join()
            sys.stdout.write("\r\033[K")
        verdict = "stopped" if kind else "done"
        say(f"{self.title}: {verdict} after {seconds:.1f} s")

    def tell(self, line: str) -> None:
        """Show how far the step is."""
        self._detail = self.show(line) or self._detail

    def _animate(self):
        while not self._done.wait(0.2):
            seconds = time.monotonic() - self._start
            line = f"{self.title} ... {seconds:.0f} s  {self._detail}"
            sys.stdout.write(f"\r\033[K{line[:100]}")
            sys.stdout.flush()
