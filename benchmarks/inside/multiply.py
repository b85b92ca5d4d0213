"""Many rows like one that the ORM made: thousands of times faster than the ORM, and
right whatever columns there are.
"""

from odoo.tools import SQL

from .bulk import columns_of


def multiply(record, count: int, **columns: list) -> list[int]:
    """Copies of one record, in SQL.

    :param columns: values of columns that differ, ``count`` of each
    :return: ids of the copies
    """
    env, table = record.env, record._table
    env.flush_all()
    names = [name for name in columns_of(env, table) if name != "id"]
    types = dict(
        env.execute_query(
            SQL(
                """
                SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
                 WHERE attrelid = %s::regclass AND attnum > 0
                """,
                table,
            )
        )
    )
    new = [name for name in names if name in columns]
    assert set(new) == set(columns), (set(columns) - set(new), table)
    values = SQL(", ").join(
        SQL("%s::%s[]", columns[name], SQL(types[name])) for name in new
    )
    source = SQL(
        "unnest(%s) WITH ORDINALITY AS new (%s)",
        SQL(", ").join([SQL("%s::int[]", list(range(count))), values])
        if new
        else SQL("%s::int[]", list(range(count))),
        SQL(", ").join(map(SQL.identifier, ["_number", *new, "_order"])),
    )
    rows = env.execute_query(
        SQL(
            """
            INSERT INTO %(table)s (%(names)s)
            SELECT %(values)s
              FROM %(table)s sample, %(source)s
             WHERE sample.id = %(id)s
             ORDER BY _order
         RETURNING id
            """,
            table=SQL.identifier(table),
            names=SQL(", ").join(map(SQL.identifier, names)),
            values=SQL(", ").join(
                SQL.identifier("new" if name in columns else "sample", name)
                for name in names
            ),
            source=source,
            id=record.id,
        )
    )
    return [id_ for (id_,) in rows]
