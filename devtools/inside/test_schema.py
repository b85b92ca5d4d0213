"""What was stored by a release is not taken away without a migration."""

from odoo.tests import TransactionCase, tagged

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


def releases() -> list:
    """The files of all releases, the oldest first."""
    return sorted(
        SCHEMAS.glob("*.txt"), key=lambda path: [*map(int, path.stem.split("."))]
    )


@tagged("post_install", "-at_install")
class TestSchema(TransactionCase):
    def test_nothing_is_lost(self):
        current = stored_columns(self.env.cr)
        version = modules.manifest(ADDON)["version"]
        for path in releases():
            lost = set(path.read_text().splitlines()) - current
            migrations = paths.ROOT / ADDON / "migrations" / version
            with self.subTest(path.stem):
                self.assertTrue(
                    not lost or (path.stem != version and any(migrations.glob("*.py"))),
                    f"{ADDON}/migrations/{version} has to say what becomes of {lost}",
                )

    def test_versions(self):
        """One version for all addons, and never an older one than was released."""
        versions = {modules.manifest(name)["version"] for name in paths.addons()}
        self.assertEqual(len(versions), 1, versions)
        (version,) = versions
        released = [path.stem for path in releases()]
        self.assertLessEqual(
            [*map(int, released[-1].split("."))], [*map(int, version.split("."))]
        )
        steps = (paths.ROOT / ADDON / "migrations").glob("*")
        for step in (path.name for path in steps if path.is_dir()):
            self.assertLessEqual(
                [*map(int, step.split("."))], [*map(int, version.split("."))]
            )
