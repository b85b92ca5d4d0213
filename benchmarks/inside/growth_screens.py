from odoo.addons.mail.tools.discuss import Store

from .growth_cases import OUR_COUNT_LIMIT, Cases, Prepared, read

KPIS = {
    "opens": "open_count",
    "clicks": "click_count",
    "files": "attachment_view_count",
    "replies": "reply_count",
    "last open": "last_open",
    "date": "date",
}
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


class Screens(Cases):
    """What people look at."""

    def all(self):
        yield from self.chatter()
        yield from self.lists()
        yield from self.page()
        yield from self.contacts()
        yield from self.leads()
        yield from self.templates()
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
