"""tools/arrays.py: what PostgreSQL reads is what was written."""

import doctest
from datetime import datetime

from odoo.tests import BaseCase, TransactionCase
from odoo.tools import SQL

from ..tools import arrays

WORDS = [
    *("", " ", "NULL", "null", None, "{", "}", "{a,b}", ",", "a,b", '"', '""'),
    *("\\", "\\\\", '\\"', "'", "''", "%s", "%%", "\t\n\r", "\x01\x7f", "é", "日本語"),
    *("😀", " a ", "\u200b", "$1", "E'x'", ");--", "\\x41", "\\n"),
]


class TestArrays(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(arrays)
        self.assertGreater(result.attempted, 0)
        self.assertEqual(result.failed, 0)


class TestArraysInPostgres(TransactionCase):
    def as_read(self, text, type_):
        return self.env.execute_query(SQL("SELECT %s::%s", text, SQL(type_)))[0][0]

    def test_words(self):
        pairs = [f"{one}{other}" for one in WORDS for other in WORDS]
        for words in (WORDS, pairs, []):
            self.assertEqual(self.as_read(arrays.words(words), "varchar[]"), words)

    def test_numbers(self):
        numbers = [0, 1, -1, None, 2**31 - 1]
        self.assertEqual(self.as_read(arrays.numbers(numbers), "int[]"), numbers)
        self.assertEqual(self.as_read(arrays.numbers(()), "int[]"), [])

    def test_flags(self):
        self.assertEqual(
            self.as_read(arrays.flags([True, False]), "bool[]"), [True, False]
        )

    def test_moments(self):
        moments = [
            datetime.fromisoformat(text)
            for text in (
                "2026-01-05 08:00:00",
                "2026-12-31 23:59:59.999999",
                "0001-01-01 00:00:00",
                "9999-12-31 00:00:00",
            )
        ]
        self.assertEqual(self.as_read(arrays.moments(moments), "timestamp[]"), moments)
