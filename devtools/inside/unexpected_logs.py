"""Warnings and errors of the server that no test expected."""

import logging

from devtools.expected_logs import is_expected


class UnexpectedLogs(logging.Handler):
    """Collects records from all threads, those that answer HTTP requests included.

    It hangs on the root logger. `assertLogs` and `mute_logger` cut a logger off from
    the root, so what a test expects does not come by here.
    """

    def __init__(self):
        super().__init__(level=logging.WARNING)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self._records = []

    def install(self) -> None:
        logging.getLogger().addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if not is_expected(record.name, record.getMessage()):
            self._records.append(record)

    def take(self) -> list[str]:
        """What was logged since the last call, formatted."""
        records, self._records = self._records, []
        return [self.format(record) for record in records]
