import logging
import threading
from datetime import datetime, timedelta

from odoo import api, fields, models, modules
from odoo.modules.registry import Registry
from odoo.service.model import (
    MAX_TRIES_ON_CONCURRENCY_FAILURE,
    PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
)
from odoo.tools import format_datetime

from ..tools import setup_check
from .email_engagement_check_texts import STEPS, TEXTS
from .email_engagement_check_trial import Trial

_logger = logging.getLogger(__name__)

LEVEL = [
    ("skipped", "Not Tried"),
    ("ok", "In Order"),
    ("warning", "Warning"),
    ("error", "Error"),
]
# Longer than all time-outs of a check together: what still "runs" then is dead.
LIFETIME = timedelta(minutes=4)


class EmailEngagementCheck(models.TransientModel):
    """One run of *Check My Set-up*: really tries whether what recipients do comes in.

    Runs in a thread of its own: it sends a mail and asks this very server over its
    public address, which a server with one process cannot answer while it waits. Each
    step is committed, so that the screen can show how far it is.

    For administrators (access rights), who choose nothing of what is asked: that is in
    the settings, or the domain of a website.
    """

    _name = "email.engagement.check"
    _description = "Check of the Set-up"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    state = fields.Selection(
        [("running", "Running"), ("done", "Done")], required=True, default="running"
    )
    step = fields.Char(help="Code of what it is at.")
    level = fields.Selection(LEVEL, compute="_compute_level")
    line_ids = fields.One2many("email.engagement.check.line", "check_id")
    # Nobody else's to write: what it names is deleted.
    engagement_id = fields.Many2one(
        "email.engagement",
        ondelete="set null",
        groups=fields.NO_ACCESS,
        help="Of the test email, while it is.",
    )

    @api.depends("line_ids.level")
    def _compute_level(self):
        for check in self:
            check.level = setup_check.worst(check.line_ids.mapped("level"))

    def unlink(self):
        """What a check that was killed has left behind goes with it."""
        # sudo: only administrators of Email Engagement delete followed emails, and
        # this one is the check's own.
        engagements_sudo = self.sudo().engagement_id
        result = super().unlink()
        engagements_sudo._delete_waiting()
        engagements_sudo.unlink()
        return result

    # ------------------------------------------------------------
    # On the screen
    # ------------------------------------------------------------

    def action_start(self):
        """Start a check, or show the one that this user has just started."""
        self.check_access("create")
        check = self.search(
            [
                ("create_uid", "=", self.env.uid),
                ("company_id", "=", self.env.company.id),
                ("state", "=", "running"),
                ("create_date", ">", fields.Datetime.now() - LIFETIME),
            ],
            limit=1,
        )
        if not check:
            check = self.create({})
            check._run_later()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check My Set-up"),
            "res_model": self._name,
            "res_id": check.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def get_progress(self) -> dict:
        """What there is to show by now; asked for every second."""
        self.ensure_one()
        is_running = self.state == "running"
        is_dead = fields.Datetime.now() - self.create_date > LIFETIME
        return {
            "state": "interrupted" if is_running and is_dead else self.state,
            "step": self._step_title() if is_running else "",
            "level": self.level,
            "lines": self.line_ids.read(["level", "title", "text", "remedy"]),
        }

    def _step_title(self) -> str:
        return self._in_words(STEPS[self.step]) if self.step else ""

    # ------------------------------------------------------------
    # Running
    # ------------------------------------------------------------

    def _run_later(self):
        """Run in a thread, once this transaction has ended well."""
        if modules.module.current_test:
            return  # whose transaction no thread can see
        args = (self.env.cr.dbname, self.env.uid, dict(self.env.context), self.id)

        @self.env.cr.postcommit.add
        def start():
            threading.Thread(target=_run, args=args, daemon=True).start()

    def _run(self, **options):
        """Go through all steps, and clean up after them.

        :param options: see ``Trial``
        """
        self.ensure_one()
        trial = Trial(self, **options)
        try:
            for step, findings in trial.steps():
                self.step = step
                self._commit()
                self._add(step, findings)
                self._commit()
        finally:
            self._clean_up()
        self.state = "done"
        self._commit()
        # sudo: whoever checks the set-up of a company need not be able to write it.
        trial.company.sudo().write(
            {
                "engagement_check_date": fields.Datetime.now(),
                "engagement_check_level": self.level,
                "engagement_named_urls": " ".join(trial.named_urls),
            }
        )
        self._commit()

    def _add(self, step: str, findings):
        """:param findings: function that makes them"""
        try:
            found = findings()
        except Exception as error:
            _logger.exception("Check of the set-up: %s failed", step)
            if not modules.module.current_test:
                self.env.cr.rollback()
            found = [setup_check.error("crashed", detail=str(error)[:300])]
        self.line_ids = [
            fields.Command.create(self._line_values(step, finding)) for finding in found
        ]

    def _line_values(self, step: str, finding: setup_check.Finding) -> dict:
        values = {
            name: format_datetime(self.env, value)
            if isinstance(value, datetime)
            else value
            for name, value in finding.values.items()
        }
        text, remedy = (
            part and self._fill_in(part, values) for part in TEXTS[finding.code]
        )
        return {
            "step": step,
            "code": finding.code,
            "level": finding.level,
            "title": self._in_words(STEPS[step]),
            "text": text,
            "remedy": remedy,
        }

    def _fill_in(self, text, values: dict) -> str:
        """A text in the user's language, or in English where its translation has
        placeholders that are not known.
        """
        try:
            return self._in_words(text) % values
        except (KeyError, TypeError, ValueError):
            _logger.warning("Wrong translation into %s: %r", self.env.lang, text)
            return self.with_context(lang="en_US")._in_words(text) % values

    def _in_words(self, text) -> str:
        """:param text: of ``LazyTranslate``, which takes the language from here"""
        return str(text)

    def _clean_up(self):
        """Delete the followed email of the test, whatever the digest does to it."""
        for tries_left in reversed(range(MAX_TRIES_ON_CONCURRENCY_FAILURE)):
            try:
                self._commit()
                engagement_sudo = self.sudo().engagement_id  # sudo: as in unlink
                engagement_sudo._delete_waiting()
                engagement_sudo.unlink()
                self._commit()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:  # noqa: PERF203
                self.env.cr.rollback()
                if not tries_left:
                    raise
            else:
                return

    def _commit(self):
        """Show what there is by now, to the screen and to the public routes; and see
        what others have written since.
        """
        self.env.flush_all()
        if not modules.module.current_test:
            self.env.cr.commit()
        self.env.invalidate_all()


class EmailEngagementCheckLine(models.TransientModel):
    """One thing that a check found, in the words of whoever started it."""

    _name = "email.engagement.check.line"
    _description = "Finding of a Check of the Set-up"
    _order = "id"

    check_id = fields.Many2one(
        "email.engagement.check", required=True, ondelete="cascade", index=True
    )
    step = fields.Char(required=True)
    code = fields.Char(required=True)
    level = fields.Selection(LEVEL, required=True)
    title = fields.Char()
    text = fields.Char()
    remedy = fields.Char()


def _run(dbname: str, uid: int, context: dict, check_id: int):
    try:
        with Registry(dbname).cursor() as cr:
            env = api.Environment(cr, uid, context)
            env["email.engagement.check"].browse(check_id)._run()
    except Exception:
        # A thread has no one to tell; the screen says that it was interrupted.
        _logger.exception("The check of the set-up broke off")
