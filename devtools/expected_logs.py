"""Warnings of a server that are nobody's fault here, each with its reason.

Everything else of level warning or above fails `./dev test`. A test that provokes a
warning says so itself, with `assertLogs` or `mute_logger`.
"""

import re

#: (logger, message, reason): regular expressions that must match from the start.
EXPECTED = (
    (
        r"odoo\.addons\.(iap|partner_autocomplete)\.",
        r"iap jsonrpc .* failed|Autocomplete API error",
        "Odoo's own services on the internet may be out of reach",
    ),
    (
        r"py\.warnings",
        r".*addons/bus/websocket\.py:\d+: DeprecationWarning: Queue\(0\)",
        "Odoo's WebSockets with the gevent of today",
    ),
    (
        # What it is stands on the next line: "could not serialize access ...".
        r"odoo\.sql_db",
        r"bad query: .*UPDATE \"?discuss_channel_member\b",
        "two requests of one user's screen at once, of which Odoo tries one again",
    ),
)


def is_expected(logger: str, message: str) -> bool:
    return any(
        re.match(name, logger) and re.match(text, message, re.DOTALL)
        for name, text, _reason in EXPECTED
    )


#: One line of Odoo's log; what follows a line without matching belongs to it.
LINE = re.compile(
    r"\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>[A-Z]+) (?P<db>\S+) (?P<logger>[\w.]+): "
    r"(?P<message>.*)"
)


def is_complaint(entry: re.Match) -> bool:
    """Whether a `LINE` is a warning or worse that has no excuse."""
    serious = entry["level"] in ("WARNING", "ERROR", "CRITICAL")
    return serious and not is_expected(entry["logger"], entry["message"])


def unexpected(lines: list[str]) -> list[str]:
    """Entries of a server's log that are warnings or worse, and not expected."""
    found = []
    inside = False
    for line in lines:
        entry = LINE.match(line)
        if entry:
            inside = is_complaint(entry)
        if inside:
            found.append(line)
    return found
