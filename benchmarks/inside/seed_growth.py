"""A company that has been sending for three years, in set-based SQL.

    python -m benchmarks.inside.seed_growth DATABASE EMAILS

Three companies, thirty salespeople, one manager; a fifth as many leads and contacts as
followed emails, two to three copies of each email and four interactions of each copy.
Users and companies do not become more with the emails: what grows is what they have
sent. Some records are the same at every size, ``SAME`` says which.
"""

import sys
from types import SimpleNamespace

from odoo.fields import Command
from odoo.tools import SQL

from .bulk import grow, settle, without_checks
from .odoo_env import environment

COMPANIES = 3
SELLERS = 30
TEMPLATES = 200
YEARS = 3
LINKS = 2

#: Emails of one lead, in the middle of all; those after them have many interactions.
SAME = SimpleNamespace(emails=30, busy=30, crowded=31)

TABLES = (
    "res_partner",
    "crm_lead",
    "calendar_event",
    "mail_message",
    "mail_notification",
    "email_engagement",
    "email_engagement_trace",
    "email_engagement_link",
    "email_engagement_event",
)

BODY = """<p>Good morning,</p><p>thank you for your interest. As promised on the phone
here is our offer, with the drawings and the dates that we can keep. The prices hold
until the end of the month; after that the supplier will raise them, as we hear.</p>
<p>What do you think of it? I should be glad to come by and show you what the others
have made of it.</p><p><a href="https://www.example.com/offer">The offer</a> and
<a href="https://www.example.com/drawings">the drawings</a></p>
<p>Kind regards</p><p>-- <br/>Your salesperson, Example Ltd., 1 Example Street</p>"""


def main(database: str, emails: int) -> None:
    with environment(database) as env:
        # Only what is measured runs.
        env["ir.cron"].search([]).active = False
        env = env(context={"no_reset_password": True, "tracking_disable": True})
        people = _people(env)
        samples = _samples(env, people)
        with without_checks(env, *TABLES):
            _plan(env, emails, people, samples)
            _write(env, samples)
            for name in ("bench_email", "bench_copy", "bench_event"):
                env.cr.execute(SQL("DROP TABLE %s", SQL.identifier(name)))
        settle(env, *TABLES)
        env["email.engagement.template.stats"]._refresh()
        settle(
            env,
            *("email_engagement_template_day", "email_engagement_template_stats"),
            "mail_template",
        )
        records = env["email.engagement.record"]
        records._run_daily()
        records._run()
        settle(env, "email_engagement_record", "email_engagement_record_touch")


def _people(env) -> SimpleNamespace:
    """Salespeople see their own leads, one sees those of all, one is administrator."""
    companies = env.company
    for number in range(2, COMPANIES + 1):
        companies |= env["res.company"].create({"name": f"Company {number}"})
    own = env.ref("sales_team.group_sale_salesman")
    every = env.ref("sales_team.group_sale_salesman_all_leads")

    def user(login, company, group):
        return env["res.users"].create(
            {
                "name": login,
                "login": login,
                "email": f"{login}@example.com",
                "tz": "Europe/Brussels",
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                "group_ids": [Command.link(group.id)],
            }
        )

    sellers = env["res.users"]
    for number in range(SELLERS):
        sellers |= user(f"seller{number}", companies[number % COMPANIES], own)
    user("leader", companies[0], every)
    user("newcomer", companies[0], own)
    admin = env.ref("base.user_admin")
    admin.write(
        {
            "company_ids": [Command.set(companies.ids)],
            "group_ids": [
                Command.link(env.ref("sales_team.group_sale_manager").id),
                Command.link(env.ref("base.group_system").id),
            ],
        }
    )
    return SimpleNamespace(companies=companies, sellers=sellers)


def _samples(env, people) -> SimpleNamespace:
    """One of each, made by the ORM: what the others are copies of."""
    user = people.sellers[0]
    partner = env["res.partner"].create({"name": "Ada", "email": "ada@example.com"})
    lead = env["crm.lead"].create(
        {"name": "Offer", "type": "opportunity", "partner_id": partner.id}
    )
    event = env["calendar.event"].create(
        {
            "name": "Meeting",
            "start": "2026-01-05 08:00:00",
            "stop": "2026-01-05 09:00:00",
            "partner_ids": [],
        }
    )
    message = env["mail.message"].create(
        {
            "model": "crm.lead",
            "res_id": lead.id,
            "message_type": "comment",
            "subtype_id": env.ref("mail.mt_comment").id,
            "subject": "Our offer",
            "body": BODY,
            "author_id": user.partner_id.id,
        }
    )
    notification = env["mail.notification"].create(
        {
            "mail_message_id": message.id,
            "res_partner_id": partner.id,
            "notification_type": "email",
            "notification_status": "sent",
            "is_read": True,
            "author_id": user.partner_id.id,
        }
    )
    engagement = env["email.engagement"].create(
        {"subject": "Our offer", "date": "2026-01-05 08:00:00", "status": "sent"}
    )
    template = env["mail.template"].create(
        {"name": "Template", "model_id": env["ir.model"]._get_id("crm.lead")}
    )
    grow(
        template,
        SQL("generate_series(1, %s) n", TEMPLATES),
        name="jsonb_build_object('en_US', 'Template ' || n)",
    )
    return SimpleNamespace(
        partner=partner,
        lead=lead,
        event=event,
        message=message,
        notification=notification,
        engagement=engagement,
        template=template,
        link=env["email.engagement.link"].create(
            {
                "engagement_id": engagement.id,
                "label": "The offer",
                "url": "https://www.example.com/offer",
            }
        ),
        trace=env["email.engagement.trace"].create(
            {"engagement_id": engagement.id, "state": "sent"}
        ),
    )


