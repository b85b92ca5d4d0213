"""Make templates with many followed copies, and say how long their results take.

    python -m benchmarks.inside.run_templates DATABASE TEMPLATES COPIES REPEAT [--plans]

Prints JSON: {what: [[milliseconds, statements, pages], ...]}; then, on request, plans.
Pages of the database that were looked at, in memory or not, do not depend on what else
the machine does.
"""

import json
import sys
import time

from odoo.sql_db import Cursor
from odoo.tools import SQL

from .bulk import grow, settle, without_checks
from .odoo_env import environment

TABLES = ("email_engagement_template_day", "email_engagement_template_stats")
COLUMNS = [
    "name",
    "engagement_sent_count",
    "engagement_open_rate",
    "engagement_results",
]


def main(database: str, templates: int, copies: int, repeat: int, plans: bool) -> None:
    with environment(database) as env:
        _fill(env, templates, copies)
        env.cr.commit()
        shown = _Plans() if plans else None
        measured = {}
        for what, action, *before in _cases(env):
            measured[what] = []
            # All copies take minutes; where one counts them again is another line.
            for number in range(1 if what.startswith("count all") else repeat):
                for prepare in before:
                    prepare()
                if shown:
                    shown.title = what if number == 0 else None
                measured[what].append(_measure(env, action))
        print(json.dumps(measured))
        if shown:
            print("\n\n".join(shown.texts))


def _fill(env, templates: int, copies: int) -> None:
    """One email has four copies. What became of them differs by template, over a year
    and a bit. Links and clicks are those of one template, whose form is read.
    """
    emails = copies // 4
    sample = env["mail.template"].create(
        {"name": "Sample", "model_id": env["ir.model"]._get_id("res.partner")}
    )
    grow(
        sample,
        SQL("generate_series(1, %s) n", templates),
        name="jsonb_build_object('en_US', 'Template ' || n)",
    )
    for statement, *parameters in (
        (
            """
            INSERT INTO email_engagement
                   (subject, date, template_id, template_name, company_id, status,
                    model, res_id)
            SELECT 'Email',
                   now() AT TIME ZONE 'UTC'
                   - (n + n / %s * 17) %% 400 * interval '1 day',
                   first.id + n %% %s, 'Template', %s, 'sent', 'res.partner', n
              FROM generate_series(1, %s) n,
                   (SELECT min(id) AS id FROM mail_template
                     WHERE name->>'en_US' = 'Template 1') first
            """,
            templates,
            templates,
            env.company.id,
            emails,
        ),
        (
            """
            INSERT INTO email_engagement_trace
                   (engagement_id, email, recipient_count, state, sent_date,
                    open_count, click_count, attachment_view_count, reply_count,
                    machine_count)
            SELECT email.id, n || '@customer.example.com', 1,
                   CASE WHEN email.id %% 50 = 0 THEN 'bounced' ELSE 'sent' END,
                   email.date,
                   ((email.id * 7 + n) %% 100 < 30 + email.template_id %% 20)::int,
                   0, 0,
                   ((email.id * 7 + n) %% 100 < 5 + email.template_id %% 7)::int,
                   0
              FROM email_engagement email, generate_series(1, 4) n
            """,
        ),
        (
            """
            INSERT INTO email_engagement_link
                   (engagement_id, kind, sequence, label, url)
            SELECT id, 'url', 1, 'Shop', 'https://shop.example.com/' || id %% 9
              FROM email_engagement
             WHERE template_id = (SELECT min(template_id) FROM email_engagement)
            """,
        ),
        (
            """
            INSERT INTO email_engagement_event
                   (engagement_id, trace_id, link_id, type, date, counted,
                    actor, device)
            SELECT link.engagement_id, trace.id, link.id, 'click', trace.sent_date,
                   true, 'human', 'unknown'
              FROM email_engagement_link link
              JOIN email_engagement_trace trace
                ON trace.engagement_id = link.engagement_id
            """,
        ),
    ):
        with without_checks(env, "email_engagement_trace"):
            env.cr.execute(SQL(statement, *parameters))
    settle(
        env,
        *("mail_template", "email_engagement", "email_engagement_trace"),
        *("email_engagement_link", "email_engagement_event"),
    )


