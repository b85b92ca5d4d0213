from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import EngagementTransactionCase
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestContacts(EngagementTransactionCase):
    """What became of the emails that a contact got."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("test_figures")
        cls.first = case.post(BODY, cls.anna | cls.bob)[0].engagement_id
        cls.second = case.post(BODY)[0].engagement_id
        cls.company = cls.env["res.partner"].create(
            {"name": "Customer Ltd", "is_company": True}
        )
        cls.anna.parent_id = cls.company
        cls.carol = cls.env["res.partner"].create({"name": "Carol, never written to"})
        cls.second.date += timedelta(minutes=1)
        for_anna = cls.first.trace_ids.filtered(lambda t: t.partner_id == cls.anna)
        case.hit(for_anna, seconds=3600)
        case.hit(cls.second.trace_ids, cls.second.link_ids[0], seconds=7200)
        case.digest()
        cls.contacts = cls.anna | cls.bob | cls.carol

    def seen_by(self, user):
        return self.contacts.with_user(user)

    def test_figures(self):
        anna, bob, carol = self.seen_by(self.sales)
        self.assertEqual(anna.engagement_count, 2)
        self.assertEqual(anna.engagement_status, "clicked")
        last = max((self.first | self.second).mapped("last_event"))
        self.assertEqual(anna.engagement_last_event, last)
        self.assertEqual(bob.engagement_count, 1)
        self.assertEqual(bob.engagement_status, "sent")
        self.assertFalse(bob.engagement_last_open)
        self.assertTrue(bob.engagement_last_sent)
        self.assertEqual(carol.engagement_count, 0)
        self.assertFalse(carol.engagement_status)

    def test_smart_button(self):
        anna, bob, carol = self.seen_by(self.sales)
        company = self.company.with_user(self.sales)
        for contact, count, rate in (
            (anna, 2, 100),
            (bob, 1, 0),
            (carol, 0, 0),
            (company, 2, 100),
        ):
            with self.subTest(contact.name):
                self.assertEqual(contact.engagement_email_count, count)
                self.assertEqual(contact.engagement_open_rate, rate)
        action = company.action_open_engagements()
        emails = self.env["email.engagement"].search(action["domain"])
        self.assertEqual(emails, self.second | self.first)

    def find(self, *domain):
        found = self.env["res.partner"].with_user(self.sales).search(list(domain))
        return found.with_env(self.env) & self.contacts

    def test_search(self):
        now = fields.Datetime.now()
        for domain, expected in (
            ([("engagement_count", ">", 1)], self.anna),
            ([("engagement_count", "=", 1)], self.bob),
            ([("engagement_count", "=", 0)], self.carol),
            ([("engagement_count", "!=", 0)], self.anna | self.bob),
            ([("engagement_count", ">=", 0)], self.contacts),
            ([("engagement_status", "=", "clicked")], self.anna),
            ([("engagement_status", "in", ("sent", "opened"))], self.bob),
            ([("engagement_status", "=", False)], self.carol),
            ([("engagement_status", "!=", "sent")], self.anna | self.carol),
            ([("engagement_last_open", "!=", False)], self.anna),
            ([("engagement_last_event", "=", False)], self.bob | self.carol),
            ([("engagement_last_sent", "<=", now)], self.bob),
            ([("engagement_last_sent", ">=", "-7d")], self.anna | self.bob),
            ([("engagement_last_sent", "<", "-7d")], self.env["res.partner"]),
        ):
            with self.subTest(domain):
                self.assertEqual(self.find(*domain), expected)

    def test_filters(self):
        """The domains of the filters in the search view."""
        not_answered = [("engagement_status", "in", ("opened", "clicked"))]
        not_opened = [
            ("engagement_status", "=", "sent"),
            ("engagement_last_sent", "<", "-7d"),
        ]
        self.assertEqual(self.find(*not_answered), self.anna)
        self.assertFalse(self.find(*not_opened))
        self.first.date -= timedelta(days=8)
        self.assertEqual(self.find(*not_opened), self.bob)

    def test_order(self):
        dave = self.env["res.partner"].create(
            {"name": "Dave", "email": "dave@customer.example.com"}
        )
        engagement = self.post(BODY, dave)[0].engagement_id
        self.hit(engagement.trace_ids, seconds=60 * 60 * 24)
        self.digest()
        contacts = self.contacts | dave
        Partner = self.env["res.partner"].with_user(self.sales)
        domain = [("id", "in", contacts.ids)]
        for order, expected in (
            (
                "engagement_last_event desc, id",
                dave + self.anna + self.bob + self.carol,
            ),
            ("engagement_last_event, id", self.anna + dave + self.bob + self.carol),
            ("engagement_count desc, id", self.anna + self.bob + dave + self.carol),
        ):
            with self.subTest(order):
                self.assertEqual(
                    Partner.search(domain, order=order).with_env(self.env), expected
                )
        description = Partner.fields_get(["engagement_last_event", "engagement_status"])
        self.assertTrue(description["engagement_last_event"]["sortable"])
        self.assertFalse(description["engagement_status"]["sortable"])

    def test_colleague_who_may_not_read_the_record(self):
        self.close_record()
        anna = self.anna.with_user(self.colleague)
        self.assertEqual(anna.engagement_count, 0)
        self.assertEqual(anna.engagement_email_count, 0)
        self.assertFalse(anna.engagement_last_event)
        Partner = self.env["res.partner"].with_user(self.colleague)
        self.assertFalse(Partner.search([("engagement_count", ">", 0)]))

    def test_as_many_queries_for_many_contacts(self):
        many = self.env["res.partner"].create(
            [
                {"name": f"No. {i}", "email": f"no{i}@customer.example.com"}
                for i in range(80)
            ]
        )
        self.post(BODY, many)
        self.digest()
        names = ["engagement_status", "engagement_last_event", "engagement_count"]
        many = many.with_user(self.sales)
        many.read(names)  # what is asked for once, such as rules
        self.assertEqual(
            self.statements(many.read, names),
            self.statements(many[:3].read, names),
        )

    def test_nothing_is_read_unless_asked(self):
        """Any other field of a record with a chatter costs what it did before."""
        self.anna.with_user(self.sales).read(["name"])
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            self.anna.read(["name", "email"])


@tagged("post_install", "-at_install")
class TestThreads(EngagementTransactionCase):
    """The same on any other record with a chatter: the emails written on it."""

    def test_any_model(self):
        models = [
            name
            for name, model in self.env.registry.items()
            if "engagement_status" in model._fields
            and model._auto
            and not model._transient
            and not model._abstract
            and "engagement_count" in model._fields
        ]
        self.assertTrue(models)
        for name in models:
            with self.subTest(name):
                records = self.env[name].search([], limit=2)
                records.mapped("engagement_count")
                records.search([("engagement_status", "=", "opened")], limit=1)
                records.search([], order="engagement_last_event desc", limit=1)
