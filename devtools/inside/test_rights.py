"""`docs/rights.md` says what is: each group, model, operation and field."""

import re
from contextlib import closing, suppress

from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS
from odoo.tests import new_test_user, tagged

from odoo.addons.email_engagement.tests.common import EngagementTransactionCase
from odoo.addons.email_engagement.tests.test_send import BODY

from devtools import paths

DOCUMENT = paths.ROOT / "docs" / "rights.md"
#: Users by the columns of the table.
KINDS = {
    "customer": "base.group_portal",
    "user": "base.group_user",
    "manager": "email_engagement.group_manager",
    "administrator": "email_engagement.group_administrator",
}
#: Who may read a field, by its groups.
READERS = {
    None: "whoever reads the record",
    "base.group_user": "users",
    "email_engagement.group_manager": "managers",
    "email_engagement.group_administrator": "administrators",
}


def rows_after(heading: str) -> list[list[str]]:
    """The cells of the table in a chapter of the document, without its head."""
    chapter = DOCUMENT.read_text().partition(f"\n## {heading}\n")[2]
    chapter = chapter.partition("\n## ")[0]
    lines = [line for line in chapter.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


class Rows:
    """A row of each model: of an email that users may read, else with what the model
    asks for.
    """

    PLAIN = {
        "char": "x",
        "text": "x",
        "integer": 1,
        "date": "2026-01-02",
        "datetime": "2026-01-02 03:04:05",
        "many2one_reference": 1,
        "many2many": [],
    }

    def __init__(self, case):
        self.env = case.env
        message, _mails = case.post(BODY)
        self.engagement = message.engagement_id
        case.hit(self.engagement.trace_ids, self.engagement.link_ids[0])
        case.digest()
        rule = self.env["base.automation"].create(
            {
                "name": "Any",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "trigger": "on_create",
            }
        )
        #: What a row needs beyond what can be guessed.
        self.more = {
            "email.engagement.automation.run": {"automation_id": rule.id},
            "email.engagement.hit": {"trace_id": self.engagement.trace_ids.id},
            "email.engagement.preference": {"partner_id": case.anna.id},
        }

    def of(self, name):
        model = self.env[name]
        domain = [("id", ">", 0)]
        if "engagement_id" in model._fields:
            domain = [("engagement_id", "=", self.engagement.id)]
        elif name == self.engagement._name:
            return self.engagement
        return model.search(domain, limit=1) or model.create(self.values(name))

    def values(self, name) -> dict:
        model = self.env[name]
        fields = {
            field.name: field
            for field in model._fields.values()
            if field.store
            and (field.required or field.name == "engagement_id")
            and field.groups != NO_ACCESS
        }
        defaults = model.default_get([*fields])
        values = {
            name: self.value(field)
            for name, field in fields.items()
            if name not in defaults
        }
        return values | self.more.get(name, {})

    def value(self, field):
        if field.type == "many2one":
            if field.comodel_name.startswith("email.engagement"):
                return self.of(field.comodel_name).id
            return self.env[field.comodel_name].search([], limit=1).id
        if field.type == "selection":
            return field.get_values(self.env)[0]
        return self.PLAIN[field.type]


@tagged("post_install", "-at_install")
class TestRightsDocument(EngagementTransactionCase):
    maxDiff = None

    def own_models(self):
        """Models of the addons here that have rows."""
        addons = set(paths.addons())
        return {
            name: self.env[name]
            for name, model_class in self.env.registry.items()
            if model_class._original_module in addons and not model_class._abstract
        }

    def test_models(self):
        """Each group may do what the table says, tried on a row of each model."""
        documented = {
            name: dict(zip(KINDS, cells, strict=False))
            for name, *cells in rows_after("Models")
        }
        models = self.own_models()
        self.assertEqual({f"`{name}`" for name in models}, documented.keys())
        users = {
            kind: new_test_user(self.env, f"document_{kind}", group)
            for kind, group in {**KINDS, "settings": "base.group_system"}.items()
        }
        users["public"] = self.env.ref("base.public_user")
        rows = Rows(self)
        for name in models:
            cells = documented[f"`{name}`"]
            cells["public"] = cells["customer"]
            cells["settings"] = cells["administrator"]
            for kind, user in users.items():
                with self.subTest(kind, model=name):
                    found = self.tried(rows, name, user)
                    self.assertEqual(found, set(cells[kind]) - {"–"})

    def tried(self, rows, name, user) -> set[str]:
        """What a user succeeds with, of R, W, C and D."""
        Model = self.env[name].with_user(user)
        result = set()
        with closing(self.env.cr.savepoint()):
            try:
                record = Model.create(rows.values(name))
                result.add("C")
            except AccessError:
                record = rows.of(name).with_user(user)
            for letter, call in (
                ("R", lambda: record.read(["id"])),
                ("W", lambda: record.write({})),
                ("D", record.unlink),
            ):
                with suppress(AccessError), closing(self.env.cr.savepoint()):
                    call()
                    result.add(letter)
        return result

    def test_groups(self):
        """Each group is what the document says that it implies."""
        manager = self.env.ref("email_engagement.group_manager")
        administrator = self.env.ref("email_engagement.group_administrator")
        user = self.env.ref("base.group_user")
        self.assertIn(user, manager.all_implied_ids)
        self.assertNotIn(administrator, manager.all_implied_ids)
        self.assertIn(manager, administrator.all_implied_ids)
        settings = self.env.ref("base.group_system")
        self.assertNotIn(settings, administrator.all_implied_ids)
        self.assertIn(administrator, settings.all_implied_ids)

    def test_fields(self):
        """Fields of core models, and those of ours that not everybody reads."""
        addons = set(paths.addons())
        own = set(self.own_models())
        thread = self.env.registry["mail.thread"]

        def inherited(model_class):
            return thread._fields if issubclass(model_class, thread) else ()

        actual = {}
        for name, model_class in self.env.registry.items():
            for field in model_class._fields.values():
                if not set(field._modules) or not set(field._modules) <= addons:
                    continue
                if name in own and not field.groups:
                    continue
                if model_class._transient:
                    continue  # for nobody but who made it
                if model_class._original_module in addons and model_class._abstract:
                    continue
                if name != thread._name and field.name in inherited(model_class):
                    continue
                key = (f"`{name}`", READERS[field.groups])
                actual.setdefault(key, set()).add(field.name)
        documented = {}
        for model, reader, names in rows_after("Fields"):
            documented[model, reader] = set(re.findall(r"`(\w+)`", names))
        self.assertEqual(documented, actual)
