from datetime import datetime
from urllib.parse import urlsplit

from odoo import api, models
from odoo.fields import Domain
from odoo.http import db_list
from odoo.tools import SQL

from ..tools.setup_check import judge_databases
from ..tools.timeline import ERROR
from .email_engagement_reception import spooled_since

# How many rows are looked at: the settings open at once, however much there is.
LATEST = 1000
WAITING_MAX = 10_000

#: External ids of scheduled actions, ours and the one that sends emails, and of what
#: they do.
CRONS = Domain(
    [
        ("model", "in", ("ir.cron", "ir.actions.server")),
        ("name", "=like", "ir_cron_%"),
        "|",
        ("module", "=like", "email_engagement%"),
        "&",
        ("module", "=", "mail"),
        ("name", "=like", "ir_cron_mail_scheduler_action%"),
    ]
)
ACTION = "_ir_actions_server"  # ends the id of what a scheduled action does


class EmailEngagementHealth(models.AbstractModel):
    """Whether hits come in, are digested, and what went wrong last: what the settings
    show at a glance. A few statements, each on the last rows of an index.

    Of the database as a whole: neither numbers nor moments tell whose emails they are
    about.
    """

    _name = "email.engagement.health"
    _description = "Health of Email Engagement"

    @api.model
    def _last_hit(self) -> datetime | None:
        """When a recipient's client asked for something last."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT GREATEST(
                    (SELECT date FROM email_engagement_hit ORDER BY id DESC LIMIT 1),
                    (SELECT max(last_date)
                       FROM (SELECT type, last_date FROM email_engagement_event
                              ORDER BY id DESC LIMIT %s) latest
                      WHERE type IN ('open', 'click', 'attachment')))
                """,
                LATEST,
            )
        )
        return rows[0][0]

    @api.model
    def _waiting(self) -> int:
        """Hits that the digest has not seen yet, ``WAITING_MAX`` at the most."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT count(*)
                  FROM (SELECT FROM email_engagement_hit LIMIT %s) waiting
                """,
                WAITING_MAX,
            )
        )
        return rows[0][0]

    @api.model
    def _last_digest(self) -> datetime | None:
        cron = self.env.ref("email_engagement.ir_cron_digest", raise_if_not_found=False)
        # sudo: when it ran, nothing else.
        return (cron and cron.sudo().lastcall) or None

    @api.model
    def _last_cron(self) -> datetime | None:
        """When any scheduled action of this database ran last."""
        rows = self.env.execute_query(SQL("SELECT max(lastcall) FROM ir_cron"))
        return rows[0][0]

    @api.model
    def _last_error(self) -> tuple[datetime, str] | None:
        """What went wrong last, of what is written down: the rest is in the log."""
        errors = [*self._cron_errors(), *self._recorded_errors()]
        if since := spooled_since(self.env.cr.dbname):
            text = self.env._(
                "Requests wait on this server's disk, since the database did not "
                "take them."
            )
            errors.append((since, text))
        return max(errors, default=None)

    @api.model
    def _crons(self):
        """All scheduled actions that are needed, those of dependent addons included.

        :return: as superuser (those that there are, whether or not they are on;
            what they did of those that somebody has deleted)
        """
        # sudo: which ones there are, whether they are on, and whether they fail.
        data_sudo = self.env["ir.model.data"].sudo().search(CRONS)
        of_crons_sudo = data_sudo.filtered(lambda data: data.model == "ir.cron")
        names = set(of_crons_sudo.mapped("complete_name"))
        # Who deletes a scheduled action leaves what it does there, and the id of that.
        gone = [
            data.res_id
            for data in data_sudo - of_crons_sudo
            if data.complete_name.removesuffix(ACTION) not in names
        ]
        crons_sudo = self.env["ir.cron"].sudo()
        actions_sudo = self.env["ir.actions.server"].sudo()
        return (
            crons_sudo.browse(of_crons_sudo.mapped("res_id")).exists(),
            actions_sudo.browse(gone).exists(),
        )

    @api.model
    def _cron_errors(self) -> list[tuple[datetime, str]]:
        crons_sudo, _gone = self._crons()
        # Odoo switches off what fails for long, and forgets then that it failed.
        inactive = [
            (
                cron.lastcall or cron.write_date,
                self.env._(
                    "The scheduled action “%(name)s” is switched off.", name=cron.name
                ),
            )
            for cron in crons_sudo
            if not cron.active
        ]
        failing = [
            (
                cron.first_failure_date,
                self.env._("The scheduled action “%(name)s” fails.", name=cron.name),
            )
            for cron in crons_sudo
            if cron.active and cron.failure_count and cron.first_failure_date
        ]
        return [*inactive, *failing]

    @api.model
    def _recorded_errors(self) -> list[tuple[datetime, str]]:
        rows = self.env.execute_query(
            SQL(
                """
                SELECT (SELECT max(date)
                          FROM (SELECT date, reason FROM email_engagement_event
                                 ORDER BY id DESC LIMIT %(latest)s) latest
                         WHERE reason = %(error)s),
                       (SELECT max(date)
                          FROM (SELECT date, not_followed_reason FROM email_engagement
                                 ORDER BY id DESC LIMIT %(latest)s) latest
                         WHERE not_followed_reason = 'error')
                """,
                latest=LATEST,
                error=ERROR,
            )
        )
        texts = (
            self.env._("Requests could not be judged; the server's log says why."),
            self.env._("An email could not be followed; the server's log says why."),
        )
        return [pair for pair in zip(rows[0], texts, strict=True) if pair[0]]

    @api.model
    def _judge_databases(self, url: str) -> str:
        """Whether requests to an address can be told to be for this database, by the
        configuration of this process; see ``judge_databases``.
        """
        host = urlsplit(url).hostname or ""
        return judge_databases(self.env.cr.dbname, db_list(force=True, host=host))

    @api.model
    def _databases_warning(self, company) -> str | None:
        """What is said from the installation on where the configuration leads requests
        elsewhere and no check has shown that a proxy leads them here.
        """
        named = (company.engagement_named_urls or "").split()
        for url in company._engagement_base_urls():
            if url not in named and self._judge_databases(url) != "ok":
                return self.env._(
                    "Requests to %(url)s do not say which database they are for. "
                    "Unless a proxy names it, nothing that recipients do arrives here. "
                    "Let the host name decide (--db-filter or --database), then press "
                    "“Check My Set-up”.",
                    url=url,
                )
        return None
