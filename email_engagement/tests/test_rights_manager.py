from markupsafe import Markup

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import EngagementTransactionCase
from .rights import PARTS, RightsMixin
from .test_send import BODY


@tagged("post_install", "-at_install")
class TestManagers(RightsMixin, EngagementTransactionCase):
    """Managers see what became of all emails of their companies, not their texts."""

    def test_all_emails_of_their_companies(self):
        for kind in ("manager", "administrator"):
            for model in PARTS:
                records = self.parts(model)
                Model = self.of_user(kind, model)
                domain = [("id", "in", records.ids)]
                with self.subTest(kind, model=model):
                    self.assertEqual(set(Model.search(domain)), set(records))
                    self.assertEqual(Model.search_count(domain), len(records))
                    self.assertTrue(Model.search(domain).read())

    def test_another_company(self):
        self.engagement.company_id = self.other_company
        for kind in ("manager", "administrator"):
            for model in PARTS:
                records = self.parts(model)
                Model = self.of_user(kind, model)
                with self.subTest(kind, model=model):
                    self.assertTrue(records)
                    self.assertFalse(Model.search([("id", "in", records.ids)]))
        manager = self.users["manager"]
        manager.company_ids = [Command.link(self.other_company.id)]
        theirs = self.engagement.with_user(manager).with_context(
            allowed_company_ids=manager.company_ids.ids
        )
        self.assertTrue(theirs.search([("id", "=", theirs.id)]))

    def test_no_text(self):
        theirs = self.engagement.with_user(self.users["manager"])
        values = theirs.read(["subject", "body", "body_links", "can_read_message"])[0]
        self.assertEqual(values["subject"], "Zebra")
        self.assertFalse(values["body"])
        self.assertFalse(values["can_read_message"])
        self.assertFalse(theirs.search([("message_id.body", "ilike", "offer")]))
        with self.assertRaises(AccessError):
            self.message.with_user(self.users["manager"]).read(["body"])
        # the same transaction, and somebody who may read it
        self.assertTrue(self.engagement.with_user(self.sales).body)

    def test_no_text_as_the_subject(self):
        message = self.env["mail.message"].create({"body": "<p>Confidential</p>"})
        self.assertEqual(message.preview, "Confidential")
        self.assertFalse(self.env["email.engagement"]._follow(message).display_name)

    def test_form(self):
        """What the page reads, as the web client asks for it."""
        view = self.env.ref("email_engagement.email_engagement_view_form")
        manager = self.users["manager"]
        theirs = self.engagement.with_user(manager)
        spec = {
            name: {}
            for name in theirs.get_view(view.id, "form")["models"]["email.engagement"]
        }
        spec["message_id"] = {"fields": {"display_name": {}}}
        [values] = theirs.web_read(spec)
        self.assertEqual(values["open_count"], 1)

    def test_no_files(self):
        """The names of files and their figures, not what is in them."""
        attachments = self.env["ir.attachment"].with_user(self.sales)
        attachment = attachments.create(
            {"name": "a.txt", "raw": b"Zebra", "res_model": "mail.compose.message"}
        )
        closed = self.env["ir.rule"].search([("name", "=", "closed")])
        closed.active = False
        message, _mails = self.post(
            BODY,
            attachment_ids=attachment.ids,
            engagement_attachment_ids=attachment.ids,
        )
        closed.active = True
        link = message.engagement_id.file_ids
        copy = link.attachment_id
        self.assertEqual(copy.res_model, "email.engagement.link")
        domain = [("res_model", "=", link._name), ("res_id", "=", link.id)]
        for kind in ("manager", "administrator"):
            theirs = link.with_user(self.users[kind])
            self.assertEqual(theirs.label, "a.txt")
            Attachment = copy.with_user(self.users[kind])
            with self.subTest(kind):
                with self.assertRaises(AccessError):
                    Attachment.read(["datas"])
                self.assertFalse(Attachment.search(domain))
                self.assertEqual(Attachment.search_count(domain), 0)
                self.assertFalse(Attachment.search([("id", "=", copy.id)]))
                self.assertFalse(
                    Attachment.search([("res_model", "like", "engagement.link")])
                )
        mine = copy.with_user(self.sales)
        self.assertEqual(mine.search(domain).raw, b"Zebra")
        message.partner_ids += self.users["manager"].partner_id
        self.assertTrue(copy.with_user(self.users["manager"]).read(["datas"]))

    def test_addresses_of_links(self):
        """Their hosts, since whoever knows a path may be let in by it."""
        url = "https://x.example.com/share/PATH?access_token=SECRET"
        closed = self.env["ir.rule"].search([("name", "=", "closed")])
        closed.active = False
        template = self.env["mail.template"].create({"name": "Share"})
        message, _mails = self.post(
            Markup('<a href="%s">%s</a><a href="%s">Paris</a>') % (url, url, url + "2")
        )
        engagement = message.engagement_id
        engagement.template_id = template
        for link in engagement.link_ids:
            self.hit(engagement.trace_ids, link)
        self.digest()
        closed.active = True
        self.env.flush_all()

        def seen(user):
            theirs = engagement.with_user(user)
            self.env.invalidate_all()
            links, events = theirs.link_ids, theirs.event_ids
            fields = ["display_name", "label", "shown_url"]
            values = [theirs.read(["body_links"]), links.read(fields)]
            values += [events.read(["what", "url", "link_id"])]
            values += [template.with_user(user).engagement_links]
            return str(values)

        for kind in ("manager", "administrator"):
            text = seen(self.users[kind])
            with self.subTest(kind):
                self.assertIn("x.example.com", text)
                self.assertIn("Paris", text)
                self.assertNotIn("PATH", text)
        # the same transaction, and somebody who may read it
        text = seen(self.sales)
        self.assertIn("https://x.example.com/share/PATH?access_token=…", text)
        self.assertNotIn("SECRET", text)

    def test_statements_of_links(self):
        """As many for the links of many emails as for those of one."""

        def read(links):
            theirs = self.of_user("manager", links._name).browse(links.ids)
            theirs.read(["display_name", "shown_url"])

        several = self.engagement
        for _number in range(3):
            several += self.post(BODY)[0].engagement_id
        read(several.link_ids)
        one = self.statements(read, self.engagement.link_ids)
        self.assertLessEqual(self.statements(read, several.link_ids), one)

    def test_what_is_nobodys_business(self):
        """Emails for their recipients only."""
        self.engagement.is_private = True
        for model in PARTS:
            with self.subTest(model):
                self.assertFalse(
                    self.of_user("manager", model).search(
                        [(PARTS[model], "=", self.engagement.id)]
                    )
                )

    def test_models_that_are_closed(self):
        """Those without any access to a kind of record learn nothing about it."""
        self.engagement.model = "ir.config_parameter"
        theirs = self.engagement.with_user(self.users["manager"])
        self.assertFalse(theirs.search([("id", "=", theirs.id)]))
        self.engagement.model = False
        self.assertTrue(theirs.search([("id", "=", theirs.id)]))

    def test_models_about_people(self):
        """Everybody has access to leaves: to his own."""
        theirs = self.engagement.with_user(self.users["manager"])
        self.assertTrue(theirs._engagement_is_personal("hr.leave"))
        self.assertFalse(theirs._engagement_is_personal(self.engagement.model))
        self.assertTrue(theirs.search([("id", "=", theirs.id)]))
        self.patch(
            type(theirs),
            "_engagement_is_personal",
            lambda _self, name: name == self.engagement.model,
        )
        self.assertFalse(theirs.search([("id", "=", theirs.id)]))

    def test_private_meetings(self):
        if "calendar.event" not in self.env:
            self.skipTest("calendar is not installed")
        meeting = self.env["calendar.event"].with_user(self.sales)
        self.record = meeting.create(
            {
                "name": "Secret merger",
                "start": "2026-11-24 10:00:00",
                "stop": "2026-11-24 11:00:00",
                "privacy": "private",
            }
        )
        engagement = self.post(BODY)[0].engagement_id
        theirs = engagement.with_user(self.users["manager"])
        self.assertFalse(theirs.search([("id", "=", theirs.id)]))

    def test_comparing_people(self):
        """For managers, by whatever path one groups."""
        domain = [("engagement_id", "=", self.engagement.id), ("kind", "=", "copy")]
        Report = self.env["email.engagement.report"].with_user(self.users["manager"])
        rows = Report._read_group(domain, ["user_id"], ["copies:sum"])
        self.assertEqual([(user.id, n) for user, n in rows], [(self.sales.id, 1)])
        mine = self.env["email.engagement.report"].with_user(self.sales)
        [(is_mine, copies)] = mine._read_group(domain, ["is_mine"], ["copies:sum"])
        self.assertEqual((is_mine, copies), (True, 1))
        for groupby in (
            "user_id",
            "engagement_id.user_id",
            "engagement_id.author_id",
            "engagement_id.message_id.author_id",
        ):
            with self.subTest(groupby), self.assertRaises(AccessError):
                mine.formatted_read_group(domain, [groupby], ["copies:sum"])
        with self.assertRaises(AccessError):
            mine.search([("user_id", "=", self.sales.id)])
        with self.assertRaises(AccessError):
            mine.search([], order="user_id")

    def test_views_of_the_report(self):
        """Each of them opens for whoever may open it."""
        views = self.env["ir.ui.view"].search(
            [("model", "=", "email.engagement.report"), ("mode", "=", "primary")]
        )
        for kind in ("user", "manager"):
            Report = self.of_user(kind, "email.engagement.report")
            for view in views:
                arch = Report.get_view(view.id, view.type)["arch"]
                with self.subTest(kind, view=view.name):
                    self.assertEqual(
                        "user_id" in arch,
                        kind == "manager"
                        and "user_id" in view.with_user(self.env.user).arch,
                    )
        menu = self.env.ref("email_engagement.menu_report_people")
        self.assertNotIn(
            menu.id, menu.with_user(self.users["user"])._visible_menu_ids()
        )
        self.assertIn(
            menu.id, menu.with_user(self.users["manager"])._visible_menu_ids()
        )

    def test_changes_nothing(self):
        manager = self.users["manager"]
        for model in PARTS:
            records = self.parts(model).with_user(manager)
            for name in ("write", "unlink", "create"):
                with self.subTest(model, operation=name):
                    self.assertFalse(records.has_access(name))
        theirs = self.engagement.with_user(manager)
        for name in ("action_rebuild", "remove_reminder"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(theirs, name)()
        with self.assertRaises(AccessError):
            theirs.event_ids.action_do_not_count()

    def test_statements(self):
        """As many for many emails as for one, and not more than for users."""

        def read(user, engagements):
            theirs = self.env["email.engagement"].with_user(user)
            found = theirs.search([("id", "in", engagements.ids)])
            found.read(["subject", "status_text", "recipients", "open_count"])
            self.assertEqual(len(found), len(engagements))

        manager = self.users["manager"]
        several = self.engagement
        for _number in range(5):
            several += self.post(BODY)[0].engagement_id
        read(manager, several)
        one = self.statements(read, manager, self.engagement)
        self.assertLessEqual(self.statements(read, manager, several), one)
        self.assertLessEqual(one, self.statements(read, self.sales, several))
