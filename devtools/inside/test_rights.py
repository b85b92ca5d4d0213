"""`docs/rights.md` says what is: each group, model, operation and field."""

import re

from odoo.tests import TransactionCase, new_test_user, tagged

from devtools import paths

DOCUMENT = paths.ROOT / "docs" / "rights.md"
OPERATIONS = {"read": "R", "write": "W", "create": "C", "unlink": "D"}
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


@tagged("post_install", "-at_install")
class TestRightsDocument(TransactionCase):
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
        users = {
            kind: new_test_user(self.env, f"document_{kind}", group)
            for kind, group in KINDS.items()
        }
        users["public"] = self.env.ref("base.public_user")
        actual, documented = {}, {}
        for name, model in self.own_models().items():
            cells = {
                kind: "".join(
                    letter
                    for operation, letter in OPERATIONS.items()
                    if model.with_user(user).has_access(operation)
                )
                or "–"
                for kind, user in users.items()
            }
            self.assertEqual(cells.pop("public"), cells["customer"], name)
            actual[f"`{name}`"] = list(cells.values())
        for name, *cells in rows_after("Models"):
            documented[name] = cells[: len(KINDS)]
        self.assertEqual(documented, actual)

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
