"""What PostgreSQL knows of a database, to be compared before and after."""

from odoo.tools import SQL

CATALOGUE = """
    SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type
           || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
      FROM information_schema.columns WHERE table_schema = 'public'
     UNION ALL
    SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
     UNION ALL
    SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
     UNION ALL
    SELECT 'sequence ' || sequencename FROM pg_sequences WHERE schemaname = 'public'
     UNION ALL
    SELECT 'function ' || proname FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace
     UNION ALL
    SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
"""


def catalogue(cr) -> list[str]:
    """Tables, columns, indexes, constraints, sequences, functions and triggers."""
    cr.execute(CATALOGUE)
    return sorted(line for (line,) in cr.fetchall())


def checksums(cr) -> dict[str, str]:
    """A checksum of the rows of each table, without when they were last written."""
    cr.execute(
        """
        SELECT table_name FROM information_schema.tables
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
        """
    )
    result = {}
    for (table,) in cr.fetchall():
        cr.execute(
            SQL(
                """
                SELECT count(*) || ' '
                       || COALESCE(md5(string_agg(line, '' ORDER BY line)), '')
                  FROM (SELECT (to_jsonb(t) - 'write_date' - 'write_uid')::text AS line
                          FROM %s t) lines
                """,
                SQL.identifier(table),
            )
        )
        [(result[table],)] = cr.fetchall()
    return result


def columns_that_name(cr, addon: str) -> dict[str, list]:
    """Columns of any table with a value that names the addon, its models or its
    fields, and some of these values.
    """
    cr.execute(
        """
        SELECT table_name, column_name
          FROM information_schema.columns
          JOIN information_schema.tables USING (table_schema, table_name)
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
           AND data_type IN ('character varying', 'text', 'jsonb', 'json')
        """
    )
    found = {}
    pattern = rf"{addon}|{addon.replace('_', '[.]')}|\mengagement_"
    for table, column in cr.fetchall():
        cr.execute(
            SQL(
                "SELECT left(%s::text, 200) FROM %s WHERE %s::text ~ %s LIMIT 3",
                SQL.identifier(column),
                SQL.identifier(table),
                SQL.identifier(column),
                pattern,
            )
        )
        if values := [value for (value,) in cr.fetchall()]:
            found[f"{table}.{column}"] = values
    return found
