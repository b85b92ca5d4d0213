"""How a benchmark starts and ends: whatever happens, it cleans up behind itself."""

import signal
import sys
from collections.abc import Callable

from devtools.output import Failure


def run(main: Callable[[], int]) -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        return main()
    except Failure as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        return 130


def _stop(number, _frame):
    # Once: what cleans up must not be stopped as well.
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
