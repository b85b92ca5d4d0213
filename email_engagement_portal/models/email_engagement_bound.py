import time
from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.tools import SQL, hmac


class EmailEngagementBound(models.Model):
    """How often something was done: one count for all processes and hosts.

    Nothing says whose it is. A row is named by a keyed hash, and gone when its time is
    over.
    """

    _name = "email.engagement.bound"
    _description = "How Often Something Was Done"
    _log_access = False
    _rec_name = "key"

    key = fields.Char(required=True)
    count = fields.Integer(required=True)
    expires = fields.Datetime(required=True, index=True)

    _key_unique = models.UniqueIndex("(key)")

    @api.model
    def _take(self, what, limit: int, seconds: int) -> bool:
        """Count one more, unless it was done ``limit`` times in this window of time.

        Two that ask at once wait for each other: the second is told to try again by
        PostgreSQL, which Odoo does.

        :param what: whatever names it
        :return: whether it may be done
        """
        window = int(time.time() // seconds)
        end = datetime.fromtimestamp((window + 1) * seconds, timezone.utc)
        key = hmac(self.env, "email_engagement_portal-bound", (what, window))
        # Not the ORM: it would have to look first, and others look at the same moment.
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO email_engagement_bound AS bound (key, count, expires)
                     VALUES (%s, 1, %s)
                ON CONFLICT (key) DO UPDATE
                        SET count = bound.count + 1
                      WHERE bound.count < %s
                  RETURNING count
                """,
                key,
                end.replace(tzinfo=None),
                limit,
            )
        )
        return bool(rows)

    @api.autovacuum
    def _gc_expired(self):
        """Cron, daily: what counts no more."""
        self.search([("expires", "<", fields.Datetime.now())]).unlink()
