"""Arrays as PostgreSQL writes them: one text, instead of a thousand numbers and words
that are quoted one by one here, and parsed one by one there.
"""

from collections.abc import Iterable


def numbers(values: Iterable[int | None]) -> str:
    """The text of an ``int[]``.

    >>> numbers([3, None, 1])
    '{3,NULL,1}'
    """
    return _array(["NULL" if value is None else str(value) for value in values])


def words(values: Iterable[str | None]) -> str:
    r"""The text of a ``varchar[]``, whatever the words are.

    >>> print(words(["open", None, 'a "b"', "NULL", "\\"]))
    {"open",NULL,"a \"b\"","NULL","\\"}
    """
    return _array(["NULL" if value is None else _quoted(value) for value in values])


def moments(values: Iterable) -> str:
    """The text of a ``timestamp[]`` of naive datetimes.

    >>> from datetime import datetime
    >>> moments([datetime(2026, 1, 5, 8, 0, 0, 250)])
    '{2026-01-05T08:00:00.000250}'
    """
    return _array([value.isoformat() for value in values])


def flags(values: Iterable[bool]) -> str:
    """The text of a ``bool[]``.

    >>> flags([True, False])
    '{t,f}'
    """
    return _array(["t" if value else "f" for value in values])


def _array(texts: list[str]) -> str:
    return "{" + ",".join(texts) + "}"


def _quoted(word: str) -> str:
    if "\\" in word or '"' in word:
        word = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{word}"'
