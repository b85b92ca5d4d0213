"""The text alternative of a followed email, made once and filled in per recipient."""

import hashlib
import re
from collections.abc import Mapping, Sequence


def placeholders(count: int, avoid: str) -> list[str]:
    """Return ``count`` addresses that do not occur in ``avoid``.

    They look like any address to what makes text of HTML. The host is one that
    cannot exist (RFC 2606), its name a digest of ``avoid``, so that nothing in there
    can hold it.
    """
    digest = hashlib.blake2b(avoid.encode("utf-8", "surrogatepass"), digest_size=10)
    return [f"https://{digest.hexdigest()}.invalid/{n}/" for n in range(count)]


def inline_addresses(text: str) -> str:
    """Write the addresses of a text of Odoo's ``html2plaintext`` below their links,
    each on a line of its own.

    For what is added to another text: its list of addresses would number from 1 again.
    """
    text, _start, listed = text.rpartition("\n\n[1] ")
    if not text:
        return listed
    for number, address in enumerate(re.split(r"\n\[\d+\] ", listed), 1):
        before, _mark, after = text.rpartition(f"[{number}]")
        text = f"{before.rstrip()}\n{address.strip()}\n{after.lstrip()}"
    return text.strip()


class TextTemplate:
    """A text with places for addresses.

    Odoo makes the text of each recipient's HTML again, which costs more than all the
    rest of a followed mail. What it makes depends on an address only in that it
    repeats it, so one made with placeholders holds for everyone: ``render(urls)``
    equals Odoo's text of ``body.render(urls, None)``. (Addresses have to be made of
    characters that need no escape in HTML, as ours are.)
    """

    __slots__ = ("_parts", "_slots", "_urls")

    def __init__(self, parts: list[str], slots: list[tuple[int, int]], urls: list[str]):
        self._parts = parts  # every second one is an address
        self._slots = slots  # (index in _parts, number of the address)
        self._urls = urls

    @classmethod
    def from_text(
        cls, text: str, keys: Sequence[str], urls: Sequence[str] | None = None
    ) -> "TextTemplate":
        """Return the template that ``text`` is.

        :param keys: what :func:`placeholders` returned
        :param urls: what stands there if :meth:`render` is not told otherwise
        """
        urls = list(urls or keys)
        if not keys:
            return cls([text], [], urls)
        host = keys[0].rpartition("0/")[0]
        parts = re.split(f"({re.escape(host)}[0-9]+/)", text)
        numbers = {key: number for number, key in enumerate(keys)}
        slots = [(index, numbers[parts[index]]) for index in range(1, len(parts), 2)]
        for index, number in slots:
            parts[index] = urls[number]
        return cls(parts, slots, urls)

    def render(self, urls: Mapping[str, str] | Sequence[str | None]) -> str:
        """Return the text with other addresses; ``urls`` as in ``Body.render``."""
        parts = self._parts.copy()
        if isinstance(urls, Mapping):
            urls = [urls.get(url) for url in self._urls]
        for index, number in self._slots:
            if number < len(urls) and urls[number] is not None:
                parts[index] = urls[number]
        return "".join(parts)
