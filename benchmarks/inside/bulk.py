"""Many rows by few statements."""

import contextlib

from odoo.tools import SQL


@contextlib.contextmanager
def without_checks(env, *tables: str):
    """Ten million rows are indexed at once in a minute, one by one in an hour; and
    what is generated needs no check of each foreign key.
    """
    env.cr.execute("SET session_replication_role = replica")
    env.cr.execute(
        """
        SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
          FROM pg_index WHERE indrelid::regclass::text = ANY(%s) AND NOT indisprimary
        """,
        [list(tables)],
    )
    indexes = env.cr.fetchall()
    for name, _definition in indexes:
        env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
    yield
    for _name, definition in indexes:
        env.cr.execute(SQL(definition))
    env.cr.execute("SET session_replication_role = DEFAULT")


def settle(env, *tables: str) -> None:
    """As autovacuum leaves them: statistics, and pages known to be visible.

    :param tables: all without any
    """
    env.cr.commit()
    env.cr._cnx.autocommit = True
    for table in map(SQL.identifier, tables) if tables else [SQL()]:
        env.cr.execute(SQL("VACUUM ANALYZE %s", table))
    env.cr._cnx.autocommit = False


def columns_of(env, table: str) -> list[str]:
    rows = env.execute_query(
        SQL(
            """
            SELECT column_name FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = %s
             ORDER BY ordinal_position
            """,
            table,
        )
    )
    return [name for (name,) in rows]


def grow(record, source: SQL, **values: str) -> None:
    """A row like ``record`` for each row of ``source``, apart from ``values``.

    :param source: what stands after FROM
    :param values: SQL of the columns that differ
    """
    env, table = record.env, record._table
    env.flush_all()
    names = [name for name in columns_of(env, table) if name != "id" or "id" in values]
    env.cr.execute(
        SQL(
            """
            INSERT INTO %(table)s (%(names)s)
            SELECT %(values)s
              FROM %(source)s, (SELECT * FROM %(table)s WHERE id = %(id)s) sample
            """,
            table=SQL.identifier(table),
            names=SQL(", ").join(map(SQL.identifier, names)),
            values=SQL(", ").join(
                SQL(values[name]) if name in values else SQL.identifier("sample", name)
                for name in names
            ),
            source=source,
            id=record.id,
        )
    )
    if "id" in values:
        env.cr.execute(
            SQL(
                "SELECT setval(%s, (SELECT max(id) FROM %s))",
                f"{table}_id_seq",
                SQL.identifier(table),
            )
        )
