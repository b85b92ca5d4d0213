"""The templates of translations (`.pot`) as Odoo exports them, from a database.

Piped into `odoo shell` by `./dev i18n`; the tests compare the same with the files.
"""

import io
from pathlib import Path

import polib

from odoo.tools.translate import PoFileWriter, TranslationModuleReader

from devtools.inside import catalogues
from devtools.paths import addons


class _Reader(TranslationModuleReader):
    """Odoo's keeps one module for each record, also where several name it as theirs:
    the name of a model belongs to each addon that adds to the model.
    """

    def _export_translatable_records(self):
        modules = self._modules
        for module in modules:
            self._modules = [module]
            super()._export_translatable_records()
        self._modules = modules


def templates(env) -> dict[str, str]:
    """The text of each addon's template. All addons have to be installed.

    One reader for all of them: most of its time is a walk over the folders of every
    addon that Odoo knows.
    """
    names = addons()
    rows = {name: [] for name in names}
    for row in _Reader(env.cr, modules=names):
        rows[row[0]].append(row)
    return {name: _template(name, found) for name, found in rows.items()}


def stale(env) -> list[str]:
    """A complaint for each template that is not what the addons' texts are now."""
    return [
        f"{addon}/i18n/{addon}.pot is not up to date: run ./dev i18n"
        for addon, text in templates(env).items()
        if not _is(catalogues.template_path(addon), text)
    ]


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def write(env) -> None:
    for addon, text in templates(env).items():
        path = catalogues.template_path(addon)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _template(addon: str, rows: list) -> str:
    buffer = io.BytesIO()
    PoFileWriter(buffer, lang=None).write_rows(rows)
    return catalogues.text_of(polib.pofile(buffer.getvalue().decode()), addon)
