"""A relation without a foreign key."""

from odoo import fields


class UncheckedMany2one(fields.Many2one):
    """Plain to the database, which checks a foreign key row by row: of a table that
    thousands of rows are written to at once, that is most of the work.

    Whoever declares one says what keeps its values from pointing to nothing.
    """

    def update_db_foreign_key(self, model, column):
        """Make none."""
