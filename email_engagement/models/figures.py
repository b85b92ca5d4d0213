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
