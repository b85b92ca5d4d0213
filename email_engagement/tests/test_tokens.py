import base64
import hashlib
import hmac
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..tools.tokens import ID_MAX, TOKEN_MAX, BadToken, Purpose, Signer

KEY = b"k" * 32
CONTEXT = "3f0c0c5c-7a52-4b0a-9d55-0f6a1f0f8a11"
URL_ALPHABET = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

purposes = st.sampled_from(list(Purpose))
ids = st.integers(1, ID_MAX)


def ids_for(purpose):
    return st.tuples(*[ids] * purpose.arity)


def reference_token(key, purpose, *numbers, context=CONTEXT, size=16):
    """The format of the docstring, written a second time with other means."""
    body = bytearray()
    for number in numbers:
        digits = []
        while number:
            number, digit = divmod(number, 128)
            digits.append(digit)
        body += bytes(d + 128 for d in digits[:-1]) + bytes(digits[-1:])
    derived = hmac.new(
        key, f"email_engagement:1:{purpose}:{context}".encode(), hashlib.sha256
    ).digest()
    mac = hmac.new(derived, bytes(body), hashlib.sha256).digest()[:size]
    return base64.urlsafe_b64encode(bytes(body) + mac).decode().rstrip("=")


class TestSigner(BaseCase):
    def setUp(self):
        super().setUp()
        self.signer = Signer([KEY], CONTEXT)

    def assertBad(self, purpose, token, signer=None):
        with self.assertRaises(BadToken):
            (signer or self.signer).verify(purpose, token)

    @given(st.data(), purposes)
    def test_round_trip(self, data, purpose):
        numbers = data.draw(ids_for(purpose))
        token = self.signer.sign(purpose, *numbers)
        self.assertEqual(self.signer.verify(purpose, token), numbers)
        self.assertLessEqual(set(token), URL_ALPHABET)
        self.assertLessEqual(len(token), TOKEN_MAX)

    @given(st.data(), purposes)
    def test_format_is_the_documented_one(self, data, purpose):
        numbers = data.draw(ids_for(purpose))
        self.assertEqual(
            self.signer.sign(purpose, *numbers),
            reference_token(KEY, purpose.value, *numbers),
        )

    def test_format_does_not_change(self):
        """Mails that were sent carry tokens for years: this one must stay valid."""
        token = "gQIC-SLXFC6YmTwqONfesOk3Gg"
        self.assertEqual(self.signer.sign(Purpose.CLICK, 257, 2), token)
        self.assertEqual(self.signer.verify(Purpose.CLICK, token), (257, 2))

    def test_length(self):
        for numbers, length in [
            ((1, 1), 24),
            ((127, 127), 24),
            ((16383, 127), 26),
            ((2**21 - 1, 2**21 - 1), 30),
            ((ID_MAX, ID_MAX), TOKEN_MAX),
        ]:
            with self.subTest(numbers=numbers):
                token = self.signer.sign(Purpose.CLICK, *numbers)
                self.assertEqual(len(token), length)
                self.assertEqual(self.signer.verify(Purpose.CLICK, token), numbers)
        self.assertEqual(ID_MAX, 2**63 - 1)

    def test_purposes(self):
        self.assertEqual(
            {purpose.value: (purpose.path, purpose.arity) for purpose in Purpose},
            {
                "open": ("o", 1),
                "click": ("c", 2),
                "file": ("a", 2),
                "image": ("i", 2),
                "preference": ("p", 1),
                "check": ("s", 2),
            },
        )

    def test_purposes_are_apart(self):
        for made_for in Purpose:
            token = self.signer.sign(made_for, *range(1, made_for.arity + 1))
            for purpose in Purpose:
                if purpose != made_for:
                    self.assertBad(purpose, token)

    def test_purpose_by_its_value(self):
        token = self.signer.sign("click", 5, 6)
        self.assertEqual(token, self.signer.sign(Purpose.CLICK, 5, 6))
        self.assertEqual(self.signer.verify("click", token), (5, 6))
        self.assertEqual(f"{Purpose.CLICK}", "click")

    def test_databases_are_apart(self):
        token = Signer([KEY], "another uuid").sign(Purpose.OPEN, 1)
        self.assertBad(Purpose.OPEN, token)

    def test_rotation(self):
        new = b"n" * 16
        old_token = self.signer.sign(Purpose.OPEN, 7)
        rotated = Signer([new, KEY], CONTEXT)
        self.assertEqual(rotated.verify(Purpose.OPEN, old_token), (7,))
        self.assertEqual(
            rotated.sign(Purpose.OPEN, 7),
            Signer([new], CONTEXT).sign(Purpose.OPEN, 7),
        )
        self.assertBad(Purpose.OPEN, rotated.sign(Purpose.OPEN, 7))

    def test_key_as_text(self):
        self.assertEqual(
            Signer(["é" * 8], CONTEXT).sign(Purpose.OPEN, 1),
            Signer(["é".encode() * 8], CONTEXT).sign(Purpose.OPEN, 1),
        )

    def test_unfit_keys(self):
        for keys in (
            [],
            [b""],
            [b"k" * 15],
            ["k" * 15],
            [KEY, b"short"],
            KEY,
            "k" * 32,
        ):
            with self.subTest(keys=keys), self.assertRaises(ValueError):
                Signer(keys, CONTEXT)

    def test_unfit_ids(self):
        for numbers in [(), (1,), (1, 2, 3), (0, 1), (1, -1), (1, ID_MAX + 1)]:
            with self.subTest(ids=numbers), self.assertRaises(ValueError):
                self.signer.sign(Purpose.CLICK, *numbers)
        for number in (True, 1.0, "1", None):
            with self.subTest(id=number), self.assertRaises(ValueError):
                self.signer.sign(Purpose.OPEN, number)

    # ------------------------------------------------------------------ attack

    @given(st.text(max_size=60) | st.binary(max_size=60) | st.none(), purposes)
    def test_anything_else_is_bad(self, token, purpose):
        self.assertBad(purpose, token)

    @given(st.text(alphabet=sorted(URL_ALPHABET), max_size=TOKEN_MAX + 2), purposes)
    def test_right_alphabet_is_not_enough(self, token, purpose):
        self.assertBad(purpose, token)

    def test_every_changed_character(self):
        token = self.signer.sign(Purpose.CLICK, 300, 1)
        for position in range(len(token)):
            for char in URL_ALPHABET | set("+/=.%~ \n\0é"):
                if char != token[position]:
                    self.assertBad(
                        Purpose.CLICK, token[:position] + char + token[position + 1 :]
                    )

    def test_every_cut_and_extension(self):
        token = self.signer.sign(Purpose.CLICK, 300, 1)
        for length in range(len(token)):
            self.assertBad(Purpose.CLICK, token[:length])
            self.assertBad(Purpose.CLICK, token[length:] if length else "")
        for extra in ("=", "==", "\n", " ", "A", "AA", "AAAA", ".gif", "/", "?", "\0"):
            self.assertBad(Purpose.CLICK, token + extra)
            self.assertBad(Purpose.CLICK, extra + token)
            self.assertBad(Purpose.CLICK, token[:8] + extra + token[8:])

    def test_spare_bits_are_refused(self):
        """19 bytes leave four bits of the last character unused, 20 bytes two."""
        for numbers, twins in [((1, 1), 0), ((1, 200), 15), ((200, 200), 3)]:
            token = self.signer.sign(Purpose.CLICK, *numbers)
            raw = base64.urlsafe_b64decode(token + "==")
            same = [
                token[:-1] + char
                for char in URL_ALPHABET - {token[-1]}
                if base64.urlsafe_b64decode(token[:-1] + char + "==") == raw
            ]
            self.assertEqual(len(same), twins)
            for twin in same:
                self.assertBad(Purpose.CLICK, twin)

    def test_signed_by_us_but_not_well_formed(self):
        """What only a holder of the key can make is still refused."""
        derived = hmac.digest(
            KEY, f"email_engagement:1:click:{CONTEXT}".encode(), "sha256"
        )
        for body in (
            b"",
            b"\x01",
            b"\x01\x02\x03",
            b"\x00\x01",
            b"\x01\x00",
            b"\x81\x00\x01",  # 1, not minimal
            b"\x01\x82\x00",
            b"\x01\x82",  # cut
            b"\x01\x02\x82",
            b"\x01" + b"\xff" * 9 + b"\x01",  # 2**70 - 1
            b"\x01" + b"\x80" * 9 + b"\x01",  # 2**63
        ):
            mac = hmac.digest(derived, body, "sha256")[:16]
            token = base64.urlsafe_b64encode(body + mac).decode().rstrip("=")
            with self.subTest(body=body):
                self.assertBad(Purpose.CLICK, token)

    def test_shorter_mac_is_refused(self):
        for size in range(16):
            self.assertBad(Purpose.OPEN, reference_token(KEY, "open", 1, size=size))

    def test_overlong_is_refused_unread(self):
        class Unread(str):
            def encode(self, *args):
                raise AssertionError("read")

        self.assertBad(Purpose.OPEN, Unread("A" * (TOKEN_MAX + 1)))
        self.assertBad(Purpose.OPEN, "A" * 1_000_000)

    @settings(max_examples=20)
    @given(st.integers(0, 2**32))
    def test_random_bit_flips(self, seed):
        rng = random.Random(seed)
        token = self.signer.sign(Purpose.OPEN, rng.randint(1, 2**31))
        raw = bytearray(base64.urlsafe_b64decode(token + "=="))
        for bit in range(len(raw) * 8):
            flipped = bytearray(raw)
            flipped[bit // 8] ^= 1 << bit % 8
            twin = base64.urlsafe_b64encode(bytes(flipped)).decode().rstrip("=")
            self.assertBad(Purpose.OPEN, twin)
