"""Say how long what people and crons do takes in a database of `seed_growth`.

    python -m benchmarks.inside.run_growth DATABASE REPEAT [--only TEXT] [--plans]

Prints lines of JSON: [what, [[milliseconds, of the clock, statements], ...]]; then, on
request and after an empty line, plans. The first is processor time, Odoo's and
PostgreSQL's: other work on the machine does not show in it. What writes is rolled back:
each time finds the same.
"""

import json
import random
import re
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import Cursor
from odoo.tools import SQL

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.mail.tools.discuss import Store

from .bulk import settle
from .odoo_env import environment
from .seed_growth import LINKS, SAME, TABLES
from .waiting import SENT, Crowd, _insert

KPIS = {
    "opens": "open_count",
    "clicks": "click_count",
    "files": "attachment_view_count",
    "replies": "reply_count",
    "last open": "last_open",
    "date": "date",
}
COUNT_LIMIT = 10_001  # the web client's
OUR_COUNT_LIMIT = 1_001  # that of our views
LIST = (
    *("subject", "recipients", "record_name", "date", "status", "open_count"),
    *("last_open", "attachment_view_count", "click_count", "reply_count"),
)
PAGE = (
    *("subject", "status", "recipients", "date", "record_name", "status_text", "body"),
    *("body_links", "open_count", "click_count", "attachment_view_count"),
    *("reply_count", "machine_count", "first_open", "last_open", "failure_text"),
    *("can_retry", "followed_text", "reminder_summary"),
)
TIMELINE = (
    *("type", "date", "counted", "who", "what", "note", "reason", "reason_text", "url"),
    *("device", "device_text"),
)
LEADS = (
    *("name", "engagement_status", "engagement_last_event", "engagement_last_open"),
    *("engagement_count", "engagement_is_warm"),
)
ACTS = ("open", "click", "attachment")
PEOPLE = ["|", ("counted", "=", True), ("type", "not in", ACTS)]
UNSEEN = [("counted", "=", False), ("type", "in", ACTS)]


def read(env, model, domain, names, order=None, limit=80, count_limit=None):
    """What a list or a page asks the server for."""
    ours = model.startswith("email.engagement")
    return env[model].web_search_read(
        domain,
        {name: {} for name in names},
        limit=limit,
        order=order,
        count_limit=count_limit or (OUR_COUNT_LIMIT if ours else COUNT_LIMIT),
    )


