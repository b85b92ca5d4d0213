"""What was stored by a release is not taken away without a migration."""

import re

from odoo.tests import BaseCase, TransactionCase, tagged

from devtools import modules, paths

#: One file for each release: its columns, as ``stored_columns`` writes them.
SCHEMAS = paths.ROOT / "devtools" / "inside" / "schema"
ADDON = "email_engagement"


def stored_columns(cr) -> set[str]:
    """Columns of our tables, and ours of Odoo's: table, column and type."""
    cr.execute(
        """
        SELECT format('%s.%s %s', table_name, column_name, data_type)
          FROM information_schema.columns
         WHERE table_schema = 'public'
           AND (table_name LIKE 'email\\_engagement%'
                OR column_name LIKE 'engagement\\_%')
        """
    )
    return {line for (line,) in cr.fetchall()}


def parts(version: str) -> list[int]:
    return [*map(int, version.split("."))]


def releases() -> list:
    """The files of all releases, the oldest first."""
    return sorted(SCHEMAS.glob("*.txt"), key=lambda path: parts(path.stem))


def migrations(after: str, until: str) -> str:
    """The text of all scripts that an update from one version to another runs."""
    return "\n".join(
        path.read_text()
        for name in paths.addons()
        for path in (paths.ROOT / name).glob("migrations/*/*.py")
        if parts(after) < parts(path.parent.name) <= parts(until)
    )


def forgotten(before: set[str], after: set[str], scripts: str) -> set[str]:
    """Columns that were lost or changed, and that no script speaks of: neither of the
    column, nor of the whole table that is gone.
    """
    words = set(re.findall(r"\w+", scripts))
    tables = {line.partition(".")[0] for line in after}
    result = set()
    for line in before - after:
        table, column = line.partition(" ")[0].split(".")
        if column not in words and (table in tables or table not in words):
            result.add(line)
    return result


@tagged("post_install", "-at_install")
class TestSchema(TransactionCase):
    maxDiff = None

    def test_nothing_is_lost(self):
        current = stored_columns(self.env.cr)
        version = modules.manifest(ADDON)["version"]
        for path in releases():
            before = set(path.read_text().splitlines())
            with self.subTest(path.stem):
                if path.stem == version:
                    self.assertEqual(before, current, f"bring {path} up to date")
                scripts = migrations(path.stem, version)
                lost = forgotten(before, current, scripts)
                self.assertFalse(lost, "a migration has to say what becomes of them")

    def test_versions(self):
        """One version for all addons, and never an older one than was released."""
        versions = {modules.manifest(name)["version"] for name in paths.addons()}
        self.assertEqual(len(versions), 1, versions)
        (version,) = versions
        self.assertLessEqual(parts(releases()[-1].stem), parts(version))
        steps = (paths.ROOT / ADDON / "migrations").glob("*")
        for step in (path.name for path in steps if path.is_dir()):
            self.assertLessEqual(parts(step), parts(version))


class TestForgotten(BaseCase):
    BEFORE = {"a.x integer", "a.y text", "b.z text"}

    def test_changes(self):
        for after, scripts, result in (
            (self.BEFORE | {"a.new text"}, "", set()),
            ({"a.x integer", "b.z text"}, "", {"a.y text"}),
            ({"a.x integer", "b.z text"}, "other of b", {"a.y text"}),
            ({"a.x integer", "b.z text"}, "DROP COLUMN y", set()),
            ({"a.x text", "a.y text", "b.z text"}, "", {"a.x integer"}),
            ({"a.x integer", "a.y text"}, "", {"b.z text"}),
            ({"a.x integer", "a.y text"}, "DROP TABLE b", set()),
        ):
            with self.subTest(after=after, scripts=scripts):
                self.assertEqual(forgotten(self.BEFORE, after, scripts), result)
