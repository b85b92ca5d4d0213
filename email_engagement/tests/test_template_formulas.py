from odoo.tests import TransactionCase
from odoo.tools import SQL

from ..models import template_results
from ..tools import kpi


class TestFormulas(TransactionCase):
    """The SQL says what ``tools/kpi.py`` says."""

    def wilson(self, count, sample, **kwargs):
        low, high = template_results.wilson(
            SQL("%s::float8", count), SQL("%s::float8", sample), **kwargs
        )
        return self.env.execute_query(SQL("SELECT %s, %s", low, high))[0]

    def test_published(self):
        """Newcombe 1998, Stat. Med. 17:857-872, table I, method 3."""
        for count, sample, low, high in (
            (81, 263, 25.53, 36.62),
            (15, 148, 6.24, 16.05),
            (0, 20, 0, 16.11),
            (1, 29, 0.61, 17.18),
        ):
            found = self.wilson(count, sample)
            self.assertEqual([round(bound, 2) for bound in found], [low, high])

    def test_same_as_python(self):
        for sample in (1, 2, 19, 20, 97, 1_000, 12_345, 9_999_999):
            for share in (0, 0.01, 0.3, 0.5, 0.99, 1):
                count = round(share * sample)
                for confidence in (0.9, 0.95, 0.99):
                    low, high = self.wilson(count, sample, confidence=confidence)
                    expected = kpi.wilson(count, sample, confidence)
                    about = f"{count} of {sample}"
                    self.assertAlmostEqual(low, 100 * expected.low, 9, about)
                    self.assertAlmostEqual(high, 100 * expected.high, 9, about)

    def test_ends_are_exact(self):
        for sample in (1, 3, 20, 29, 97, 1000, 12345):
            self.assertEqual(self.wilson(0, sample)[0], 0)
            self.assertEqual(self.wilson(sample, sample)[1], 100)
