import contextlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError
from odoo.tools import SQL
from odoo.tools.urls import urljoin

from ..tools import arrays
from .figures import (
    FIGURES,
    event_figures,
    sum_of_figures,
    trace_figures,
    update_where_different,
)

# Furthest state first: the status of an engagement is the first that holds.
STATUS = [
    ("cancelled", "Cancelled"),
    ("scheduled", "Scheduled"),
    ("outgoing", "Sending"),
    ("failed", "Failed"),
    ("bounced", "Bounced"),
    ("sent", "Not yet opened"),
    ("opened", "Opened"),
    ("clicked", "Clicked"),
    ("replied", "Replied"),
]


class EmailEngagement(models.Model):
    """What is known about one followed email.

    Counters, dates and ``status`` are derived from the events and traces by
    ``_refresh`` and by nothing else; they can be rebuilt at any time.
    """

    _name = "email.engagement"
    _inherit = ["email.engagement.readable.root"]
    _description = "Followed Email"
    _order = "date desc, id desc"
    _rec_name = "subject"

    message_id = fields.Many2one(
        "mail.message", readonly=True, ondelete="set null", index=False
    )
    subject = fields.Char(readonly=True)
    author_id = fields.Many2one(
        "res.partner", "From", readonly=True, ondelete="set null", index="btree"
    )
    user_id = fields.Many2one(
        "res.users", "Sent By", readonly=True, ondelete="set null", index="btree"
    )
    # When the first copy went out; until then, when the message was made.
    date = fields.Datetime(readonly=True, required=True, index=True)
    model = fields.Char("Related Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        "Related Document", readonly=True, model_field="model"
    )
    record_name = fields.Char("Regarding", readonly=True)
    is_private = fields.Boolean(
        "For Its Recipients Only",
        readonly=True,
        help="The message is for the author and those it was sent to: being able "
        "to read the record it is about is not enough to read it.",
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    template_id = fields.Many2one("mail.template", readonly=True, ondelete="set null")
    not_followed_reason = fields.Selection(
        [
            ("unsafe_html", "Its content could not be changed safely"),
            ("security", "It is a security email (password, sign-up or code)"),
            ("error", "An error occurred; see the server's log"),
        ],
        "Not Followed Because",
        readonly=True,
        help="The email went out as it was written: opens and clicks cannot be seen.",
    )
    trace_ids = fields.One2many("email.engagement.trace", "engagement_id", "Recipients")
    is_closed = fields.Boolean(
        readonly=True,
        help="The company's time to record it is over: the timeline is deleted, the "
        "figures stay as they were.",
    )
    link_ids = fields.One2many("email.engagement.link", "engagement_id", "Links")
    event_ids = fields.One2many("email.engagement.event", "engagement_id", "Timeline")
    recipients = fields.Char("To", compute="_compute_recipients")

    sent_count = fields.Integer("Copies", readonly=True, default=0)
    open_count = fields.Integer(
        "Opens",
        readonly=True,
        default=0,
        help="How often people opened it. An open is seen only when pictures are "
        "loaded, so the true number may be higher. What programs did is left out.",
    )
    click_count = fields.Integer(
        "Link Clicks",
        readonly=True,
        default=0,
        help="How often people followed a link. What programs did, such as security "
        "scanners, is left out.",
    )
    attachment_view_count = fields.Integer(
        "Files Viewed",
        readonly=True,
        default=0,
        help="How often people looked at a followed file. What programs did, such as "
        "virus scanners, is left out.",
    )
    reply_count = fields.Integer(
        "Replies",
        readonly=True,
        default=0,
        help="Answers to this email that came back to Odoo. Automatic answers are "
        "left out.",
    )
    machine_count = fields.Integer(
        "Automatic Interactions",
        readonly=True,
        default=0,
        help="What scanners, previews and prefetching did by themselves. It is kept, "
        "with the reason of each, and never part of the figures.",
    )
    first_open = fields.Datetime("First Opened", readonly=True)
    last_open = fields.Datetime(
        "Last Opened",
        readonly=True,
        help="An open is seen only when pictures are loaded: no date does not mean "
        "that nobody read it.",
    )
    last_event = fields.Datetime(
        "Last Interaction",
        readonly=True,
        help="When somebody last opened it, followed a link, looked at a file or "
        "answered. What programs did is left out.",
    )
    status = fields.Selection(
        STATUS,
        readonly=True,
        default="outgoing",
        required=True,
        help="The furthest that any recipient went. Not yet opened means that no open "
        "was seen: mail programs that block pictures do not tell.",
    )

    body = fields.Html(
        "Email",
        compute="_compute_body",
        sanitize=False,
        compute_sudo=False,
        help="Empty for managers who may not read the message.",
    )
    can_read_message = fields.Boolean(
        compute="_compute_body", compute_sudo=False, exportable=False
    )

    _message_unique = models.UniqueIndex("(message_id) WHERE message_id IS NOT NULL")
    _document_idx = models.Index("(model, res_id)")

    # ------------------------------------------------------------
    # What people read
    # ------------------------------------------------------------

    @api.depends_context("lang")
    @api.depends("trace_ids.recipient_name", "trace_ids.recipient_count")
    def _compute_recipients(self):
        for engagement in self:
            names = [
                (trace.recipient_count > 1 and trace.email) or trace.recipient_name
                for trace in engagement.trace_ids
            ]
            if len(names) > 3:
                engagement.recipients = self.env._(
                    "%(names)s and %(count)s more",
                    names=", ".join(names[:2]),
                    count=len(names) - 2,
                )
            else:
                engagement.recipients = ", ".join(names)

    @api.depends("message_id")
    @api.depends_context("uid")
    def _compute_body(self):
        readable = self.message_id._filtered_access("read")
        for engagement in self:
            message = engagement.message_id & readable
            engagement.can_read_message = bool(message)
            engagement.body = message.body

    # ------------------------------------------------------------
    # Addresses
    # ------------------------------------------------------------

    def _get_engagement_base_url(self) -> str:
        """Base of the addresses in this email, without a slash at its end: the
        company's tracking domain, else the address of the record's website, else
        that of the company's.
        """
        self.ensure_one()
        domain = self.company_id.engagement_base_url
        if domain:
            return domain.rstrip("/")
        base_url = general = self.browse().get_base_url()
        if self.model and self.res_id and self.model in self.env:
            # sudo: of the record only its website and company are looked at, for
            # those who may read the email, but perhaps not the record.
            record_sudo = self.env[self.model].sudo().browse(self.res_id)
            with contextlib.suppress(MissingError):
                base_url = record_sudo.get_base_url()
        if base_url == general:
            # A record of no website and no company: that of the email's company.
            base_url = self.company_id.get_base_url()
        return base_url.rstrip("/")

    def _pixel_url(self, base_url, trace_id) -> str:
        token = self.env["email.engagement.token"]._sign("open", trace_id)
        return urljoin(base_url, f"/ee/o/{token}.gif")

    def _link_url(self, base_url, trace_id, link_id) -> str:
        token = self.env["email.engagement.token"]._sign("click", trace_id, link_id)
        return urljoin(base_url, f"/ee/c/{token}")

    # ------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------

    def _refresh(self, trace_ids=None) -> "EmailEngagement":
        """Derive the counters, dates and states of ``self`` and its traces anew.

        Two statements, whatever the number of records: the ORM would read every
        event into memory. Only rows that differ are written.

        :param trace_ids: the traces of ``self`` whose events have changed, where the
            caller knows: an email may have gone to hundreds. All without.
        :return: the engagements that changed, themselves or in a trace.
        """
        if not self.ids:
            return self.browse()
        self.env.flush_all()
        changed_ids = self.env["email.engagement.trace"]._refresh_of(
            self.ids, trace_ids
        )
        figures = SQL(
            """
            SELECT engagement.id, trace.sent AS sent_count, event.*,
                   CASE
                       WHEN event.reply_count > 0 THEN 'replied'
                       WHEN event.click_count + event.attachment_view_count > 0
                            THEN 'clicked'
                       WHEN event.open_count > 0 THEN 'opened'
                       WHEN trace.sent > 0 THEN 'sent'
                       WHEN trace.bounced > 0 THEN 'bounced'
                       WHEN trace.failed > 0 THEN 'failed'
                       WHEN engagement.scheduled_date IS NOT NULL THEN 'scheduled'
                       WHEN trace.outgoing > 0 THEN 'outgoing'
                       WHEN trace.cancelled > 0 OR engagement.status = 'cancelled'
                            THEN 'cancelled'
                       ELSE 'outgoing'
                   END AS status
              FROM email_engagement engagement
             CROSS JOIN LATERAL (
                    SELECT count(*) FILTER (WHERE state = 'sent') AS sent,
                           count(*) FILTER (WHERE state = 'bounced') AS bounced,
                           count(*) FILTER (WHERE state = 'failed') AS failed,
                           count(*) FILTER (WHERE state = 'outgoing') AS outgoing,
                           count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
                           %s
                      FROM email_engagement_trace
                     WHERE engagement_id = engagement.id
                   ) trace
             CROSS JOIN LATERAL (%s) of_no_trace
             CROSS JOIN LATERAL (SELECT %s) event
             WHERE engagement.id = ANY(%s::int[])
               AND engagement.is_closed IS NOT TRUE
            """,
            trace_figures(),
            event_figures(
                SQL("engagement_id = engagement.id AND trace_id IS NULL"),
            ),
            sum_of_figures("trace", "of_no_trace"),
            arrays.numbers(self.ids),
        )
        rows = self.env.execute_query(
            update_where_different(
                self._table, figures, ("sent_count", *FIGURES, "status"), "id"
            )
        )
        changed_ids.update(id_ for (id_,) in rows)
        self.invalidate_model()
        changed = self.browse(changed_ids)
        changed._engagement_changed()
        return changed

    def _engagement_changed(self):
        """Hook: the figures of ``self`` have just changed."""

    def action_rebuild(self):
        """Derive all figures from the events again (server action)."""
        self._check_administrator()
        # sudo: access to the engagements was checked; their traces have no write
        # access at all.
        changed_sudo = self.sudo()._refresh()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(changed)s of %(total)s followed emails had to be corrected.",
                    changed=len(changed_sudo),
                    total=len(self),
                ),
            },
        }

    def _check_administrator(self):
        """Only administrators, and only of what they may read.

        :raise AccessError: otherwise
        """
        self.check_access("read")
        group = "email_engagement.group_administrator"
        if not (self.env.su or self.env.user.has_group(group)):
            raise AccessError(
                self.env._("Only administrators of Email Engagement may do this.")
            )

    def _engagement_record(self):
        """The record the email is about, empty when it is gone."""
        self.ensure_one()
        if not self.res_id or self.model not in self.env:
            return self.env["mail.thread"]
        return self.env[self.model].browse(self.res_id).exists()

    def action_open_record(self):
        """Open the record that the email is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
