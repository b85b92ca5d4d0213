from odoo import api, models

EVENT = "email.engagement.event"


class BaseAutomation(models.Model):
    """Rules on *Email Interaction* start when an interaction has settled.

    Most interactions are written in SQL, of which rules know nothing, and not all of
    them are a person's that look like it in their first seconds. So rules do not start
    when one is made, but when ``email.engagement.alert`` says that it is news.
    """

    _inherit = "base.automation"

    def _get_actions(self, records, triggers):
        automations = super()._get_actions(records, triggers)
        if records._name == EVENT and not self.env.context.get("engagement_settled"):
            return automations.browse()
        return automations

    @api.model
    def _engagement_start(self, events):
        """Start the rules on interactions that have settled."""
        automations = self.with_context(engagement_settled=True)._get_actions(
            events, ["on_create", "on_create_or_write"]
        )
        for automation in automations:
            automation._process(
                automation._filter_post(events.with_env(automation.env), feedback=True)
            )
