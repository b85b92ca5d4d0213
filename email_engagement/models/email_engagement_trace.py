from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import arrays
from .email_engagement import STATUS
from .email_engagement_policy import NOT_FOLLOWED
from .figures import FIGURES, event_figures, update_where_different


class EmailEngagementTrace(models.Model):
    """One recipient's copy of one followed email.

    A copy that several addresses share (``To`` and ``Cc`` of one mail) is one
    trace without partner: nobody can tell which of them opened it.
    """

    _name = "email.engagement.trace"
    _inherit = ["email.engagement.part"]
    _description = "Recipient of a Followed Email"
    _order = "id"
    _rec_name = "email"

    partner_id = fields.Many2one(
        "res.partner", "Recipient", ondelete="set null", index="btree_not_null"
    )
    email = fields.Char(help="Address, or addresses separated by a comma.")
    recipient_count = fields.Integer(default=1)
    recipient_name = fields.Char(compute="_compute_recipient_name")
    state = fields.Selection(
        [
            ("outgoing", "Sending"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("bounced", "Bounced"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="outgoing",
        help="Sent: handed to your mail server. That it arrived is certain once the "
        "recipient opens it, clicks or answers.",
    )
    followed = fields.Selection(
        [
            ("all", "Opens and clicks"),
            ("opens", "Opens only"),
            ("clicks", "Clicks only"),
            ("none", "Not followed"),
        ],
        default="all",
        help="What this copy was sent with. Other copies are not concerned.",
    )
    not_followed_reason = fields.Selection(NOT_FOLLOWED, "Not Followed Because")
    is_anonymous = fields.Boolean(
        help="Everybody's copy: totals only. Nothing about persons is kept."
    )
    opens_level = fields.Integer(
        default=1, help="Whether opens are recorded now, see tools/policy.py."
    )
    clicks_level = fields.Integer(
        default=1, help="Whether clicks are recorded now, see tools/policy.py."
    )
    failure_type = fields.Char(
        help="Code: what Odoo calls a failure to send, or why it came back."
    )
    failure_reason = fields.Char(help="What the mail server said.")
    failure_text = fields.Char("Not Delivered", compute="_compute_failure_text")
    status = fields.Selection(
        STATUS,
        compute="_compute_status",
        help="The furthest that this recipient went.",
    )
    sent_date = fields.Datetime("Sent On")
    open_count = fields.Integer(
        "Opens",
        default=0,
        help="An open is seen only when pictures are loaded, so the true number may be "
        "higher. What programs did is left out.",
    )
    click_count = fields.Integer(
        "Link Clicks",
        default=0,
        help="What programs did, such as security scanners, is left out.",
    )
    attachment_view_count = fields.Integer("Files Viewed", default=0)
    reply_count = fields.Integer("Replies", default=0)
    machine_count = fields.Integer("Automatic Interactions", default=0)
    first_open = fields.Datetime("First Opened")
    last_open = fields.Datetime("Last Opened")
    last_event = fields.Datetime("Last Interaction")

    _partner_unique = models.UniqueIndex(
        "(engagement_id, partner_id) WHERE partner_id IS NOT NULL"
    )
    _address_idx = models.Index("USING gin (string_to_array(email, ', '))")

    def init(self):
        # Figures are in no index: where a page has room for the new version of a row,
        # the indexes need not be written with each of them.
        self.env.cr.execute("ALTER TABLE email_engagement_trace SET (fillfactor = 85)")
        return super().init()

    @api.depends_context("lang")
    @api.depends("partner_id.name", "email", "recipient_count", "is_anonymous")
    def _compute_recipient_name(self):
        for trace in self:
            if trace.is_anonymous:
                trace.recipient_name = self.env._("Recipients (anonymous)")
                continue
            # sudo: the name of a recipient belongs to the mail, which the user
            # may read; the contact itself may be closed to him.
            name = trace.partner_id.sudo().name
            if trace.recipient_count > 1 and trace.email:
                name = self.env._("Someone of %(addresses)s", addresses=trace.email)
            trace.recipient_name = name or trace.email or self.env._("Unknown")

    @api.depends(
        *("state", "open_count", "click_count"),
        *("attachment_view_count", "reply_count"),
    )
    def _compute_status(self):
        for trace in self:
            if trace.reply_count:
                trace.status = "replied"
            elif trace.click_count or trace.attachment_view_count:
                trace.status = "clicked"
            elif trace.open_count:
                trace.status = "opened"
            else:
                trace.status = trace.state

    @api.depends_context("lang")
    @api.depends("recipient_name")
    def _compute_display_name(self):
        for trace in self:
            trace.display_name = trace.recipient_name

    def _recording(self, kind: str):
        """Those of ``self`` whose recipient may be recorded now.

        :param kind: ``open``, ``image``, ``click`` or ``attachment``
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM email_engagement_trace trace WHERE id = ANY(%s) AND %s",
                self.ids,
                self.env["email.engagement.policy"]._recorded_sql(kind),
            )
        )
        return self.browse([id_ for (id_,) in rows])

    def _addresses(self) -> list[str]:
        """The addresses that this copy went to, as far as they are (still) known."""
        self.ensure_one()
        return self.email.split(", ") if self.email else []

    def _was_left(self) -> bool:
        """Whether somebody was taken out of this copy: erased, or one of several
        addresses removed.
        """
        self.ensure_one()
        return (
            not self.partner_id
            and not self.is_anonymous
            and len(self._addresses()) < self.recipient_count
        )

    def _set_sent(self):
        """The mail server has accepted this copy."""
        self.write(
            {
                "state": "sent",
                "sent_date": fields.Datetime.now(),
                "failure_type": False,
                "failure_reason": False,
            }
        )

    def _set_failed(self, reason, failure_type=False):
        self.write(
            {
                "state": "failed",
                "failure_type": failure_type,
                "failure_reason": reason,
            }
        )

    def unlink(self):
        """With their events, which have no foreign key that would do it."""
        # sudo: whoever may delete a copy deletes what became of it.
        events_sudo = self.env["email.engagement.event"].sudo()
        events_sudo.search([("trace_id", "in", self.ids)]).unlink()
        return super().unlink()

    def _hold(self):
        """Keep ``self`` from being deleted until this transaction has ended, as a
        foreign key does for each row that is written. Emails before their copies, in
        the order in which deleting locks them.

        :raise SerializationFailure: somebody has just deleted one of them
        :raise ValueError: one was gone before
        """
        if not self.ids:
            return
        rows = self.env.execute_query(
            SQL(
                """
                WITH held AS MATERIALIZED (
                    SELECT id FROM email_engagement
                     WHERE id IN (SELECT engagement_id FROM email_engagement_trace
                                   WHERE id = ANY(%(ids)s::int[]))
                     ORDER BY id FOR KEY SHARE
                )
                SELECT id FROM email_engagement_trace
                 WHERE id = ANY(%(ids)s::int[]) AND (SELECT count(*) FROM held) > 0
                 ORDER BY id FOR KEY SHARE
                """,
                ids=arrays.numbers(self.ids),
            )
        )
        if len(rows) < len(self):
            raise ValueError("a copy is gone that something is to be written about")

    @api.model
    def _refresh_of(self, engagement_ids: list[int], trace_ids=None) -> set[int]:
        """Derive the counters of the traces of some engagements from the events.

        One statement, see ``email.engagement._refresh``.

        :param trace_ids: those of the traces that are to be counted; all without
        :return: ids of the engagements with a trace that changed.
        """
        if trace_ids is None:
            scope = SQL(
                "trace.engagement_id = ANY(%s::int[])", arrays.numbers(engagement_ids)
            )
        else:
            scope = SQL("trace.id = ANY(%s::int[])", arrays.numbers(trace_ids))
        figures = SQL(
            """
            SELECT trace.id, event.*
              FROM email_engagement_trace trace
              JOIN email_engagement engagement
                ON engagement.id = trace.engagement_id
             CROSS JOIN LATERAL (%s) event
             WHERE %s AND engagement.is_closed IS NOT TRUE
            """,
            event_figures(SQL("trace_id = trace.id")),
            scope,
        )
        rows = self.env.execute_query(
            update_where_different(self._table, figures, FIGURES, "engagement_id")
        )
        self.invalidate_model()
        return {id_ for (id_,) in rows}
