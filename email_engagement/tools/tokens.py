"""Signed tokens: what the addresses in a followed email carry instead of a row's id.

A token names ids and proves that this database made it for this purpose. It is
verified before the database is asked, and nothing about it is stored.

Format::

    token  = base64url(body || mac)          RFC 4648 section 5, without padding
    body   = id, id, ...                     each an unsigned LEB128 number, minimal
    mac    = HMAC-SHA256(k, body)[:16]       RFC 2104 section 5: leftmost 128 bits
    k      = HMAC-SHA256(key, "email_engagement:1:" purpose ":" context)

``purpose`` is the salt: a token made for one purpose is worthless for another,
and ``context`` (the database's uuid) does the same for a copy of the secret in
another database. "1" is the version of the format. With trace and link ids below
two millions a token for a click is 30 characters long.

There is exactly one token per purpose, ids and key: padding, spare bits, numbers
longer than needed and characters outside of the alphabet are refused, so that
what a token was written as can stand for what it says (logs, caches, rate limits).
"""

import hashlib
import hmac
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from enum import Enum

ID_MAX = 2**63 - 1  # what a PostgreSQL int8 holds; Odoo's ids are int4 today
KEY_MIN = 16  # bytes: a key shorter than the MAC would be its weakest part
MAC_SIZE = 16  # bytes
_ID_SIZE = 9  # bytes that the largest id takes: 63 bits in groups of 7

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")
_PADDING = (b"", b"", b"==", b"=")


class BadToken(Exception):
    """The token was not made by one of these keys for this purpose.

    Carries no reason on purpose: whoever answers a request must not be able to
    tell a forged token from a cut one.
    """


class Purpose(str, Enum):
    """What a token is good for; ``arity`` is the number of ids that it names.

    ========== ==== ===========
    value      path ids
    ========== ==== ===========
    open       o    trace
    click      c    trace, link
    file       a    trace, link
    image      i    trace, link
    preference p    trace
    check      s    moment, role (see ``email.engagement.door``)
    ========== ==== ===========

    ``path`` is the part of the address that says the same in one letter.
    """

    OPEN = ("open", "o", 1)
    CLICK = ("click", "c", 2)
    FILE = ("file", "a", 2)
    IMAGE = ("image", "i", 2)
    PREFERENCE = ("preference", "p", 1)
    CHECK = ("check", "s", 2)

    def __new__(cls, value: str, path: str, arity: int):
        member = str.__new__(cls, value)
        member._value_ = value
        member.path = path
        member.arity = arity
        return member

    __str__ = str.__str__


#: The longest string that can be a token. Anything longer is refused unread.
TOKEN_MAX = -(-(max(p.arity for p in Purpose) * _ID_SIZE + MAC_SIZE) * 4 // 3)


class Signer:
    """Makes and verifies tokens.

    :param keys: secrets of at least :data:`KEY_MIN` bytes; the first one signs,
        every one verifies, so that a key can be rotated while mails that were sent
        with the one before still work
    :param context: what the tokens belong to: the uuid of the database
    :raise ValueError: no key, or one that is too short

    Deriving is done here, once; keep the object for as long as keys and context
    stay the same. It has no mutable state and may be shared between threads.
    """

    __slots__ = ("_macs",)

    def __init__(self, keys: Sequence[bytes | str], context: str):
        if isinstance(keys, (bytes, str)):
            # a string is a sequence too: of keys that are one character long
            raise ValueError("keys must be a sequence of keys")
        secrets = [key.encode() if isinstance(key, str) else bytes(key) for key in keys]
        if not secrets or any(len(secret) < KEY_MIN for secret in secrets):
            raise ValueError(f"keys of at least {KEY_MIN} bytes are needed")
        self._macs = {
            purpose: (
                purpose.arity,
                [_prepare(_derive(secret, purpose, context)) for secret in secrets],
            )
            for purpose in Purpose
        }

    def sign(self, purpose: Purpose, *ids: int) -> str:
        """Return the token for ``ids``.

        :raise ValueError: wrong number of ids for this purpose, or an id that is
            not in 1..2**63-1
        """
        arity, macs = self._macs[purpose]
        if len(ids) != arity:
            raise ValueError(f"{purpose} takes {arity} ids")
        body = b"".join([_pack(number) for number in ids])
        raw = body + _mac(macs[0], body)
        token = b2a_base64(raw, newline=False).translate(_TO_URL)
        return token.rstrip(b"=").decode()

    def verify(self, purpose: Purpose, token: str) -> tuple[int, ...]:
        """Return the ids that ``token`` names.

        :raise BadToken: and nothing else, whatever ``token`` is
        """
        if not isinstance(token, str) or len(token) > TOKEN_MAX:
            raise BadToken
        try:
            text = token.encode("ascii")
            padded = text.translate(_FROM_URL) + _PADDING[len(text) & 3]
            raw = a2b_base64(padded)
        except ValueError:  # not ASCII, or binascii.Error
            raise BadToken from None
        # a2b_base64 skips what is not of the alphabet and ignores spare bits, also
        # those of "+" and "/": only what it gives back is known to be canonical.
        if b2a_base64(raw, newline=False).translate(_TO_URL).rstrip(b"=") != text:
            raise BadToken
        body, mac = raw[:-MAC_SIZE], raw[-MAC_SIZE:]
        # Every key is tried, so that the time does not say which one it was.
        known = False
        arity, macs = self._macs[purpose]
        for prepared in macs:
            known |= hmac.compare_digest(_mac(prepared, body), mac)
        if not known:
            raise BadToken
        ids = _unpack(body)
        if len(ids) != arity:
            raise BadToken
        return ids


def _derive(secret: bytes, purpose: Purpose, context: str) -> bytes:
    salt = f"email_engagement:1:{purpose}:{context}"
    return hmac.digest(secret, salt.encode(), "sha256")


def _prepare(key: bytes):
    """Return the two half-done hashes of HMAC for a key of at most 64 bytes.

    RFC 2104 section 4 describes this: each block of key material is hashed once,
    here, instead of for every message. Half the time of ``hmac.digest``.
    """
    block = key.ljust(64, b"\0")
    return (
        hashlib.sha256(bytes(byte ^ 0x36 for byte in block)),
        hashlib.sha256(bytes(byte ^ 0x5C for byte in block)),
    )


def _mac(prepared, message: bytes) -> bytes:
    inner = prepared[0].copy()
    inner.update(message)
    outer = prepared[1].copy()
    outer.update(inner.digest())
    return outer.digest()[:MAC_SIZE]


def _pack(number: int) -> bytes:
    """Return ``number`` in groups of seven bits, least significant first.

    The top bit of a byte says that another one follows.
    """
    if isinstance(number, bool) or not isinstance(number, int):
        raise ValueError("an id must be an int")
    if not 0 < number <= ID_MAX:
        raise ValueError("an id must be in 1..2**63-1")
    groups = bytearray()
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def _unpack(body: bytes) -> tuple[int, ...]:
    """Return the numbers packed in ``body``.

    :raise BadToken: cut, not minimal, zero or too large. Only a holder of the key
        could get as far as this, so it is a second line.
    """
    ids = []
    number = shift = 0
    for byte in body:
        number |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
            continue
        if not byte or number > ID_MAX:  # a last group of zero is not minimal
            raise BadToken
        ids.append(number)
        number = shift = 0
    if shift:
        raise BadToken
    return tuple(ids)
