from contextlib import suppress

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import EngagementCase, EngagementTransactionCase
from .rights import PARTS, RightsMixin
from .test_send import BODY

#: What only administrators may read: not to be searched, sorted or grouped by, either.
SECRETS = {
    "email.engagement.link": ["url"],
    "email.engagement.event": ["source", "address", "user_agent"],
}


@tagged("post_install", "-at_install")
class TestRights(RightsMixin, EngagementTransactionCase):
    """Of an email that a user may not read, nothing can be found out by any way."""

    def assertNothing(self, Model, domain=(), secret="Zebra"):
        """Nothing by any of the ways to read many records."""
        name = Model._rec_name or "id"
        domain = list(domain)
        self.assertFalse(Model.search(domain))
        self.assertEqual(Model.search_count(domain), 0)
        self.assertEqual(Model.search_read(domain, ["display_name"]), [])
        found = Model.web_search_read(domain, {"display_name": {}})
        self.assertEqual((found["length"], found["records"]), (0, []))
        [total] = Model.formatted_read_group(domain, [], ["__count"])
        self.assertEqual(total["__count"], 0)
        self.assertEqual(Model._read_group(domain, ["id"]), [])
        groups = Model.web_read_group(domain, [name], ["__count"])
        self.assertFalse(groups["groups"])
        if Model._rec_name:
            self.assertFalse(Model.name_search(secret, domain))

    def test_nothing_for_users(self):
        for kind in ("user", "stranger"):
            for model in PARTS:
                records = self.parts(model)
                Model = self.of_user(kind, model)
                with self.subTest(kind, model=model):
                    self.assertTrue(records)
                    self.assertNothing(Model, [("id", "in", records.ids)])
                    with self.assertRaises(AccessError):
                        Model.browse(records.ids).read(["display_name"])
                    with self.assertRaises(AccessError):
                        Model.browse(records.ids).web_read({"display_name": {}})
                    with self.assertRaises(AccessError):
                        Model.browse(records.ids).export_data(["display_name"])

    def test_nothing_for_customers(self):
        for kind in ("portal", "public"):
            for model in PARTS:
                Model = self.of_user(kind, model)
                calls = {
                    "search": lambda Model=Model: Model.search([]),
                    "search_count": lambda Model=Model: Model.search_count([]),
                    "name_search": lambda Model=Model: Model.name_search("Zebra"),
                    "formatted_read_group": lambda Model=Model: (
                        Model.formatted_read_group([], [], ["__count"])
                    ),
                    "web_search_read": lambda Model=Model: Model.web_search_read(
                        [], {"display_name": {}}
                    ),
                    "read": lambda Model=Model, model=model: Model.browse(
                        self.parts(model).ids
                    ).read(["display_name"]),
                }
                for name, call in calls.items():
                    subtest = self.subTest(kind, model=model, call=name)
                    with subtest, self.assertRaises(AccessError):
                        call()

    def test_related_fields(self):
        """Searches that go through one model to another one."""
        trace = self.engagement.trace_ids
        domains = {
            "mail.message": [
                [("engagement_id", "=", self.engagement.id)],
                [("engagement_id", "!=", False)],
                [("engagement_id.subject", "=", "Zebra")],
                [("engagement_id.trace_ids.email", "=", trace.email)],
                [("engagement_id.event_ids.type", "=", "click")],
                [("engagement_followed", "=", True)],
                [("engagement_open_count", ">", 0)],
                [("engagement_click_count", "=", 1)],
                [("engagement_status", "=", "clicked")],
            ],
            "email.engagement": [
                [("message_id", "=", self.message.id)],
                [("message_id.body", "ilike", "offer")],
                [("trace_ids", "any", [("email", "=", trace.email)])],
                [("trace_ids.partner_id", "=", self.anna.id)],
                [("event_ids.type", "=", "click")],
                [("link_ids.label", "!=", False)],
            ],
            "email.engagement.trace": [
                [("engagement_id.subject", "=", "Zebra")],
                [("engagement_id.message_id.subject", "=", "Zebra")],
            ],
            "email.engagement.event": [
                [("trace_id.email", "=", trace.email)],
                [("engagement_id.trace_ids.partner_id.name", "ilike", "anna")],
                [("link_id.label", "!=", False)],
            ],
            "email.engagement.report": [
                [("partner_id", "=", self.anna.id)],
                [("engagement_id.subject", "=", "Zebra")],
            ],
            "res.partner": [
                [("id", "=", self.anna.id), ("engagement_count", ">", 0)],
                [("id", "=", self.anna.id), ("engagement_last_open", "!=", False)],
                [("id", "=", self.anna.id), ("engagement_last_event", "!=", False)],
                [("id", "=", self.anna.id), ("engagement_last_sent", "!=", False)],
                [("id", "=", self.anna.id), ("engagement_status", "=", "clicked")],
            ],
        }
        for kind in ("user", "stranger"):
            for model, all_domains in domains.items():
                for domain in all_domains:
                    with self.subTest(kind, model=model, domain=domain):
                        self.assertTrue(self.env[model].search_count(domain))
                        Model = self.of_user(kind, model)
                        self.assertFalse(Model.search(domain))
                        self.assertEqual(Model.search_count(domain), 0)
                        [row] = Model.formatted_read_group(domain, [], ["__count"])
                        self.assertEqual(row["__count"], 0)

    def test_no_operator_that_looks_behind_the_rules(self):
        for model, field in (
            ("email.engagement", "trace_ids"),
            ("mail.message", "engagement_id"),
        ):
            Model = self.of_user("user", model)
            with self.subTest(model), self.assertRaises(ValueError):
                Model.search([(field, "any!", [("id", ">", 0)])])

    def test_figures_of_records_that_are_open(self):
        """The contact may be read, the email it got may not."""
        names = [
            "engagement_count",
            "engagement_last_sent",
            "engagement_last_open",
            "engagement_last_event",
            "engagement_status",
            "engagement_email_count",
            "engagement_open_rate",
        ]
        for kind in ("user", "stranger"):
            anna = self.anna.with_user(self.users[kind])
            [values] = anna.read(names)
            with self.subTest(kind):
                self.assertEqual([values[name] for name in names if values[name]], [])
                [row] = anna.web_read({name: {} for name in names})
                self.assertEqual([row[name] for name in names if row[name]], [])
                self.assertFalse(anna.action_open_engagements().get("res_id"))
                advice = anna.env["email.engagement.moment"].get_advice(anna.ids)
                self.assertEqual(advice["recipients"][0]["opens"], 0)

    def test_order_says_nothing(self):
        """Who may not read the figures gets the order of those without any."""
        partners = self.anna | self.bob
        for order in ("engagement_last_open", "engagement_count"):
            for direction in ("asc", "desc"):
                found = self.of_user("user", "res.partner").search(
                    [("id", "in", partners.ids)], order=f"{order} {direction}, id"
                )
                self.assertEqual(found.ids, sorted(partners.ids))

    def test_fields_of_administrators(self):
        for kind in ("user", "manager"):
            for model, names in SECRETS.items():
                Model = self.of_user(kind, model)
                for name in names:
                    calls = {
                        "read": lambda M=Model, n=name, m=model: M.browse(
                            self.parts(m).ids
                        ).read([n]),
                        "search": lambda M=Model, n=name: M.search([(n, "!=", False)]),
                        "order": lambda M=Model, n=name: M.search([], order=n),
                        "group": lambda M=Model, n=name: M.formatted_read_group(
                            [], [n], ["__count"]
                        ),
                        "aggregate": lambda M=Model, n=name: M.formatted_read_group(
                            [], [], [f"{n}:array_agg"]
                        ),
                        "export": lambda M=Model, n=name, m=model: M.browse(
                            self.parts(m).ids
                        ).export_data([n]),
                        "related": lambda M=Model, n=name: M.env[
                            "email.engagement"
                        ].search([(f"{RELATION[M._name]}.{n}", "ilike", "e")]),
                        "dotted group": lambda M=Model, n=name: (
                            M.env["email.engagement.event"].formatted_read_group(
                                [], [f"link_id.{n}"], ["__count"]
                            )
                            if M._name == "email.engagement.link"
                            else M.search([(n, "=", "x")])
                        ),
                    }
                    for what, call in calls.items():
                        subtest = self.subTest(kind, field=f"{model}.{name}", what=what)
                        with subtest, self.assertRaises(AccessError):
                            call()

    def test_through_core_models(self):
        """What may be read of a message may be read with its engagement, and nothing
        that hangs on it belongs to others.
        """
        spec = {
            "engagement_id": {
                "fields": {
                    "display_name": {},
                    "trace_ids": {"fields": {"email": {}}},
                    "event_ids": {"fields": {"type": {}}},
                }
            },
            "engagement_open_count": {},
            "engagement_attachment_ids": {"fields": {"name": {}}},
        }
        mine = self.message.with_user(self.sales)
        [values] = mine.web_read(spec)
        self.assertEqual(len(values["engagement_id"]["trace_ids"]), 1)
        for kind in ("user", "stranger", "portal", "public", "manager"):
            with self.subTest(kind), self.assertRaises(AccessError):
                self.message.with_user(self.users[kind]).web_read(spec)
        other, _mails = self.post(BODY, self.anna | self.users["user"].partner_id)
        [values] = other.with_user(self.users["user"]).web_read(spec)
        self.assertEqual(values["engagement_id"]["id"], other.engagement_id.id)

    def test_templates_show_no_texts(self):
        template = self.env["mail.template"].create(
            {"name": "Offer", "model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        self.engagement.template_id = template
        self.env.flush_all()
        self.assertTrue(template.with_user(self.sales).engagement_links)
        for kind in ("user", "stranger"):
            self.assertFalse(template.with_user(self.users[kind]).engagement_links)

    def test_actions(self):
        """What a client may call on an engagement that it may not read."""
        for kind in ("user", "stranger", "portal"):
            theirs = self.engagement.with_user(self.users[kind])
            link = self.engagement.link_ids[:1].with_user(self.users[kind])
            event = self.engagement.event_ids[:1].with_user(self.users[kind])
            trace = self.engagement.trace_ids.with_user(self.users[kind])
            calls = {
                "get_reminder": theirs.get_reminder,
                "remove_reminder": theirs.remove_reminder,
                "set_reminder": lambda theirs=theirs: theirs.set_reminder(
                    "anyway", "2030-01-01 00:00:00"
                ),
                "action_rebuild": theirs.action_rebuild,
                "action_retry": theirs.action_retry,
                "retry of a copy": trace.action_retry,
                "action_revoke": link.action_revoke,
                "action_restore": link.action_restore,
                "action_open_file": link.action_open_file,
                "action_count": event.action_count,
                "action_do_not_count": event.action_do_not_count,
            }
            for name, call in calls.items():
                with self.subTest(kind, call=name), self.assertRaises(AccessError):
                    call()
            with suppress(AccessError):
                self.assertFalse(theirs.get_chatter_data())


#: How an engagement leads to the rows of ``SECRETS``.
RELATION = {"email.engagement.link": "link_ids", "email.engagement.event": "event_ids"}


@tagged("post_install", "-at_install")
class TestDataRoutes(RightsMixin, EngagementCase, HttpCase):
    """What is known about a contact is for administrators."""

    @mute_logger("odoo.http")
    def test_data(self):
        company_id = self.env.company.id
        url = f"/email_engagement/data/{company_id}/{self.anna.id}.json"
        for kind in ("portal", "user", "manager", "stranger"):
            self.authenticate(f"rights_{kind}", f"rights_{kind}")
            with self.subTest(kind):
                response = self.url_open(url)
                self.assertEqual(response.status_code, 403)
                self.assertNotIn("Zebra", response.text)
        self.authenticate("rights_administrator", "rights_administrator")
        self.assertIn("Zebra", self.url_open(url).text)
        self.logout()
        response = self.url_open(url, allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])
