"""Make templates with many followed copies, and say how long their results take.

    python -m benchmarks.inside.run_templates DATABASE TEMPLATES COPIES REPEAT [--plans]

Prints JSON: {what: [[milliseconds, statements], ...]}; then, on request, plans.
"""

import json
import sys
import time

from odoo.sql_db import Cursor
from odoo.tools import SQL

from .bulk import grow, settle, without_checks
from .odoo_env import environment

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
        for what, action in _cases(env).items():
            measured[what] = []
            for number in range(repeat):
                if shown:
                    shown.title = what if number == 0 else None
                measured[what].append(_measure(env, action))
        print(json.dumps(measured))
        if shown:
            print("\n\n".join(shown.texts))


def _fill(env, templates: int, copies: int) -> None:
    """One email has four copies. What became of them differs by template, over a year
    and a bit; a twentieth is new enough to be counted again by the digest.
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
            SELECT 'Email', now() AT TIME ZONE 'UTC' - n %% 400 * interval '1 day',
                   first.id + n %% %s, 'Template', %s, 'sent', 'res.partner', n
              FROM generate_series(1, %s) n,
                   (SELECT min(id) AS id FROM mail_template
                     WHERE name->>'en_US' = 'Template 1') first
            """,
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
    ):
        with without_checks(env, "email_engagement_trace"):
            env.cr.execute(SQL(statement, *parameters))
    settle(env, "mail_template", "email_engagement", "email_engagement_trace")


def _cases(env) -> dict:
    Stats = env["email.engagement.template.stats"]
    Template = env["mail.template"]
    ids = Template.search([("name", "like", "Template ")], order="id").ids
    one = Template.browse(ids[0])
    last = env["email.engagement"].search([], order="id desc", limit=1000)
    some = last.template_id.ids[:100]
    best = "engagement_recommended desc, engagement_open_rate desc"

    def read(order):
        return lambda: Template.search_read(
            [("model", "=", "res.partner")], COLUMNS, limit=80, order=order
        )

    return {
        "count all, first time": Stats._refresh,
        "count all again": Stats._refresh,
        "count 100 templates": lambda: Stats._refresh(some),
        "count one template": lambda: Stats._refresh(one.ids),
        "digest: note 1000 emails": lambda: Stats._touch(last),
        "list of 80, by name": read("name"),
        "list of 80, best first": read(best),
        "picker": lambda: Template.search_read(
            [("model", "=", "res.partner"), ("user_id", "in", [env.uid, False])],
            ["display_name", "engagement_alternate", "engagement_results"],
            limit=80,
            order="engagement_recommended desc, user_id.id, name, id",
        ),
        "picker of Odoo alone": lambda: [
            Template.search_read(
                [("model", "=", "res.partner"), ("user_id", "=", owner)],
                ["display_name"],
                limit=80,
            )
            for owner in (env.uid, False)
        ],
        "list by model": lambda: Template.formatted_read_group(
            [],
            ["model_id"],
            ["engagement_sent_count:sum", "engagement_open_rate:avg", "__count"],
        ),
        "form: graph and links": lambda: one.read(
            ["engagement_trend", "engagement_links", "engagement_comparison"]
        ),
    }


def _measure(env, action) -> tuple[float, int]:
    env.flush_all()
    env.invalidate_all()
    before = env.cr.sql_log_count
    started = time.perf_counter()
    action()
    env.flush_all()
    took = 1e3 * (time.perf_counter() - started)
    statements = env.cr.sql_log_count - before
    env.cr.commit()
    return took, statements


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
