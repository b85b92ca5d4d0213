from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.timeline import IMPLIED
from .unchecked import UncheckedMany2one

ACTOR = [
    ("human", "Person"),
    ("proxy", "Person, through a mail provider's proxy"),
    ("prefetch", "Automatic loading ahead"),
    ("preview", "Link preview"),
    ("scanner", "Security scanner or program"),
    ("self", "Colleague in this Odoo"),
]


class EmailEngagementEvent(models.Model):
    """One classified interaction. The timeline is made of events.

    ``counted``: it is part of the figures. ``reason``: code of the rule that
    decided, see ``tools/rules.py``. ``hit_count``: how many requests were folded
    into this event (repeats within seconds, see ``tools/fold.py``).
    """

    _name = "email.engagement.event"
    _inherit = ["email.engagement.part"]
    _description = "Email Interaction"
    _order = "date desc, id desc"
    _log_access = False

    # No foreign key. A copy is deleted with its email, and the events with it then, by
    # theirs to the email. Who deletes a copy alone deletes its events
    # (``unlink``), and who writes events of a copy holds it (``_hold``).
    trace_id = UncheckedMany2one(
        "email.engagement.trace", "Recipient", ondelete="cascade"
    )
    link_id = fields.Many2one(
        "email.engagement.link", ondelete="set null", index="btree_not_null"
    )
    type = fields.Selection(
        [
            ("sent", "Sent"),
            ("open", "Opened"),
            ("click", "Link clicked"),
            ("attachment", "File viewed"),
            ("reply", "Replied"),
            ("bounce", "Bounced"),
            ("alert", "Alert"),
        ],
        required=True,
    )
    date = fields.Datetime(required=True)
    actor = fields.Selection(ACTOR, required=True, default="human")
    reason = fields.Char()
    counted = fields.Boolean()
    hit_count = fields.Integer("Requests", default=1)
    last_date = fields.Datetime(
        help="Of the last request that was folded into this one."
    )
    source = fields.Char(
        groups="email_engagement.group_administrator",
        help="Keyed hash of network and program, by which bursts are seen. "
        "Cleared after a day.",
    )
    address = fields.Char(
        "IP Address",
        groups="email_engagement.group_administrator",
        help="Kept only where the company keeps raw requests.",
    )
    user_agent = fields.Char(
        groups="email_engagement.group_administrator",
        help="Kept only where the company keeps raw requests.",
    )
    device = fields.Selection(
        [
            ("desktop", "Computer"),
            ("mobile", "Phone"),
            ("tablet", "Tablet"),
            ("unknown", "Unknown"),
        ],
        default="unknown",
    )
    client = fields.Char()
    os = fields.Char("Operating System")
    device_text = fields.Char("With", compute="_compute_device_text")
    country_id = fields.Many2one("res.country", ondelete="set null")
    message_id = fields.Many2one(
        "mail.message",
        "Reply",
        ondelete="set null",
        index="btree_not_null",
        copy=False,  # what it implies is no second reply
    )
    detail = fields.Char(help="What a mail server said about it.")
    who = fields.Char(compute="_compute_who")
    what = fields.Char(compute="_compute_what")
    note = fields.Char(compute="_compute_note")
    url = fields.Char(related="link_id.shown_url", related_sudo=False)

    _trace_idx = models.Index("(trace_id, last_date)")
    # Of an email as a whole: few, and counted with the figures of its copies.
    _no_trace_idx = models.Index("(engagement_id) WHERE trace_id IS NULL")

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        # sudo: whoever may write what became of a copy keeps it, and reads nothing.
        events.sudo().trace_id._hold()
        return events

    @api.depends_context("lang")
    @api.depends("trace_id.recipient_name")
    def _compute_who(self):
        for event in self:
            if event.actor == "self":
                event.who = self.env._("A colleague")
            else:
                event.who = event.trace_id.recipient_name or ""

    @api.depends_context("lang", "uid")
    @api.depends("type", "link_id.label", "link_id.url")
    def _compute_what(self):
        labels = dict(self._fields["type"]._description_selection(self.env))
        for event in self:
            event.what = labels.get(event.type, "")
            if link := event.link_id:
                name = link.label or link.shown_url or link.display_name
                event.what = f"{event.what}: {name}"

    @api.depends_context("lang")
    @api.depends("reason", "counted", "type")
    def _compute_note(self):
        for event in self:
            if event.type == "sent":
                event.note = self.env._(
                    "Handed to your mail server. That it arrived is certain once "
                    "the recipient opens it, clicks or answers."
                )
            elif event.reason == IMPLIED:
                event.note = self.env._(
                    "Seen by what followed: pictures are blocked there"
                )
            elif event.reason and not event.counted:
                event.note = self.env._("Not counted: %s", event.reason_text)
            else:
                event.note = False

    @api.depends_context("lang")
    @api.depends("device", "client", "os")
    def _compute_device_text(self):
        labels = dict(self._fields["device"]._description_selection(self.env))
        for event in self:
            device = event.device != "unknown" and labels.get(event.device)
            event.device_text = " · ".join(
                part for part in (device, event.client, event.os) if part
            )

    @api.autovacuum
    def _gc_sources(self):
        """Forget from where clients came: bursts are over within seconds.

        One statement: the ORM would read every event of a day.
        """
        self.env.execute_query(
            SQL(
                """
                UPDATE email_engagement_event SET source = NULL
                 WHERE source IS NOT NULL
                   AND last_date < now() AT TIME ZONE 'UTC' - interval '1 day'
             RETURNING id
                """
            )
        )
        self.invalidate_model(["source"])
