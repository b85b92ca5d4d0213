import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.figures import IN_RATES_SQL

WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]
# In this order of their codes, which is how groups are sorted.
DELAYS = [
    ("0", "Within 1 hour"),
    ("1", "Within 1 day"),
    ("2", "Within 3 days"),
    ("3", "Within 1 week"),
    ("4", "Later"),
    ("9", "Not yet opened"),
]


class EmailEngagementReport(models.Model):
    """What graphs and pivot tables are made of: one row per copy that was sent, and one
    per interaction that counts.

    A copy stands at the moment it was sent, in the sender's terms (template,
    salesperson, weekday on which to send), with the country of its contact and the
    device of its first open; its rates are averages over copies. An interaction stands
    at the moment it happened, where it happened (device, country, hour). Hours and
    weekdays are those of the reading user's time zone.

    Both have opens, clicks, views and replies, so a report is about one ``kind`` only:
    each action has it in its domain.
    """

    _name = "email.engagement.report"
    _inherit = ["email.engagement.part"]
    _description = "Email Engagement Analysis"
    _auto = False
    _rec_name = "engagement_id"
    _order = "date desc"

    kind = fields.Selection(
        [("copy", "Sent"), ("interaction", "Interaction")], readonly=True
    )
    date = fields.Datetime(
        readonly=True,
        help="Of what was sent, when it was sent; of interactions, when they happened.",
    )
    hour = fields.Selection(
        "_hours", "Hour of the Day", readonly=True, group_expand="_all_hours"
    )
    weekday = fields.Selection(WEEKDAYS, readonly=True, group_expand="_all_weekdays")
    delay = fields.Selection(
        DELAYS,
        "First Opened",
        readonly=True,
        help="How long after it was sent a copy was first seen to be opened.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        readonly=True,
        groups="email_engagement.group_manager",
    )
    is_mine = fields.Boolean("My Emails", readonly=True)
    template_id = fields.Many2one("mail.template", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Recipient", readonly=True)
    model_id = fields.Many2one("ir.model", "Kind of Record", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    device = fields.Selection("_devices", readonly=True)
    client = fields.Char("Program", readonly=True)
    os = fields.Char("Operating System", readonly=True)

    copies = fields.Integer(readonly=True, aggregator="sum")
    opens = fields.Integer(readonly=True, aggregator="sum")
    clicks = fields.Integer("Link Clicks", readonly=True, aggregator="sum")
    attachment_views = fields.Integer("Files Viewed", readonly=True, aggregator="sum")
    replies = fields.Integer(readonly=True, aggregator="sum")
    open_rate = fields.Float(
        "Open Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Share of the copies sent that were seen to be opened. Mail programs that "
        "block pictures do not tell: the true rate may be higher.",
    )
    click_rate = fields.Float(
        "Click Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Share of the copies sent of which a link was followed or a file viewed.",
    )
    reply_rate = fields.Float(
        "Reply Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Share of the copies sent that were answered.",
    )

    @api.model
    def _read_group_groupby(self, alias, groupby_spec, query):
        # Nor by a detour to the sender: comparing people is for managers. Only
        # grouping: who may read an email sees who sent it, and can filter by that.
        if groupby_spec.startswith("engagement_id."):
            self._check_field_access(self._fields["user_id"], "read")
        return super()._read_group_groupby(alias, groupby_spec, query)

    @api.model
    def _hours(self):
        return [(f"{hour:02}", f"{hour:02}:00") for hour in range(24)]

    # An axis of hours or weekdays leaves none out, or it could not be read as one
    # (of interactions: see read_group_expand in the action). Nothing at all is nothing.
    @api.model
    def _all_hours(self, values, domain):
        return [f"{hour:02}" for hour in range(24)] if values else []

    @api.model
    def _all_weekdays(self, values, domain):
        return [number for number, _name in WEEKDAYS] if values else []

    @api.model
    def _devices(self):
        return (
            self.env["email.engagement.event"]
            ._fields["device"]
            ._description_selection(self.env)
        )

    @property
    def _table_query(self) -> SQL:
        return SQL("%s UNION ALL %s", self._copies(), self._interactions())

    def _copies(self) -> SQL:
        moment = self._local(SQL("COALESCE(trace.sent_date, engagement.date)"))
        return SQL(
            """
            SELECT 2 * trace.id::bigint AS id, 'copy' AS kind,
                   %(common)s,
                   COALESCE(trace.sent_date, engagement.date) AS date,
                   to_char(%(moment)s, 'HH24') AS hour,
                   to_char(%(moment)s, 'ID') AS weekday,
                   contact.country_id,
                   %(device)s AS device, %(client)s AS client, %(os)s AS os,
                   1 AS copies, trace.open_count AS opens, trace.click_count AS clicks,
                   trace.attachment_view_count AS attachment_views,
                   trace.reply_count AS replies,
                   100.0 * (trace.open_count > 0)::int AS open_rate,
                   100.0 * (trace.click_count + trace.attachment_view_count > 0)::int
                       AS click_rate,
                   100.0 * (trace.reply_count > 0)::int AS reply_rate
              FROM email_engagement_trace trace
              JOIN email_engagement engagement ON engagement.id = trace.engagement_id
              LEFT JOIN res_partner contact ON contact.id = trace.partner_id
              LEFT JOIN ir_model model ON model.model = engagement.model
             WHERE %(in_rates)s
            """,
            in_rates=IN_RATES_SQL,
            common=self._common(),
            moment=moment,
            device=self._at_first_open("device"),
            client=self._at_first_open("client"),
            os=self._at_first_open("os"),
        )

    def _at_first_open(self, column: str) -> SQL:
        """What is known of the first open of a copy. Not a join, so that PostgreSQL
        leaves it out where nobody groups by it.
        """
        return SQL(
            """
            (SELECT event.%s
               FROM email_engagement_event event
              WHERE event.trace_id = trace.id AND event.type = 'open' AND event.counted
              ORDER BY event.date, event.id
              LIMIT 1)
            """,
            SQL.identifier(column),
        )

    def _interactions(self) -> SQL:
        moment = self._local(SQL("event.date"))
        return SQL(
            """
            SELECT 2 * event.id::bigint + 1 AS id, 'interaction' AS kind,
                   %(common)s,
                   event.date,
                   to_char(%(moment)s, 'HH24') AS hour,
                   to_char(%(moment)s, 'ID') AS weekday,
                   event.country_id, event.device, event.client, event.os,
                   0 AS copies,
                   (event.type = 'open')::int AS opens,
                   (event.type = 'click')::int AS clicks,
                   (event.type = 'attachment')::int AS attachment_views,
                   (event.type = 'reply')::int AS replies,
                   NULL AS open_rate, NULL AS click_rate, NULL AS reply_rate
              FROM email_engagement_event event
              JOIN email_engagement engagement ON engagement.id = event.engagement_id
              LEFT JOIN email_engagement_trace trace ON trace.id = event.trace_id
              LEFT JOIN ir_model model ON model.model = engagement.model
             WHERE event.counted
            """,
            common=self._common(),
            moment=moment,
        )

    def _common(self) -> SQL:
        return SQL(
            """
            engagement.id AS engagement_id, engagement.user_id, engagement.template_id,
            engagement.company_id, trace.partner_id, model.id AS model_id,
            COALESCE(engagement.user_id = %(uid)s, false) AS is_mine,
            CASE WHEN trace.id IS NULL THEN NULL
                 WHEN trace.first_open IS NULL THEN '9'
                 WHEN %(after)s <= interval '1 h' THEN '0'
                 WHEN %(after)s <= interval '1 d' THEN '1'
                 WHEN %(after)s <= interval '3 d' THEN '2'
                 WHEN %(after)s <= interval '7 d' THEN '3'
                 ELSE '4'
            END AS delay
            """,
            uid=self.env.uid,
            after=SQL("trace.first_open - trace.sent_date"),
        )

    def _local(self, moment: SQL) -> SQL:
        """A naive UTC moment on the clock of the user."""
        name = self.env.context.get("tz") or self.env.user.tz
        if name not in pytz.all_timezones_set:
            name = "UTC"
        return SQL("timezone(%s, timezone('UTC', %s))", name, moment)
