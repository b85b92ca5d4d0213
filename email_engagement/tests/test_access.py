from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import EngagementTransactionCase
from .test_send import BODY

# model: the field that leads to the engagement
FIELDS = {
    "email.engagement": "id",
    "email.engagement.trace": "engagement_id",
    "email.engagement.link": "engagement_id",
    "email.engagement.event": "engagement_id",
}

# What customers may read all the same: their own choices as users, what a company
# proposes to its writers and tells recipients, and the law.
FOR_EVERYBODY = {
    "res.company.engagement_base_url",
    "res.company.engagement_expiry_days",
    "res.company.engagement_follow_attachments",
    "res.company.engagement_follow_attachments_above",
    "res.company.engagement_follow_default",
    "res.company.engagement_line",
    "res.country.engagement_advice",
    "res.country.engagement_advice_fits",
    "res.country.engagement_advice_source",
}


@tagged("post_install", "-at_install")
class TestAccess(EngagementTransactionCase):
    """Whoever may read the message may read its engagement, and nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("test_the_author")
        message, _mails = case.post(BODY)
        cls.message = message
        cls.engagement = message.engagement_id
        case.hit(cls.engagement.trace_ids, cls.engagement.link_ids[0])
        case.digest()
        cls.colleague.group_ids += cls.env.ref("base.group_allow_export")
        cls.portal = new_test_user(cls.env, "portal_user", "base.group_portal")
        cls.public = cls.env.ref("base.public_user")

    def records(self, user):
        """What a user finds, model by model, of this engagement."""
        return {
            model: self.env[model]
            .with_user(user)
            .search([(field, "=", self.engagement.id)])
            for model, field in FIELDS.items()
        }

    def test_the_author(self):
        self.close_record()
        for model, records in self.records(self.sales).items():
            with self.subTest(model):
                self.assertTrue(records)
                self.assertTrue(records.read())

    def test_a_colleague_who_may_read_the_record(self):
        for model, records in self.records(self.colleague).items():
            with self.subTest(model):
                self.assertTrue(records)
                self.assertTrue(records.read())
        self.assertTrue(self.message.with_user(self.colleague).engagement_open_count)

    def test_a_colleague_who_may_not(self):
        self.close_record()
        for model, field in FIELDS.items():
            records = self.env[model].search([(field, "=", self.engagement.id)])
            closed = records.with_user(self.colleague)
            domain = [("id", "in", records.ids)]
            with self.subTest(model):
                self.assertTrue(records)
                self.assertFalse(closed.search(domain))
                self.assertEqual(closed.search_count(domain), 0)
                self.assertEqual(
                    closed.formatted_read_group(domain, [], ["__count"])[0]["__count"],
                    0,
                )
                with self.assertRaises(AccessError):
                    closed.read()
                with self.assertRaises(AccessError):
                    closed.export_data(["display_name"])

    def test_somebody_who_was_sent_it(self):
        message, _mails = self.post(BODY, self.anna | self.colleague.partner_id)
        self.close_record()
        engagement = message.engagement_id.with_user(self.colleague)
        self.assertEqual(engagement.search([("id", "=", engagement.id)]), engagement)
        self.assertEqual(engagement.read(["open_count"])[0]["open_count"], 0)

    def test_private_notification(self):
        """A message to its recipients only: reading the record is not enough."""
        with self.mock_mail_gateway():
            message = (
                self.env["mail.thread"]
                .with_user(self.sales)
                .message_notify(
                    partner_ids=self.anna.ids,
                    body=BODY,
                    subject="For you",
                    model="res.partner",
                    res_id=self.record.id,
                    engagement_followed=True,
                )
            )
        engagement = message.engagement_id
        self.assertTrue(engagement.is_private)
        self.assertTrue(
            engagement.with_user(self.sales).search([("id", "=", engagement.id)])
        )
        self.assertFalse(
            engagement.with_user(self.colleague).search([("id", "=", engagement.id)])
        )

    def test_search_through_related_fields(self):
        self.close_record()
        Message = self.env["mail.message"].with_user(self.colleague)
        self.assertFalse(Message.search([("engagement_id", "=", self.engagement.id)]))
        self.assertFalse(Message.search([("engagement_open_count", ">", 0)]))
        Trace = self.env["email.engagement.trace"].with_user(self.colleague)
        self.assertFalse(Trace.search([("engagement_id.subject", "=", "The Deal")]))
        Engagement = self.env["email.engagement"].with_user(self.colleague)
        self.assertFalse(Engagement.search([("trace_ids.email", "ilike", "anna")]))

    def test_portal_and_public_see_nothing(self):
        for user in (self.portal, self.public):
            for model in (*FIELDS, "email.engagement.hit"):
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search_count([])
            with self.assertRaises(AccessError):
                self.message.with_user(user).read(["engagement_followed"])

    def test_users_change_nothing(self):
        for user in (self.sales, self.colleague):
            for model, records in self.records(user).items():
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        records.write({"create_uid": user.id})
                    with self.assertRaises(AccessError):
                        records.unlink()
                    with self.assertRaises(AccessError):
                        records.create({})
            with self.assertRaises(AccessError):
                self.engagement.with_user(user).action_rebuild()

    def test_raw_hits_are_for_administrators(self):
        self.hit(self.engagement.trace_ids)
        with self.assertRaises(AccessError):
            self.env["email.engagement.hit"].with_user(self.sales).search([])
        administrator = new_test_user(
            self.env, "ee_admin", "email_engagement.group_administrator"
        )
        hits = self.env["email.engagement.hit"].with_user(administrator).search([])
        self.assertTrue(hits.mapped("user_agent"))
        action = self.engagement.with_user(administrator).action_rebuild()
        self.assertEqual(action["tag"], "display_notification")

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.engagement.company_id = other
        self.engagement.author_id = self.anna
        for model, records in self.records(self.colleague).items():
            with self.subTest(model):
                self.assertFalse(records)
        with self.assertRaises(AccessError):
            self.engagement.with_user(self.colleague).read(["subject"])
        self.colleague.company_ids = [Command.link(other.id)]
        both = self.engagement.with_user(self.colleague).with_context(
            allowed_company_ids=[self.env.company.id, other.id]
        )
        self.assertTrue(both.search([("id", "=", both.id)]))

    def test_portal_reads_no_field_of_ours(self):
        """Of any model that customers may read, such as their messages."""
        models = [
            model
            for model in map(self.env.get, self.env.registry)
            if not model._abstract and model.with_user(self.portal).has_access("read")
        ]
        self.assertIn("mail.message", [model._name for model in models])
        readable = {
            f"{model._name}.{name}"
            for model in models
            for name, field in model.with_user(self.portal)._fields.items()
            if name.startswith("engagement_")
            and not (
                model._name in ("res.users", "res.company")
                and name.startswith(("engagement_alert", "engagement_daily"))
            )
            and model.with_user(self.portal)._has_field_access(field, "read")
        }
        self.assertEqual(readable, FOR_EVERYBODY)

    def test_administrators_of_another_company(self):
        """What only they read is limited to their companies, too."""
        administrator = new_test_user(
            self.env, "ee_admin", "email_engagement.group_administrator"
        )
        trace, link = self.engagement.trace_ids, self.engagement.link_ids[0]
        template = self.env["mail.template"].create({"name": "Offer"})
        self.hit(trace)
        self.env["email.engagement.file.request"].create(
            {"trace_id": trace.id, "link_id": link.id, "date": trace.create_date}
        )
        past = self.env["email.engagement.template.past"].create(
            {
                "template_id": template.id,
                "company_id": self.env.company.id,
                "date": "2026-01-05",
            }
        )
        other = self.env["res.company"].create({"name": "Other"})
        models = ("hit", "file.request", "template.past")
        for expected in (True, False):
            for model in models:
                rows = self.env[f"email.engagement.{model}"]
                rows = rows.with_user(administrator).search([])
                with self.subTest(model, expected=expected):
                    self.assertEqual(bool(rows), expected)
                    rows.read()
            self.engagement.company_id = past.company_id = other

    def test_files_of_a_record_that_is_gone(self):
        """Who may write some records may not manage the files of none."""
        self.colleague.group_ids += self.env.ref("base.group_partner_manager")
        message, _mails = self.post(BODY, self.anna | self.colleague.partner_id)
        theirs = message.engagement_id.with_user(self.colleague)
        self.assertTrue(theirs._may_manage_files())
        message.engagement_id.res_id = 2**31 - 1
        self.assertFalse(theirs._may_manage_files())

    def test_told_on_what_he_may_read_only(self):
        tell = self.colleague._engagement_tell
        with self.mock_mail_gateway():
            tell("First", "x", self.record)
            self.close_record()
            tell("Second", "x", self.record)
        words = self.env["mail.message"].search(
            [("subject", "in", ("First", "Second"))]
        )
        by_subject = {word.subject: word.res_id for word in words}
        self.assertEqual(by_subject["First"], self.record.id)
        self.assertFalse(by_subject["Second"])

    def test_portal_cannot_follow(self):
        """What the web client may post along is for internal users."""
        thread = self.record.with_user(self.portal)
        self.assertNotIn("engagement_followed", thread._get_allowed_message_params())
        thread = self.record.with_user(self.sales)
        self.assertIn("engagement_followed", thread._get_allowed_message_params())
