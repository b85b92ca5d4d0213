from datetime import timedelta

from odoo import api, fields, models


class EmailEngagementSpool(models.Model):
    """Names of the spool files that were taken in: see ``tools/spool.py``."""

    _name = "email.engagement.spool"
    _description = "Spool File Taken In"
    _log_access = False

    name = fields.Char(required=True)
    date = fields.Datetime()

    _name_unique = models.UniqueIndex("(name)")

    @api.autovacuum
    def _gc_old(self):
        """A file is deleted right after it was taken in, a day later at the most."""
        self.search(
            [("date", "<", fields.Datetime.now() - timedelta(days=30))]
        ).unlink()
