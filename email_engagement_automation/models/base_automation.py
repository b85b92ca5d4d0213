import logging

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

EVENT = "email.engagement.event"
CONTACT = "res.partner"
# What starts a rule on a record, and the type of the interaction that does.
TRIGGERS = {
    "on_email_opened": "open",
    "on_email_clicked": "click",
    "on_email_file_viewed": "attachment",
    "on_email_answered": "reply",
}


class BaseAutomation(models.Model):
    """Rules that start with what recipients do with emails.

    On the record that the email was written on; rules on contacts start for the
    contact who did it, whatever record the email was written on. Rules on *Email
    Interaction* get the interaction itself.

    Most interactions are written in SQL, of which rules know nothing, and not all of
    them are a person's that look like it in their first seconds. So rules do not start
    when one is made, but when ``email.engagement.alert`` says that it is news.
    """

    _inherit = "base.automation"

    trigger = fields.Selection(
        selection_add=[
            ("on_email_opened", "Email is opened"),
            ("on_email_clicked", "Link in email is clicked"),
            ("on_email_file_viewed", "File of email is viewed"),
            ("on_email_answered", "Email is answered"),
        ],
        ondelete=dict.fromkeys(TRIGGERS, "cascade"),
    )
    engagement_each_time = fields.Boolean(
        "Each Time",
        help="Also when it happens again with the same email. Otherwise the rule runs "
        "once per email and record.",
    )

    @api.constrains("trigger", "model_id")
    def _check_engagement_trigger(self):
        for rule in self:
            if rule._engagement_is_trigger() and not rule.model_id.is_mail_thread:
                raise ValidationError(
                    self.env._(
                        "No emails are written on %s: it has no chatter.",
                        rule.model_id.name,
                    )
                )

    def _engagement_is_trigger(self) -> bool:
        self.ensure_one()
        return self.trigger in TRIGGERS

    def _get_actions(self, records, triggers):
        automations = super()._get_actions(records, triggers)
        if records._name == EVENT and not self.env.context.get("engagement_settled"):
            return automations.browse()
        return automations

    @api.model
    def _engagement_start(self, events):
        """Start the rules on interactions that have settled."""
        rules = self.with_context(engagement_settled=True)._get_actions(
            events, ["on_create", "on_create_or_write"]
        )
        for rule in rules:
            rule._engagement_run(events)
        rules = self._engagement_rules(TRIGGERS)
        if not rules:
            return
        for event in events.sorted(lambda e: (e.date, e.id)):
            for record in event._engagement_subjects():
                for rule in rules:
                    if (
                        rule.model_name == record._name
                        and TRIGGERS[rule.trigger] == event.type
                    ):
                        rule.with_context(engagement_event_id=event.id)._engagement_run(
                            record,
                            once_for=not rule.engagement_each_time
                            and event.engagement_id,
                        )

    @api.model
    def _engagement_rules(self, triggers):
        """The active rules with one of these triggers, ready to be processed."""
        rules = self.with_context(active_test=True, __action_done={}).search(
            [("trigger", "in", list(triggers))]
        )
        # read before the loops over events
        rules.fetch(["trigger", "model_id", "engagement_each_time", "filter_domain"])
        return rules

    def _engagement_run(self, records, once_for=None):
        """Process those of ``records`` that meet the rule's condition. What fails is
        undone and logged, and keeps neither other rules nor alerts from happening.

        :param once_for: the email for which the rule runs on a record once only
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                records = self._filter_post(records.with_env(self.env), feedback=True)
                if not records or (
                    once_for and self._engagement_has_run(once_for, records)
                ):
                    return
                self._process(records)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("Automation rule %s has failed on %s", self.id, records)

    def _engagement_has_run(self, engagement, record) -> bool:
        """Whether this rule has run for an email on a record before. Written down in
        the same statement, so that no two processes do it both.
        """
        return not self.env.execute_query(
            SQL(
                """
                INSERT INTO email_engagement_automation_run
                            (automation_id, engagement_id, res_id)
                     VALUES (%s, %s, %s)
                ON CONFLICT DO NOTHING
                  RETURNING id
                """,
                self.id,
                engagement.id,
                record.id,
            )
        )
