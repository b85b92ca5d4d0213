"""Reading the parts of mails that strangers have written. Pure.

Parsing a header by its grammar takes the standard library a time that grows with the
square of its length, so it is asked of short ones only.
"""

from collections.abc import Iterator
from email.message import Message
from itertools import islice

#: Parts of a mail that are looked at. Those of people have some dozens.
PARTS_MAX = 1000
#: Characters of a header that is parsed; those of real mails have some hundreds.
HEADER_MAX = 2000

_PARSED = frozenset(
    ("content-type", "content-disposition", "content-transfer-encoding")
)


def parts(message: Message) -> Iterator[Message]:
    """The mail itself, and the parts in it."""
    return islice(message.walk(), PARTS_MAX)


def is_readable(part: Message) -> bool:
    """Whether type, name, charset and encoding may be asked for."""
    return all(
        len(str(value)) <= HEADER_MAX
        for name, value in part.raw_items()
        if name.lower() in _PARSED
    )


def content_type(part: Message) -> str:
    """The type in lower case, '' if it is not readable."""
    return part.get_content_type() if is_readable(part) else ""
