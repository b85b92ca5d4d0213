"""Figures of traces and engagements, derived from the events in SQL."""

from odoo.tools import SQL

MACHINES = ("prefetch", "preview", "scanner")
#: What traces and engagements both know, as ``event_figures`` names it.
FIGURES = (
    "open_count",
    "click_count",
    "attachment_view_count",
    "reply_count",
    "machine_count",
    "first_open",
    "last_open",
    "last_event",
)


#: Domain of the copies that rates are about: sent, and followed one by one. Who is not
#: followed cannot be seen to open anything, and of a copy without persons nobody knows
#: how many of them did.
IN_RATES = [
    ("state", "=", "sent"),
    ("followed", "!=", "none"),
    ("is_anonymous", "=", False),
]
#: The same as a condition on ``trace``.
IN_RATES_SQL = SQL(
    """(trace.state = 'sent' AND trace.followed IS DISTINCT FROM 'none'
        AND trace.is_anonymous IS NOT TRUE)"""
)


def event_figures(condition: SQL) -> SQL:
    """SELECT of ``FIGURES`` over the events that meet ``condition``: always one row,
    with zeros and NULLs where there are none.
    """
    return SQL(
        """
        SELECT count(*) FILTER (WHERE counted AND type = 'open') AS open_count,
               count(*) FILTER (WHERE counted AND type = 'click') AS click_count,
               count(*) FILTER (WHERE counted AND type = 'attachment')
                   AS attachment_view_count,
               count(*) FILTER (WHERE counted AND type = 'reply') AS reply_count,
               count(*) FILTER (WHERE actor IN %s) AS machine_count,
               min(date) FILTER (WHERE counted AND type = 'open') AS first_open,
               max(date) FILTER (WHERE counted AND type = 'open') AS last_open,
               max(date) FILTER (WHERE counted) AS last_event
          FROM email_engagement_event
         WHERE %s
        """,
        MACHINES,
        condition,
    )


def trace_figures() -> SQL:
    """Columns ``FIGURES`` of some rows of ``email_engagement_trace`` together."""
    return SQL(
        """
        COALESCE(sum(open_count), 0)::int AS open_count,
        COALESCE(sum(click_count), 0)::int AS click_count,
        COALESCE(sum(attachment_view_count), 0)::int AS attachment_view_count,
        COALESCE(sum(reply_count), 0)::int AS reply_count,
        COALESCE(sum(machine_count), 0)::int AS machine_count,
        min(first_open) AS first_open,
        max(last_open) AS last_open,
        max(last_event) AS last_event
        """
    )


def sum_of_figures(one: str, other: str) -> SQL:
    """Columns ``FIGURES`` of two rows that have them, of the FROM items so named."""
    columns = []
    for name in FIGURES:
        both = SQL.identifier(one, name), SQL.identifier(other, name)
        if name.endswith("_count"):
            value = SQL("%s + %s", *both)
        elif name.startswith("first_"):
            value = SQL("LEAST(%s, %s)", *both)
        else:
            value = SQL("GREATEST(%s, %s)", *both)
        columns.append(SQL("%s AS %s", value, SQL.identifier(name)))
    return SQL(", ").join(columns)


def update_where_different(
    table: str, figures: SQL, names: tuple[str, ...], returning: str
) -> SQL:
    """UPDATE of the columns ``names`` of ``table``, but only of rows that differ.

    :param figures: SELECT of ``id`` and ``names``
    :param returning: the column to be returned of each row that was written
    """
    return SQL(
        """
        WITH figures AS (%(figures)s)
        UPDATE %(table)s
           SET (%(columns)s) = (%(new)s)
          FROM figures
         WHERE figures.id = %(id)s
           AND (%(old)s) IS DISTINCT FROM (%(new)s)
     RETURNING %(returning)s
        """,
        figures=figures,
        table=SQL.identifier(table),
        id=SQL.identifier(table, "id"),
        columns=SQL(", ").join(map(SQL.identifier, names)),
        old=SQL(", ").join([SQL.identifier(table, name) for name in names]),
        new=SQL(", ").join([SQL.identifier("figures", name) for name in names]),
        returning=SQL.identifier(table, returning),
    )


def replace_where_different(
    table: str, keys: tuple[str, ...], names: tuple[str, ...], fresh: SQL, scope=None
) -> SQL:
    """Statement that makes a table what ``fresh`` says: rows that it does not have are
    deleted, and only rows that differ are written. What it returns is their number.

    :param keys: columns of the table's unique index; of no company, all rows are the
        same one's, whose index has a zero for it
    :param fresh: SELECT of ``keys`` and ``names``
    :param scope: condition on the rows that ``fresh`` is about; all without
    """

    def key(name: str, *alias: str) -> SQL:
        column = SQL.identifier(*alias, name)
        return SQL("COALESCE(%s, 0)", column) if name == "company_id" else column

    return SQL(
        """
        WITH fresh AS MATERIALIZED (%(fresh)s), gone AS (
            DELETE FROM %(table)s old
             WHERE %(scope)s AND NOT EXISTS (SELECT FROM fresh WHERE %(same)s)
         RETURNING old.id
        ), written AS (
            INSERT INTO %(table)s AS old (%(columns)s)
            SELECT %(columns)s FROM fresh
                ON CONFLICT (%(keys)s) DO UPDATE
               SET (%(names)s) = (%(new)s)
             WHERE (%(old)s) IS DISTINCT FROM (%(new)s)
         RETURNING old.id
        )
        SELECT (SELECT count(*) FROM written) + (SELECT count(*) FROM gone)
        """,
        fresh=fresh,
        table=SQL.identifier(table),
        scope=scope or SQL("TRUE"),
        same=SQL(" AND ").join(
            [SQL("%s = %s", key(name, "fresh"), key(name, "old")) for name in keys]
        ),
        columns=SQL(", ").join(map(SQL.identifier, (*keys, *names))),
        keys=SQL(", ").join(map(key, keys)),
        names=SQL(", ").join(map(SQL.identifier, names)),
        old=SQL(", ").join([SQL.identifier("old", name) for name in names]),
        new=SQL(", ").join([SQL.identifier("excluded", name) for name in names]),
    )
