"""Lists of networks, and whether an address is in one.

Pure: standard library only. An address is text as a request gives it
(``'203.0.113.7'``, ``'2001:db8::1'``, ``'::ffff:203.0.113.7'``); anything else, the
empty string included, is in no network and is truncated to ``''``, never an error:
addresses come from outside. A *list* comes from an administrator, so there an error
names the line.
"""

import ipaddress
import re
import socket
from bisect import bisect_right
from collections.abc import Iterable

# Exchange Online Protection, the filtering hosts of Microsoft 365 mail: endpoint set 10
# ("*.mail.protection.outlook.com") of Microsoft's published list,
# https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges
EXCHANGE_ONLINE = (
    "40.92.0.0/15",
    "40.107.0.0/16",
    "52.100.0.0/14",
    "104.47.0.0/17",
    "2a01:111:f400::/48",
    "2a01:111:f403::/48",
)
# Barracuda Email Gateway Defense: the part that link checks were seen from, of its
# 209.222.80.0/21 (https://campus.barracuda.com/product/emailgatewaydefense/doc/96023004/)
BARRACUDA = ("209.222.82.0/24",)

_MAPPED = b"\x00" * 10 + b"\xff\xff"


class NetworkListError(ValueError):
    """A list of networks with a line that is none.

    ``line`` is its number (from 1), ``text`` what stands there.
    """

    def __init__(self, line: int, text: str, why: str):
        super().__init__(f"line {line}: {text!r} is not a network ({why})")
        self.line = line
        self.text = text


def _packed(address: str) -> bytes:
    """4 or 16 bytes in network order, ``b''`` for what is not an address."""
    try:
        if ":" not in address:
            return socket.inet_pton(socket.AF_INET, address)
        packed = socket.inet_pton(socket.AF_INET6, address.partition("%")[0])
    except (OSError, ValueError, TypeError):  # not an address; NUL; not ASCII; not text
        return b""
    return packed[12:] if packed.startswith(_MAPPED) else packed


class Networks:
    """An immutable, hashable set of IPv4 and IPv6 networks.

    Overlapping and adjacent networks are merged, so that membership is one bisection:

    >>> home = Networks(["192.0.2.0/25", "192.0.2.128/25", "2001:db8::/32"])
    >>> "192.0.2.200" in home, "2001:db8::7" in home, "198.51.100.1" in home
    (True, True, False)
    >>> len(home)
    2
    """

    __slots__ = ("_ends4", "_ends6", "_hash", "_starts4", "_starts6")

    def __init__(self, networks: Iterable[str] = ()):
        """Read ``networks``, CIDR texts or single addresses.

        Host bits may be set (``203.0.113.7/24`` is ``203.0.113.0/24``).
        Raises :class:`ValueError` on what is not a network.
        """
        ranges4, ranges6 = [], []
        for text in networks:
            network = ipaddress.ip_network(text.strip(), strict=False)
            mapped = network.version == 6 and network.network_address.ipv4_mapped
            if mapped:  # ::ffff:192.0.2.0/120
                network = ipaddress.ip_network((mapped, network.prefixlen - 96))
            start = network.network_address.packed
            end = network.broadcast_address.packed
            (ranges4 if network.version == 4 else ranges6).append((start, end))
        self._starts4, self._ends4 = _merged(ranges4)
        self._starts6, self._ends6 = _merged(ranges6)
        self._hash = hash((self._starts4, self._ends4, self._starts6, self._ends6))

    def __contains__(self, address: str) -> bool:
        if not (self._starts4 or self._starts6):  # as most companies' own lists
            return False
        packed = _packed(address)
        if len(packed) == 4:
            starts, ends = self._starts4, self._ends4
        elif packed:
            starts, ends = self._starts6, self._ends6
        else:
            return False
        place = bisect_right(starts, packed)
        return place > 0 and packed <= ends[place - 1]

    def __len__(self) -> int:
        return len(self._starts4) + len(self._starts6)

    def __eq__(self, other) -> bool:
        if not isinstance(other, Networks):
            return NotImplemented
        return (
            self._starts4 == other._starts4
            and self._ends4 == other._ends4
            and (self._starts6 == other._starts6 and self._ends6 == other._ends6)
        )

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"<Networks of {len(self)} ranges>"


def _merged(ranges: list[tuple[bytes, bytes]]) -> tuple[tuple, tuple]:
    """Starts and ends of the disjoint ranges that cover ``ranges``, in order."""
    starts, ends = [], []
    for start, end in sorted(ranges):
        if ends and int.from_bytes(start, "big") <= int.from_bytes(ends[-1], "big") + 1:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return tuple(starts), tuple(ends)


def parse(text: str) -> Networks:
    """Read a list as an administrator types it.

    One or more networks a line, apart by spaces, commas or semicolons; ``#`` starts a
    comment. Raises :class:`NetworkListError` naming the first line that is wrong.

    >>> len(parse('''192.0.2.0/24   # the office
    ... 2001:db8::/32, 198.51.100.7'''))
    3
    >>> parse('192.0.2.0/24\\n192.0.2.0/33')
    Traceback (most recent call last):
        ...
    odoo.addons.email_engagement.tools.networks.NetworkListError: line 2: ...
    """
    found = []
    for number, line in enumerate((text or "").splitlines(), 1):
        for word in re.split(r"[\s,;]+", line.partition("#")[0].strip()):
            if not word:
                continue
            try:
                ipaddress.ip_network(word, strict=False)
            except ValueError as error:
                raise NetworkListError(number, word, str(error)) from None
            found.append(word)
    return Networks(found)


def truncate(address: str) -> str:
    """``address`` without what names a person: IPv4 to /24, IPv6 to /48.

    >>> truncate('203.0.113.77'), truncate('2001:db8:1:2::3'), truncate('unknown')
    ('203.0.113.0', '2001:db8:1::', '')
    """
    return _cut(_packed(address), 3, 6)


def neighbourhood(address: str) -> str:
    """The /16 (IPv4) or /32 (IPv6) of ``address``, what one operator usually holds.

    >>> neighbourhood('40.107.22.5'), neighbourhood('2a01:111:f403::1')
    ('40.107.0.0', '2a01:111::')
    """
    return _cut(_packed(address), 2, 4)


def _cut(packed: bytes, keep4: int, keep6: int) -> str:
    if not packed:
        return ""
    if len(packed) == 4:
        return socket.inet_ntop(socket.AF_INET, packed[:keep4] + b"\x00" * (4 - keep4))
    return socket.inet_ntop(socket.AF_INET6, packed[:keep6] + b"\x00" * (16 - keep6))


NONE = Networks()
MAIL_SCANNERS = Networks(EXCHANGE_ONLINE + BARRACUDA)
