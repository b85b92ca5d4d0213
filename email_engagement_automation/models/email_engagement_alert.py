import logging

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class EmailEngagementAlert(models.Model):
    _inherit = "email.engagement.alert"

    @api.model
    def _settled(self, events):
        result = super()._settled(events)
        try:
            with self.env.cr.savepoint():
                self.env["base.automation"]._engagement_start(events)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            # A rule that fails must not keep senders from being told.
            _logger.exception("Automation rules on email interactions have failed")
        return result
