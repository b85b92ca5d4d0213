from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import date_utils

from odoo.addons.mail.tests.common import MailCase

from ..models import mail_template_report
from ..tools import kpi
from .template_case import TemplateCase


@tagged("post_install", "-at_install")
class TestTemplateVariants(TemplateCase, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.original = cls.make_template(
            "Offer",
            subject="Offer",
            body_html="<p>An offer</p>",
            use_default_to=False,
            email_to="{{ object.email }}",
            engagement_follow="always",
            engagement_alternate=True,
        )
        cls.variant = cls.make_variant(cls.original, "Offer B")
        cls.partners = cls.env["res.partner"].create(
            [
                {"name": f"P{number}", "email": f"p{number}@customer.example.com"}
                for number in range(7)
            ]
        )

    @classmethod
    def make_variant(cls, original, name):
        variant = original.copy({"name": name, "engagement_variant_of_id": original.id})
        variant.body_html = f"<p>{name}</p>"
        return variant

    def send(self, template, partners):
        """The templates that the emails to some partners were written with."""
        with self.mock_mail_gateway():
            mails = template.send_mail_batch(partners.ids)
        self.assertEqual(mails.mapped("res_id"), partners.ids, "in the order asked for")
        return [mail.mail_message_id.engagement_id.template_id for mail in mails]

    # ------------------------------------------------------------
    # In turn
    # ------------------------------------------------------------

    def test_batch(self):
        sent = self.send(self.original, self.partners)
        first, second = sent[:2]
        self.assertEqual({first, second}, {self.original, self.variant})
        self.assertEqual(sent, [first, second] * 3 + [first])
        self.assertEqual(self.send(self.original, self.partners[0]), [second])

    def test_one_by_one(self):
        sent = [self.send(self.original, partner)[0] for partner in self.partners]
        self.assertEqual(sent[:2] * 3, sent[:6])
        self.assertNotEqual(sent[0], sent[1])

    def test_three(self):
        third = self.make_variant(self.original, "Offer C")
        sent = self.send(self.original, self.partners[:6])
        self.assertEqual(set(sent), {self.original, self.variant, third})
        self.assertEqual(sent[:3], sent[3:])

    def test_content_is_that_of_the_variant(self):
        mails = self.original.send_mail_batch(self.partners[:2].ids)
        for mail in mails:
            template = mail.mail_message_id.engagement_id.template_id
            self.assertIn(str(template.body_html), str(mail.body_html))

    def test_only_if_the_original_says_so(self):
        self.assertEqual(self.send(self.variant, self.partners[:3]), [self.variant] * 3)
        self.original.engagement_alternate = False
        self.assertEqual(
            self.send(self.original, self.partners[:3]), [self.original] * 3
        )

    def test_archived_variant_has_no_turn(self):
        self.variant.active = False
        self.assertEqual(
            self.send(self.original, self.partners[:3]), [self.original] * 3
        )

    def test_not_followed(self):
        self.original.engagement_follow = self.variant.engagement_follow = "never"
        mails = self.original.send_mail_batch(self.partners.ids)
        bodies = [str(mail.body_html) for mail in mails]
        self.assertEqual(len(set(bodies)), 2)
        self.assertFalse(mails.mail_message_id.engagement_id)

    def test_whatever_posts_with_it(self):
        """Activities, automated actions and code, one record after the other."""
        partner = self.partners[0]
        action = self.env["ir.actions.server"].create(
            {
                "name": "Send",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "mail_post",
                "mail_post_method": "comment",
                "template_id": self.original.id,
            }
        )
        active = {"active_model": "res.partner", "active_ids": self.partners[:2].ids}
        ways = {
            "activity": lambda: [
                partner.activity_send_mail(self.original.id) for _number in range(2)
            ],
            "automated action": lambda: action.with_context(**active).run(),
            "code": lambda: self.partners[:2].message_post_with_source(
                self.original, subtype_xmlid="mail.mt_comment"
            ),
        }
        for name, send in ways.items():
            before = self.env["email.engagement"].search([])
            with self.mock_mail_gateway():
                send()
            sent = self.env["email.engagement"].search([]) - before
            with self.subTest(name):
                self.assertEqual(len(sent), 2)
                self.assertEqual(sent.template_id, self.original | self.variant)

    def test_composer_opened_with_it(self):
        composers = self.env["mail.compose.message"].with_user(self.sales)
        context = {
            "default_composition_mode": "comment",
            "default_model": "res.partner",
            "default_res_ids": self.partners[0].ids,
        }
        opened = []
        for _number in range(4):
            composer = Form(
                composers.with_context(default_template_id=self.original.id, **context)
            ).save()
            opened.append(composer.template_id)
            self.assertIn(str(composer.template_id.body_html)[3:-4], composer.body)
            self.make_emails(composer.template_id.sudo(), 1)
        self.assertEqual(opened[:2], opened[2:])
        self.assertNotEqual(opened[0], opened[1])
        picked = composers.with_context(**context).create(
            {"template_id": self.original.id}
        )
        self.assertEqual(picked.template_id, self.original, "picked as it is")

    def test_by_the_lowest_user(self):
        original = self.original.with_user(self.sales)
        picked = [original.engagement_pick()]
        for _number in range(3):
            self.make_emails(self.env["mail.template"].browse(picked[-1]), 1)
            picked.append(original.engagement_pick())
        self.assertEqual(picked[:2], picked[2:])
        self.assertEqual(set(picked), {self.original.id, self.variant.id})
        portal = new_test_user(self.env, "portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self.original.with_user(portal).engagement_pick()

    def test_picking_asks_once(self):
        self.original._engagement_in_turn()
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.original._engagement_in_turn()
        self.original.engagement_alternate = False
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.original._engagement_in_turn()

    # ------------------------------------------------------------
    # Making variants
    # ------------------------------------------------------------

    def test_duplicated_as_a_variant(self):
        own = (
            self.env["mail.template"]
            .with_user(self.sales)
            .create(
                {
                    "name": "My offer",
                    "model_id": self.model_id,
                    "body_html": "<p>An offer</p>",
                    "engagement_alternate": True,
                }
            )
        )
        action = own.action_engagement_add_variant()
        variant = self.env["mail.template"].browse(action["res_id"])
        self.assertEqual(variant.name, "My offer (variant B)")
        self.assertEqual(variant.engagement_variant_of_id, own)
        self.assertEqual(str(variant.body_html), str(own.body_html))
        again = variant.with_user(self.sales).action_engagement_add_variant()
        second = self.env["mail.template"].browse(again["res_id"])
        self.assertEqual(second.name, "My offer (variant C)")
        self.assertEqual(second.engagement_variant_of_id, own, "not of the variant")
        self.assertFalse(variant.engagement_alternate)
        self.assertFalse(variant.copy().engagement_variant_of_id, "a plain copy")

    def test_no_variant_of_a_variant(self):
        other = self.make_template("Other")
        with self.assertRaises(ValidationError):
            other.engagement_variant_of_id = self.variant
        with self.assertRaises(ValidationError):
            self.original.engagement_variant_of_id = other

    def test_same_kind_of_record(self):
        users = self.env["ir.model"]._get_id("res.users")
        with self.assertRaises(ValidationError):
            self.variant.model_id = users
        with self.assertRaises(ValidationError):
            self.original.model_id = users

    def test_deleted_original(self):
        self.original.unlink()
        self.variant.invalidate_recordset()
        self.assertFalse(self.variant.engagement_variant_of_id)

    # ------------------------------------------------------------
    # Comparing
    # ------------------------------------------------------------

    def compared(self, template):
        self.Stats._refresh()
        template.invalidate_recordset()
        return self.as_seen(template).engagement_comparison

    def test_real_difference(self):
        self.make_emails(self.original, 80, opened=48, replied=8)
        self.make_emails(self.variant, 70, opened=56, replied=7)
        comparison = self.compared(self.original)
        self.assertEqual(comparison["confidence"], 95)
        original, variant = comparison["rows"]
        self.assertTrue(original["is_original"])
        self.assertNotIn("open", original)
        self.assertEqual(variant["open"]["verdict"], "a")
        # Newcombe 1998, Stat. Med. 17:873-890, table II, method 10
        self.assertAlmostEqual(variant["open"]["low"], 5.24, 2)
        self.assertAlmostEqual(variant["open"]["high"], 33.39, 2)
        self.assertEqual(variant["reply"]["verdict"], "more")
        expected = kpi.compare(7, 70, 8, 80)
        self.assertEqual(variant["reply"]["more"], expected.more)
        self.assertGreater(expected.more, 100)

    def test_the_same_from_the_variant(self):
        self.make_emails(self.original, 80, opened=48)
        rows = self.compared(self.original)["rows"]
        seen = self.compared(self.variant)["rows"]
        self.assertEqual([row["name"] for row in rows], [row["name"] for row in seen])
        self.assertEqual([row["is_self"] for row in seen], [False, True])

    def test_no_emails_yet(self):
        row = self.compared(self.original)["rows"][1]
        self.assertIsNone(row["results"])
        self.assertEqual((row["open"]["verdict"], row["open"]["more"]), ("more", 40))

    def test_several_variants_ask_for_more_confidence(self):
        self.make_variant(self.original, "Offer C")
        self.make_emails(self.original, 80, opened=48)
        self.make_emails(self.variant, 70, opened=56)
        comparison = self.compared(self.original)
        self.assertEqual(comparison["confidence"], 97.5)
        found = comparison["rows"][1]["open"]
        expected = kpi.compare(56, 70, 48, 80, confidence=0.975)
        self.assertAlmostEqual(found["low"], expected.low)

    def test_no_variants(self):
        self.assertFalse(self.compared(self.make_template("Alone")))

    def test_new_template(self):
        new = self.env["mail.template"].new({"model_id": self.model_id})
        self.assertFalse(new.engagement_comparison)
        self.assertFalse(new.engagement_trend)
        self.assertFalse(new.engagement_links)
        self.assertFalse(new.engagement_results)


@tagged("post_install", "-at_install")
class TestTemplateReport(TemplateCase):
    """What the form shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_template("Offer")
        cls.record = cls.env["res.partner"].create({"name": "The Deal"})
        cls.email = cls.make_emails(cls.template, 4, opened=2, replied=1)
        cls.email.write({"model": "res.partner", "res_id": cls.record.id})
        cls.shop, cls.secret = cls.env["email.engagement.link"].create(
            [
                {
                    "engagement_id": cls.email.id,
                    "label": "Shop",
                    "url": "https://shop.example.com/",
                },
                {
                    "engagement_id": cls.email.id,
                    "url": "https://shop.example.com/o?access_token=1234",
                },
            ]
        )
        traces = cls.email.trace_ids
        cls.click(traces[0], cls.shop)
        cls.click(traces[0], cls.shop)
        cls.click(traces[1], cls.shop)
        cls.click(traces[1], cls.secret)
        cls.click(traces[2], cls.secret, counted=False)

    @classmethod
    def click(cls, trace, link, counted=True):
        cls.env["email.engagement.event"].create(
            {
                "engagement_id": trace.engagement_id.id,
                "trace_id": trace.id,
                "link_id": link.id,
                "type": "click",
                "date": fields.Datetime.now(),
                "counted": counted,
            }
        )

    def test_most_clicked_links(self):
        self.assertEqual(
            self.as_seen(self.template).engagement_links,
            [
                {
                    "label": "Shop",
                    "url": "https://shop.example.com/",
                    "clicks": 3,
                    "people": 2,
                },
                {
                    "label": "https://shop.example.com/o?access_token=…",
                    "url": "https://shop.example.com/o?access_token=…",
                    "clicks": 1,
                    "people": 1,
                },
            ],
        )

    def test_links_are_for_those_who_may_read_the_emails(self):
        self.email.write({"is_private": True, "user_id": self.env.uid})
        self.env.flush_all()
        self.assertFalse(self.as_seen(self.template).engagement_links)
        self.Stats._refresh()
        self.assertTrue(self.as_seen(self.template).engagement_trend)

    def test_trend(self):
        later = self.make_emails(self.template, 6, opened=6, days=70)
        other = self.env["res.company"].create({"name": "Other"})
        self.make_emails(self.template, 9, company=other)
        self.make_emails(self.template, 9, days=500)
        self.env.flush_all()
        self.Stats._refresh()
        trend = self.as_seen(self.template).engagement_trend
        self.assertEqual((trend["unit"], trend["min_sample"]), ("week", 20))
        points = trend["points"]
        self.assertIn(len(points), (11, 12), "weeks without emails, too")
        self.assertEqual(points[0]["sent"], 6)
        self.assertEqual(
            points[0]["date"], str(date_utils.start_of(later.date.date(), "week"))
        )
        self.assertEqual(sum(point["sent"] for point in points), 10)
        self.assertEqual(points[0]["open"]["rate"], 100)
        self.assertAlmostEqual(points[0]["open"]["low"], 100 * kpi.wilson(6, 6).low)
        self.assertIsNone(points[1]["open"], "no rate without copies")
        last = next(point for point in points[::-1] if point["sent"])
        self.assertEqual((last["opened"], last["replied"]), (2, 1))
        self.assertEqual(last["reply"]["rate"], 25)

    def test_trend_of_a_year_is_by_month(self):
        first = self.make_emails(self.template, 6, opened=6, days=200)
        self.Stats._refresh()
        trend = self.as_seen(self.template).engagement_trend
        self.assertEqual(trend["unit"], "month")
        points = trend["points"]
        self.assertEqual(points[0]["date"], str(first.date.date().replace(day=1)))
        self.assertIn(len(points), (7, 8))
        self.assertEqual(points[-1]["date"], str(fields.Date.today().replace(day=1)))

    def test_trend_without_emails(self):
        self.assertFalse(self.as_seen(self.make_template("None")).engagement_trend)

    def test_button_to_the_emails(self):
        action = self.as_seen(self.template).action_engagement_emails()
        emails = self.env["email.engagement"].with_user(self.sales)
        self.assertEqual(emails.search(action["domain"]), self.email)

    def test_form_asks_a_constant_number_of_times(self):
        """Whatever the number of emails and links."""
        names = ["engagement_trend", "engagement_links", "engagement_results"]
        counts = []
        self.as_seen(self.template).read(names)  # what is read once for all
        for _round in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.as_seen(self.template).read(names)
            counts.append(self.env.cr.sql_log_count - before)
            for _number in range(5):
                email = self.make_emails(self.template, 3)
                email.link_ids = [
                    Command.create({"url": "https://a.example.com/", "label": "A"})
                ]
                self.click(email.trace_ids[0], email.link_ids)
        self.assertEqual(counts[0], counts[1])

    def test_links_of_the_newest_emails_only(self):
        older = self.make_emails(self.template, 1, days=9)
        older.write({"model": "res.partner", "res_id": self.record.id})
        older.link_ids = [Command.create({"url": "https://old.example.com/"})]
        self.click(older.trace_ids, older.link_ids)
        self.env.flush_all()
        links = self.as_seen(self.template).engagement_links
        self.assertIn("https://old.example.com/", [link["url"] for link in links])
        self.template.invalidate_recordset()
        with patch.object(mail_template_report, "LINK_EMAILS", 1):
            links = self.as_seen(self.template).engagement_links
        self.assertNotIn("https://old.example.com/", [link["url"] for link in links])

    def test_old_links_do_not_count(self):
        self.email.date = fields.Datetime.now() - timedelta(days=400)
        self.env.flush_all()
        self.assertFalse(self.as_seen(self.template).engagement_links)
