"""What the benchmarks share: a PostgreSQL and an Odoo of their own, load, tables."""
