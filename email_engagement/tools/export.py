"""Data about a person as a table: the JSON export, flattened to rows."""

import csv
import io
from collections.abc import Iterable, Mapping

COLUMNS = (
    "about",
    "date",
    "what",
    "detail",
    "email_subject",
    "email_date",
    "address",
    "counted",
    "device",
    "program",
    "country",
    "ip_address",
    "user_agent",
)


def to_csv(rows: Iterable[Mapping]) -> str:
    """Rows with some of ``COLUMNS`` as CSV that a spreadsheet can open.

    A cell that a spreadsheet would take for a formula gets an apostrophe: subjects and
    user agents are written by strangers
    (https://owasp.org/www-community/attacks/CSV_Injection).

    >>> to_csv([{"about": "email", "detail": "=1+1"}]).splitlines()[1]
    "email,,,'=1+1,,,,,,,,,"
    """
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(row.get(name)) for name in COLUMNS})
    return file.getvalue()


def _cell(value) -> str:
    text = "" if value in (None, False) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