class Cases:
    """Each yields a name and what is measured."""

    def __init__(self, env):
        self.env = env
        self.emails = env["email.engagement"].search_count([]) - 1
        self.first = env["email.engagement"].search([], order="id", limit=1).id
        middle = self.first + self.emails // 2
        self.one, self.busy, self.crowded = (
            env["email.engagement"].browse(middle + offset)
            for offset in (0, SAME.busy, SAME.crowded)
        )
        self.contact = self.one.trace_ids[1].partner_id
        seller = self.one.user_id

        def acting(user):
            return env(
                user=user,
                su=False,
                context={
                    "lang": "en_US",
                    "tz": "Europe/Brussels",
                    "allowed_company_ids": user.company_ids.ids,
                },
            )

        others = env["res.users"].search([("login", "in", ("leader", "newcomer"))])
        by_login = {user.login: user for user in others}
        self.seller = acting(seller)
        self.leader = acting(by_login["leader"])
        self.newcomer = acting(by_login["newcomer"])
        self.admin = acting(env.ref("base.user_admin"))

    def all(self):
        yield from self.chatter()
        yield from self.lists()
        yield from self.page()
        yield from self.contacts()
        yield from self.leads()
        yield from self.templates()
        yield from self.gateway()
        yield from self.crons()
        yield from self.report()

    def chatter(self):
        for who, env in (("seller", self.seller), ("administrator", self.admin)):
            thread = env[self.one.model].browse(self.one.res_id)

            def messages(env=env, thread=thread):
                fetched = env["mail.message"]._message_fetch(None, thread=thread)
                Store().add(fetched["messages"]).get_result()

            yield f"chatter of 30 emails, {who}", messages
        history = [("engagement_id", "=", self.one.id)]
        yield (
            "chatter: recipients unfolded",
            lambda: read(
                *(self.seller, "email.engagement.trace", history),
                ("recipient_name", "status", "failure_text"),
                order="last_event desc nulls last, id",
                limit=6,
            ),
        )

    def lists(self):
        mine = [("user_id", "=", self.seller.uid)]
        for title, env, domain in (
            ("My Followed Emails, seller", self.seller, mine),
            ("All, seller (reads 1 of 30)", self.seller, []),
            ("All, leader (reads 1 of 3)", self.leader, []),
            ("All, administrator", self.admin, []),
        ):
            for label, name in KPIS.items():
                yield (
                    f"{title}: by {label}",
                    lambda env=env, domain=domain, name=name: read(
                        env, "email.engagement", domain, LIST, f"{name} DESC"
                    ),
                )
        yield (
            "All, newcomer (reads none)",
            lambda: read(
                self.newcomer, "email.engagement", [], LIST, "open_count DESC"
            ),
        )
        for who, env in (("seller", self.seller), ("administrator", self.admin)):
            yield (
                f"All, {who}: opened, not answered",
                lambda env=env: read(
                    *(env, "email.engagement"),
                    [("open_count", ">", 0), ("reply_count", "=", 0)],
                    *(LIST, "date desc, id desc"),
                ),
            )
        yield (
            "All, administrator: fewest opens first",
            lambda: read(self.admin, "email.engagement", [], LIST, "open_count ASC"),
        )

    def page(self):
        seller = self.seller
        for title, email in (("650", self.busy), ("10 000", self.crowded)):
            of_email = [("engagement_id", "=", email.id)]
            page = email.with_env(self.admin)
            yield (
                f"page of an email with {title} events",
                lambda page=page: page.web_read({name: {} for name in PAGE}),
            )
            yield (
                f"its timeline, {title} events",
                lambda of_email=of_email: self._timeline(self.admin, of_email),
            )
        yield (
            "page of an email, seller",
            lambda: self.one.with_env(seller).web_read({name: {} for name in PAGE}),
        )
        yield (
            "its timeline, seller",
            lambda: self._timeline(seller, [("engagement_id", "=", self.one.id)]),
        )

    def _timeline(self, env, domain):
        read(
            *(env, "email.engagement.event", [*domain, *PEOPLE], TIMELINE),
            order="date desc, id desc",
            limit=20,
        )
        env["email.engagement.event"].formatted_read_group(
            [*domain, *UNSEEN], ["actor"], ["__count"]
        )

    def contacts(self):
        of_contact = [("contact_id", "child_of", self.contact.id)]
        names = (
            *("engagement_email_count", "engagement_open_rate", "engagement_status"),
            *("engagement_last_event", "engagement_count"),
        )
        for who, env in (("seller", self.seller), ("administrator", self.admin)):
            yield (
                f"contact's figures, {who}",
                lambda env=env: self.contact.with_env(env).web_read(
                    {name: {} for name in names}
                ),
            )
            yield (
                f"contact's timeline, {who}",
                lambda env=env: self._timeline(env, of_contact),
            )
            yield (
                f"contacts, opened and not answered, {who}",
                lambda env=env: read(
                    *(env, "res.partner"),
                    [("engagement_status", "in", ("opened", "clicked"))],
                    ("name", *names[2:]),
                ),
            )
        yield (
            "contacts, list of 80 with our columns",
            lambda: read(self.admin, "res.partner", [], ("name", *names[2:])),
        )

    def leads(self):
        for who, env in (("seller", self.seller), ("administrator", self.admin)):
            yield (
                f"Odoo's own: leads, list of 80, {who}",
                lambda env=env: read(env, "crm.lead", [], ("name",)),
            )
            yield (
                f"Odoo's own: leads, filter that a tenth meets, {who}",
                lambda env=env: read(
                    *(env, "crm.lead", [("email_from", "like", "7@")]), ("name",)
                ),
            )
            yield (
                f"leads, list of 80 with our columns, {who}",
                lambda env=env: read(env, "crm.lead", [], LEADS),
            )
            for title, domain in (
                (
                    "opened, not answered",
                    [("engagement_status", "in", ("opened", "clicked"))],
                ),
                ("warm", [("engagement_last_event", ">=", "-7d")]),
                (
                    "not opened in 7 days",
                    [
                        ("engagement_status", "=", "sent"),
                        ("engagement_last_sent", "<", "-7d"),
                    ],
                ),
            ):
                yield (
                    f"leads, {title}, {who}",
                    lambda env=env, domain=domain: read(env, "crm.lead", domain, LEADS),
                )

            def who_is_warm(env=env):
                read(
                    *(env, "crm.lead", [("engagement_last_event", ">=", "-90d")]),
                    *(LEADS, "engagement_last_event desc"),
                    count_limit=OUR_COUNT_LIMIT,
                )

            yield f"leads, Who Is Warm, {who}", who_is_warm
            yield (
                f"leads, Who Is Warm, {who}, 200 emails just changed",
                Prepared(self._touch, who_is_warm),
            )

    def _touch(self):
        newest = self.env["email.engagement"].search([], order="id desc", limit=200)
        newest._touch_records()

    def templates(self):
        env = self.admin
        named = [("name", "like", "Template 1")]
        template = env["mail.template"].search(named, limit=1)
        yield (
            "picker of templates",
            lambda: env["mail.template"].engagement_picker("crm.lead", 7),
        )
        yield (
            "figures of 80 templates",
            lambda: env["mail.template"].search_read(
                [], ["name", "engagement_results"], limit=80
            ),
        )
        yield (
            "a template's form",
            lambda: template.read(
                ["engagement_trend", "engagement_links", "engagement_comparison"]
            ),
        )
        Stats = self.env["email.engagement.template.stats"]
        newest = self.env["email.engagement"].search([], order="id desc", limit=100)

        def count():
            Stats._touch(newest)
            Stats._run()

        yield "counting templates of 100 emails touched", count

    def gateway(self):
        emails = self.env["email.engagement"]
        message = self.one.message_id
        author, address = self.contact, [self.contact.email_normalized]
        known = [message.message_id, "<unknown@bench>"]
        yield (
            "incoming: which email is answered",
            lambda: emails._answered_by(known, author, address),
        )
        yield (
            "incoming: without References",
            lambda: emails._copy_in_thread(
                message, author, address, fields.Datetime.now()
            ),
        )
        changed = emails.browse(range(self.crowded.id - 200, self.crowded.id))
        yield (
            "open screens: which of 200 a seller reads",
            lambda: changed._readable_by(self.seller.user),
        )

    def crons(self):
        for count in (1_000, 10_000):
            yield (
                f"digest of {count} hits",
                Prepared(
                    lambda count=count: self._hits(count),
                    self.env["email.engagement.digest"]._run,
                ),
            )
        emails = self.env["email.engagement"]
        companies = self.env["res.company"].search([])

        def keep(events, engagements):
            companies.engagement_keep_events = events
            companies.engagement_keep_engagements = engagements

        yield (
            "retention: 500 timelines closed",
            Prepared(
                lambda: keep(events=700, engagements=0),
                emails._forget_old,
            ),
        )
        yield (
            "retention: 500 emails deleted",
            Prepared(
                lambda: keep(events=0, engagements=700),
                emails._forget_old,
            ),
        )
        yield (
            "retention: nothing old enough",
            Prepared(
                lambda: keep(events=5000, engagements=5000),
                emails._forget_old,
            ),
        )
        yield (
            "reminders: 100 of a tenth due",
            Prepared(self._due, emails._run_reminders),
        )
        yield "reminders: none due", emails._run_reminders
        yield (
            "records of 200 emails added up",
            Prepared(self._touch, self.env["email.engagement.record"]._run),
        )
        yield (
            "daily: all records added up",
            self.env["email.engagement.record"]._refresh,
        )
        yield "daily: sources forgotten", self.env["email.engagement.event"]._gc_sources

    def _due(self):
        """A tenth of all emails has a reminder that is due."""
        self.env.cr.execute(
            """
            UPDATE email_engagement
               SET reminder_state = 'set', reminder_type = 'anyway',
                   reminder_date = date + interval '1 hour'
             WHERE id % 10 = 0 AND model = 'crm.lead'
            """
        )

    def _hits(self, count):
        crowd = Crowd()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT trace.id, email.id, trace.sent_date
                  FROM email_engagement email
                  JOIN email_engagement_trace trace ON trace.engagement_id = email.id
                 WHERE email.id > %s AND trace.state = 'sent' AND sent_date IS NOT NULL
                 ORDER BY md5(trace.id::text) LIMIT %s
                """,
                self.first + self.emails - max(count, 2000),
                count,
            )
        )
        first_link = self.env["email.engagement.link"].search([], order="id", limit=1)
        hits = []
        for trace, email, sent in rows:
            link = first_link.id + LINKS * (email - self.first - 1)
            for hit in crowd.hits_of(trace, [link + 1, link + 2]):
                kind, trace_id, link_id, moment, *rest = hit
                hits.append((kind, trace_id, link_id, sent + (moment - SENT), *rest))
        _insert(self.env, sorted(hits[:count], key=lambda hit: hit[3]))

    def report(self):
        copies = [("kind", "=", "copy"), ("date", ">=", "-90d")]
        yield (
            "report: rates by week, last 90 days",
            lambda: self.admin["email.engagement.report"].formatted_read_group(
                copies, ["date:week"], ["open_rate:avg", "__count"]
            ),
        )
        yield (
            "report: hours, last 90 days",
            lambda: self.admin["email.engagement.report"].formatted_read_group(
                [("kind", "=", "interaction"), ("date", ">=", "-90d")],
                ["hour"],
                ["opens:sum", "__count"],
            ),
        )
        yield (
            "report: rates by week, last 7 days, seller",
            lambda: self.seller["email.engagement.report"].formatted_read_group(
                [("kind", "=", "copy"), ("date", ">=", "-7d")],
                ["date:week"],
                ["open_rate:avg", "__count"],
            ),
        )


class Prepared:
    """What is made ready first is not measured."""

    def __init__(self, prepare, action):
        self.prepare, self.action = prepare, action


def measure(env, case, plans=None) -> tuple[float, float, int]:
    """Milliseconds of processor time, of the clock, and statements."""
    env.invalidate_all()
    try:
        action = case
        if isinstance(case, Prepared):
            case.prepare()
            env.flush_all()
            env.invalidate_all()
            action = case.action
        if plans:
            plans.on = True
        statements = env.cr.sql_log_count
        cpu, clock = _cpu(env), time.perf_counter()
        action()
        env.flush_all()
        return (
            1e3 * (_cpu(env) - cpu),
            1e3 * (time.perf_counter() - clock),
            env.cr.sql_log_count - statements,
        )
    finally:
        if plans:
            plans.on = False
        env.cr.precommit.clear()
        env.cr.rollback()
        env.invalidate_all()


def _cpu(env) -> float:
    """Seconds of processor time of this process and of its server process."""
    backend = Path(f"/proc/{env.cr._cnx.get_backend_pid()}/schedstat").read_text()
    return time.process_time() + int(backend.split()[0]) / 1e9


class Plans:
    """The plan of each SELECT that takes long, as it was carried out."""

    def __init__(self, slow: float):
        self.texts, self.on, self.title = [], False, ""
        original = Cursor.execute

        def execute(cursor, query, *args, **kwargs):
            started = time.perf_counter()
            result = original(cursor, query, *args, **kwargs)
            took = 1e3 * (time.perf_counter() - started)
            if self.on and took >= slow:
                code = query.code if isinstance(query, SQL) else str(query)
                text = " ".join(code.split())
                rows = cursor._obj.fetchall() if cursor._obj.description else None
                if text.startswith(("SELECT", "WITH")) and "UPDATE" not in text:
                    sent = cursor._obj.query.decode(errors="replace")
                    with cursor._cnx.cursor() as other:
                        other.execute("EXPLAIN (ANALYZE, BUFFERS) " + sent)
                        plan = "\n".join(row[0] for row in other.fetchall())
                else:
                    plan = ""
                head = f"-- {self.title}: {took:.0f} ms"
                self.texts.append(f"{head}\n{text[:1500]}\n{plan}")
                if rows is not None:
                    original(cursor, query, *args, **kwargs)
            return result

        Cursor.execute = execute


def main(argv) -> None:
    parser = ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("repeat", type=int)
    parser.add_argument("--only")
    parser.add_argument("--plans", type=float, help="of statements of so many ms")
    args = parser.parse_args(argv)
    random.seed(19)
    # As in a batch of a cron whose time is over: nothing is committed.
    stop = patch.object(IrCron, "_commit_progress", lambda *_args, **_kwargs: 0)
    with environment(args.database) as env, stop:
        # Helpers' time would not be seen.
        env.cr.execute("SET max_parallel_workers_per_gather = 0")
        env.cr.commit()
        plans = Plans(args.plans) if args.plans else None
        for name, case in Cases(env).all():
            if args.only and not re.search(args.only, name):
                continue
            measure(env, case)  # what is read once per process
            if plans:
                plans.title = name
                measure(env, case, plans)
            runs = [measure(env, case) for _number in range(args.repeat)]
            print(json.dumps([name, runs]), flush=True)
        # What was rolled back lies about: the next one would stumble over it.
        settle(env, *TABLES)
        print()
        if plans:
            print("\n\n".join(plans.texts))


if __name__ == "__main__":
    main(sys.argv[1:])