def _plan(env, emails: int, people, samples) -> None:
    """What was sent, to whom, and what they did, with the ids of the later rows.

    Random, with a fixed seed.
    """
    leads = emails // 5
    same = emails // 2
    env.cr.execute("SET max_parallel_workers_per_gather = 0")
    env.cr.execute("SET work_mem = '512MB'")
    env.cr.execute("SELECT setseed(0.19)")
    bases = {
        name: env.execute_query(
            SQL("SELECT COALESCE(max(id), 0) FROM %s", SQL.identifier(name))
        )[0][0]
        for name in TABLES
    }
    about = {
        "emails": emails,
        "leads": leads,
        "same": same,
        "same_last": same + SAME.emails,
        "busy": same + SAME.busy,
        "crowded": same + SAME.crowded,
        "days": YEARS * 365,
        "sellers": people.sellers.ids,
        "authors": people.sellers.partner_id.ids,
        "companies": people.companies.ids,
        "seller_count": SELLERS,
        "template": samples.template.id,
        "templates": TEMPLATES,
        **{f"base_{name}": SQL("%s", base) for name, base in bases.items()},
    }
    env.cr.execute(SQL(EMAILS, **about))
    env.cr.execute("ANALYZE bench_email")
    env.cr.execute(SQL(COPIES, **about))
    env.cr.execute("ANALYZE bench_copy")
    env.cr.execute(SQL(EVENTS, **about))
    env.cr.execute("CREATE INDEX ON bench_email (n)")
    env.cr.execute("ANALYZE bench_event")
    _records(env, leads, emails // 200, people, samples, bases)


EMAILS = """
CREATE UNLOGGED TABLE bench_email AS
SELECT n, %(base_email_engagement)s + n AS id, %(base_mail_message)s + n AS message_id,
       now() AT TIME ZONE 'UTC' - interval '1 hour'
           - (%(emails)s - n)::float8 / %(emails)s * %(days)s * interval '1 day'
           AS date,
       lead, (%(sellers)s::int[])[1 + lead %% %(seller_count)s] AS user_id,
       (%(authors)s::int[])[1 + lead %% %(seller_count)s] AS author_id,
       (%(companies)s::int[])[1 + lead %% %(seller_count)s %% 3] AS company_id,
       CASE WHEN kind < 0.88 THEN 'crm.lead' WHEN kind < 0.98 THEN 'res.partner'
            ELSE 'calendar.event' END AS model,
       CASE WHEN kind < 0.88 THEN %(base_crm_lead)s + 1 + lead
            WHEN kind < 0.98 THEN %(base_res_partner)s + 1 + lead
            ELSE %(base_calendar_event)s + 1 + n %% (%(emails)s / 200) END AS res_id,
       CASE WHEN random() < 0.4
            THEN %(template)s + 1 + floor(random() * %(templates)s)::int
       END AS template_id
  FROM (SELECT n,
               CASE WHEN n >= %(same)s AND n < %(same_last)s THEN 0
                    ELSE (n / 5 + n %% 5 * 13) %% %(leads)s END AS lead,
               CASE WHEN n >= %(same)s AND n < %(same_last)s + 2 THEN 0
                    ELSE random() END AS kind
          FROM generate_series(1, %(emails)s) n OFFSET 0) email
"""

COPIES = """
CREATE UNLOGGED TABLE bench_copy AS
SELECT n, id AS engagement_id, message_id, author_id, date,
       %(base_email_engagement_trace)s + row_number() OVER (ORDER BY n, k) AS id,
       %(base_res_partner)s + 1 + (lead + k * 977) %% %(leads)s AS partner_id,
       random() < 0.98 AS arrived,
       CASE WHEN n = %(busy)s THEN 60 WHEN n = %(crowded)s THEN 600
            WHEN random() < 0.55 THEN 1 + floor(random() * 5) ELSE 0 END AS opens,
       CASE WHEN n >= %(busy)s AND n <= %(crowded)s THEN 5
            WHEN random() < 0.35 THEN 1 + floor(random() * 2) ELSE 0 END AS clicks,
       (random() < 0.1)::int AS views,
       (random() < 0.08)::int AS replies,
       CASE WHEN n = %(crowded)s THEN 400
            WHEN random() < 0.5 THEN 1 + floor(random() * 5) ELSE 0 END AS machines
  FROM (SELECT email.*, k FROM bench_email email
          JOIN LATERAL generate_series(
               0, CASE WHEN n >= %(busy)s AND n <= %(crowded)s THEN 9
                       WHEN n >= %(same)s AND n < %(same_last)s THEN 2
                       ELSE n %% 4 END) k ON TRUE
        OFFSET 0) copy
"""

# Most is done soon, and what is done late is done by few.
EVENTS = """
CREATE UNLOGGED TABLE bench_event AS
SELECT copy.n, copy.id AS trace_id, copy.engagement_id, act.type, act.actor,
       act.counted, act.reason,
       LEAST(copy.date + random() ^ 4 * interval '30 days',
             now() AT TIME ZONE 'UTC') AS date,
       CASE WHEN act.type IN ('click', 'attachment')
            THEN %(base_email_engagement_link)s + copy.n * 2 - (random() < 0.7)::int
       END AS link_id
  FROM bench_copy copy
 CROSS JOIN LATERAL (
       SELECT 'open' AS type, CASE WHEN g %% 3 = 0 THEN 'proxy' ELSE 'human' END
                  AS actor, TRUE AS counted, NULL AS reason
         FROM generate_series(1, opens::int) g
        UNION ALL
       SELECT 'click', 'human', TRUE, NULL FROM generate_series(1, clicks::int)
        UNION ALL
       SELECT 'attachment', 'human', TRUE, NULL FROM generate_series(1, views)
        UNION ALL
       SELECT 'reply', 'human', TRUE, NULL FROM generate_series(1, replies)
        UNION ALL
       SELECT 'click', 'scanner', FALSE, 'burst' FROM generate_series(1, machines::int)
       ) act
 WHERE copy.arrived
 UNION ALL
SELECT n, NULL, id, 'sent', 'human', FALSE, NULL, date, NULL FROM bench_email
"""


def _records(env, leads, meetings, people, samples, bases) -> None:
    address = f"'customer' || {bases['res_partner']} + n || '@customer.example.com'"
    grow(
        samples.partner,
        SQL("generate_series(1, %s) n", leads),
        id=f"{bases['res_partner']} + n",
        name="'Customer ' || n",
        complete_name="'Customer ' || n",
        email=address,
        email_normalized=address,
        commercial_partner_id=f"{bases['res_partner']} + n",
    )
    sellers, companies = (
        f"ARRAY{each.ids}" for each in (people.sellers, people.companies)
    )
    grow(
        samples.lead,
        SQL("generate_series(1, %s) n", leads),
        id=f"{bases['crm_lead']} + n",
        name="'Offer ' || n",
        user_id=f"({sellers})[1 + (n - 1) %% {SELLERS}]",
        company_id=f"({companies})[1 + (n - 1) %% {SELLERS} %% {COMPANIES}]",
        partner_id=f"{bases['res_partner']} + n",
        partner_name="'Customer ' || n",
        email_from=address,
        email_normalized=address,
        date_open="now() AT TIME ZONE 'UTC'",
    )
    grow(
        samples.event,
        SQL("generate_series(1, %s) n", meetings + 1),
        id=f"{bases['calendar_event']} + n",
        name="'Meeting ' || n",
        user_id=f"({sellers})[1 + n %% {SELLERS}]",
        privacy="CASE WHEN n %% 10 = 0 THEN 'private' END",
    )


def _write(env, samples) -> None:
    """From the plan into the tables."""
    grow(
        samples.message,
        SQL("(SELECT * FROM bench_email ORDER BY n) e"),
        id="e.message_id",
        message_id="'<' || e.n || '-openerp-message-notify@bench>'",
        model="e.model",
        res_id="e.res_id",
        date="e.date",
        create_date="e.date",
        author_id="e.author_id",
        create_uid="e.user_id",
        subject="'Our offer ' || e.n",
    )
    grow(
        samples.notification,
        SQL("(SELECT * FROM bench_copy ORDER BY id) copy"),
        mail_message_id="copy.message_id",
        res_partner_id="copy.partner_id",
        author_id="copy.author_id",
        read_date="copy.date",
    )
    env.cr.execute(FIGURES)
    env.cr.execute("ANALYZE bench_figures")
    grow(
        samples.engagement,
        SQL(ENGAGEMENTS),
        id="e.id",
        message_id="e.message_id",
        subject="'Our offer ' || e.n",
        author_id="e.author_id",
        user_id="e.user_id",
        create_uid="e.user_id",
        date="e.date",
        model="e.model",
        res_id="e.res_id",
        record_name="'Offer ' || e.lead",
        company_id="e.company_id",
        template_id="e.template_id",
        template_name="CASE WHEN e.template_id IS NOT NULL THEN 'Template' END",
        is_private="FALSE",
        is_closed="FALSE",
        sent_count="e.sent",
        **_figures("e"),
        status="""CASE WHEN e.sent = 0 THEN 'bounced'
                       WHEN e.reply_count > 0 THEN 'replied'
                       WHEN e.click_count + e.attachment_view_count > 0 THEN 'clicked'
                       WHEN e.open_count > 0 THEN 'opened' ELSE 'sent' END""",
    )
    grow(
        samples.trace,
        SQL(
            """(SELECT copy.*, figure.* FROM bench_copy copy
                  LEFT JOIN bench_figures figure ON figure.trace_id = copy.id
                 ORDER BY copy.id) c"""
        ),
        id="c.id",
        engagement_id="c.engagement_id",
        partner_id="c.partner_id",
        email="'customer' || c.partner_id || '@customer.example.com'",
        state="CASE WHEN c.arrived THEN 'sent' ELSE 'bounced' END",
        sent_date="c.date",
        **_figures("c"),
    )
    env.cr.execute("DROP TABLE bench_figures")
    grow(
        samples.link,
        SQL(
            """(SELECT n, id, k FROM bench_email, generate_series(1, %s) k
                ORDER BY n, k) e""",
            LINKS,
        ),
        id=f"{samples.link.id} + (e.n - 1) * {LINKS} + k",
        engagement_id="e.id",
        sequence="k",
        label="CASE k WHEN 1 THEN 'The offer' ELSE 'The drawings' END",
        url="'https://www.example.com/' || k || '/' || e.n",
    )
    env.cr.execute(WRITE_EVENTS)


def _figures(alias: str) -> dict[str, str]:
    counts = ("open", "click", "attachment_view", "reply", "machine")
    return {
        **{f"{name}_count": f"COALESCE({alias}.{name}_count, 0)" for name in counts},
        **{n: f"{alias}.{n}" for n in ("first_open", "last_open", "last_event")},
    }


FIGURES = """
CREATE UNLOGGED TABLE bench_figures AS
SELECT trace_id, min(n) AS email_n,
       count(*) FILTER (WHERE counted AND type = 'open') AS open_count,
       count(*) FILTER (WHERE counted AND type = 'click') AS click_count,
       count(*) FILTER (WHERE counted AND type = 'attachment') AS attachment_view_count,
       count(*) FILTER (WHERE counted AND type = 'reply') AS reply_count,
       count(*) FILTER (WHERE actor = 'scanner') AS machine_count,
       min(date) FILTER (WHERE counted AND type = 'open') AS first_open,
       max(date) FILTER (WHERE counted AND type = 'open') AS last_open,
       max(date) FILTER (WHERE counted) AS last_event
  FROM bench_event WHERE trace_id IS NOT NULL GROUP BY trace_id
"""

ENGAGEMENTS = """
(SELECT email.*, figure.*, copy.sent
   FROM bench_email email
   JOIN (SELECT n, count(*) FILTER (WHERE arrived) AS sent FROM bench_copy GROUP BY n)
        copy ON copy.n = email.n
   LEFT JOIN (SELECT email_n, sum(open_count) AS open_count,
                     sum(click_count) AS click_count,
                     sum(attachment_view_count) AS attachment_view_count,
                     sum(reply_count) AS reply_count,
                     sum(machine_count) AS machine_count, min(first_open) AS first_open,
                     max(last_open) AS last_open, max(last_event) AS last_event
                FROM bench_figures GROUP BY email_n) figure ON email_n = email.n
  ORDER BY email.n) e
"""

WRITE_EVENTS = """
INSERT INTO email_engagement_event
       (engagement_id, trace_id, link_id, type, date, last_date, actor, reason, counted,
        hit_count, device, client, os)
SELECT engagement_id, trace_id, link_id, type, date, date, actor, reason, counted, 1,
       CASE WHEN type = 'sent' THEN 'unknown' WHEN trace_id % 3 = 0 THEN 'mobile'
            ELSE 'desktop' END,
       CASE WHEN type = 'sent' THEN NULL WHEN trace_id % 3 = 0 THEN 'Apple Mail'
            ELSE 'Outlook' END,
       CASE WHEN type = 'sent' THEN NULL WHEN trace_id % 3 = 0 THEN 'iOS'
            ELSE 'Windows' END
  FROM bench_event ORDER BY date
"""


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
