"""Work in a transaction of its own, and work that must never be in the way.

What becomes of followed emails is written down while Odoo sends or receives mail, and
the digest changes the same rows at any time. If a mail's own transaction failed for
that, Odoo would send it twice, or lose what it has received.
"""

import logging

from odoo import api, modules
from odoo.modules.registry import Registry
from odoo.service.model import (
    MAX_TRIES_ON_CONCURRENCY_FAILURE,
    PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
)

_logger = logging.getLogger(__name__)


def run_apart(records, method: str, *args):
    """Call ``method`` of ``records`` as superuser once this transaction has ended well,
    in one of its own, tried again when somebody has written the same rows in between.
    Never raises.

    :param args: plain data, no records
    """
    if modules.module.current_test:  # which must not commit
        _run_within(records, method, *args)
        return
    dbname, model, ids = records.env.cr.dbname, records._name, records.ids

    @records.env.cr.postcommit.add
    def run():
        for tries_left in reversed(range(MAX_TRIES_ON_CONCURRENCY_FAILURE)):
            try:
                with Registry(dbname).cursor() as cr:
                    # Superuser: our own methods, whose callers have checked.
                    env = api.Environment(cr, api.SUPERUSER_ID, {})
                    existing = env[model].browse(ids).exists()
                    if existing or not ids:
                        getattr(existing, method)(*args)
                return
            except Exception as error:  # noqa: PERF203
                if (
                    not isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)
                    or not tries_left
                ):
                    _logger.exception("%s.%s of %s failed", model, method, ids)
                    return


def run_here(records, method: str, *args):
    """Call ``method`` of ``records`` as superuser in this transaction; if somebody has
    written the same rows in between, after it. Never raises.
    """
    try:
        _run_within(records, method, *args)
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        run_apart(records, method, *args)


def run_safely(records, method: str, *args, otherwise=None):
    """What ``method`` of ``records`` returns, or ``otherwise`` if it fails: for what
    is only looked up. Never raises.
    """
    try:
        with records.env.cr.savepoint():
            return getattr(records, method)(*args)
    except Exception:
        _logger.exception("%s.%s of %s failed", records._name, method, records.ids)
        return otherwise


def _run_within(records, method: str, *args):
    """In a savepoint. Raises what somebody else's writing has caused, nothing else."""
    try:
        with records.env.cr.savepoint():
            # sudo: what Odoo itself has seen is written down, whoever is at work.
            getattr(records.sudo(), method)(*args)
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        raise
    except Exception:
        _logger.exception("%s.%s of %s failed", records._name, method, records.ids)