def _cases(env):
    """What is measured, with what is done before it each time."""
    Stats = env["email.engagement.template.stats"]
    Template = env["mail.template"]
    ids = Template.search([("name", "like", "Template ")], order="id").ids
    one = Template.browse(ids[0])
    last = env["email.engagement"].search([], order="id desc", limit=1000)
    touched = env["email.engagement"].browse(_newest(env, ids[:100]))
    best = "engagement_recommended desc, engagement_open_rate desc"

    def change():
        """Every copy of these emails is opened, or is not any more."""
        env.cr.execute(
            """
            UPDATE email_engagement_trace SET open_count = 1 - open_count
             WHERE engagement_id = ANY(%s)
            """,
            [touched.ids],
        )
        Stats._touch(touched)
        env.cr.commit()

    def read(order):
        return lambda: Template.search_read(
            [("model", "=", "res.partner")], COLUMNS, limit=80, order=order
        )

    yield "count all, first time", Stats._refresh
    yield "count all again", Stats._refresh
    settle(env, *TABLES)
    yield "daily: add up the days", Stats._add_up
    yield "count 1000 changed emails of 100 templates", Stats._run, change
    settle(env, *TABLES)
    yield "digest: note 1000 emails", lambda: Stats._touch(last)
    yield "list of 80, by name", read("name")
    yield "list of 80, best first", read(best)
    yield "picker", lambda: Template.engagement_picker("res.partner", 80)
    yield (
        "picker of Odoo alone",
        lambda: [
            Template.search_read(
                [("model", "=", "res.partner"), ("user_id", "=", owner)],
                ["display_name"],
                limit=80,
            )
            for owner in (env.uid, False)
        ],
    )
    yield (
        "list by model",
        lambda: Template.formatted_read_group(
            [],
            ["model_id"],
            ["engagement_sent_count:sum", "engagement_open_rate:avg", "__count"],
        ),
    )
    yield (
        "form: graph and links",
        lambda: one.read(
            ["engagement_trend", "engagement_links", "engagement_comparison"]
        ),
    )


def _newest(env, template_ids) -> list[int]:
    """Ten emails of each template."""
    env.cr.execute(
        """
        SELECT email.id
          FROM unnest(%s) template (id)
         CROSS JOIN LATERAL (
               SELECT id FROM email_engagement WHERE template_id = template.id
                ORDER BY date DESC LIMIT 10) email
        """,
        [template_ids],
    )
    return [id_ for (id_,) in env.cr.fetchall()]


def _measure(env, action) -> tuple[float, int, int]:
    env.flush_all()
    env.invalidate_all()
    pages = _pages(env)
    before = env.cr.sql_log_count
    started = time.perf_counter()
    action()
    env.flush_all()
    took = 1e3 * (time.perf_counter() - started)
    statements = env.cr.sql_log_count - before
    env.cr.commit()
    return took, statements, _pages(env) - pages


def _pages(env) -> int:
    env.cr.execute("SELECT pg_stat_force_next_flush()")
    env.cr.commit()
    env.cr.execute(
        "SELECT blks_hit + blks_read FROM pg_stat_database"
        " WHERE datname = current_database()"
    )
    [[pages]] = env.cr.fetchall()
    env.cr.commit()
    return pages


class _Plans:
    """The plan of each statement that is not trivial, beside its result."""

    def __init__(self):
        self.texts = []
        self.title = None
        original = Cursor.execute

        def execute(cursor, query, *args, **kwargs):
            text = query.code if isinstance(query, SQL) else str(query)
            if self.title and "engagement" in text and "INSERT INTO" not in text[:40]:
                original(cursor, SQL("EXPLAIN %s", query), *args, **kwargs)
                plan = "\n".join(row[0] for row in cursor.fetchall())
                self.texts.append(f"-- {self.title}\n{plan}")
            return original(cursor, query, *args, **kwargs)

        Cursor.execute = execute


if __name__ == "__main__":
    main(
        sys.argv[1],
        int(sys.argv[2]),
        int(sys.argv[3]),
        int(sys.argv[4]),
        "--plans" in sys.argv,
    )
