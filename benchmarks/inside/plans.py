import time

from odoo.sql_db import Cursor
from odoo.tools import SQL


class Plans:
    """The plan of each SELECT that takes long, as it was carried out."""

    def __init__(self, slow: float):
        self.texts, self.on, self.title = [], False, ""
        original = Cursor.execute

        def execute(cursor, query, *args, **kwargs):
            started = time.perf_counter()
            result = original(cursor, query, *args, **kwargs)
            took = 1e3 * (time.perf_counter() - started)
            if self.on and took >= slow:
                code = query.code if isinstance(query, SQL) else str(query)
                text = " ".join(code.split())
                rows = cursor._obj.fetchall() if cursor._obj.description else None
                if text.startswith(("SELECT", "WITH")) and "UPDATE" not in text:
                    sent = cursor._obj.query.decode(errors="replace")
                    with cursor._cnx.cursor() as other:
                        other.execute("EXPLAIN (ANALYZE, BUFFERS) " + sent)
                        plan = "\n".join(row[0] for row in other.fetchall())
                else:
                    plan = ""
                head = f"-- {self.title}: {took:.0f} ms"
                self.texts.append(f"{head}\n{text[:1500]}\n{plan}")
                if rows is not None:
                    original(cursor, query, *args, **kwargs)
            return result

        Cursor.execute = execute
