"""Catalogues of translations: `i18n/<addon>.pot` and `i18n/<language>.po` of an addon.

    python -m devtools.inside.catalogues merge
    python -m devtools.inside.catalogues missing [LANGUAGE…]

Started by `./dev i18n`. They are written in one form only, without dates and versions,
so that a file changes when a text does and never else.
"""

import sys
from pathlib import Path

import polib

from devtools.paths import ROOT, addons

LANGUAGES = {
    "de": "German",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
}

#: What Odoo's own export writes, less what changes by itself.
METADATA = {
    "Project-Id-Version": "Odoo Server 19.0",
    "Report-Msgid-Bugs-To": "",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "",
    "Plural-Forms": "",
}


def template_path(addon: str, root: Path = ROOT) -> Path:
    return root / addon / "i18n" / f"{addon}.pot"


def path_of(addon: str, language: str, root: Path = ROOT) -> Path:
    return root / addon / "i18n" / f"{language}.po"


def read(path: Path) -> polib.POFile:
    return polib.pofile(path.read_text(encoding="utf-8"))


def text_of(entries, addon: str, language: str = "") -> str:
    """The one form of a catalogue with these entries."""
    catalogue = polib.POFile()
    catalogue.header = (
        "Translation of Odoo Server.\n"
        "This file contains the translation of the following modules:\n"
        f"\t* {addon}\n"
    )
    catalogue.metadata = {
        **METADATA,
        **({"Language": language} if language else {}),
    }
    catalogue.extend(entries)
    lines = [line.rstrip() for line in str(catalogue).splitlines()]
    return "\n".join(lines).strip() + "\n"


def merged(template: polib.POFile, old: polib.POFile | None) -> list[polib.POEntry]:
    """The entries of a template with what is translated already.

    A text that changed, however little, is a new text: nothing is guessed.
    """
    known = {
        entry.msgid: entry.msgstr
        for entry in old or ()
        if not entry.obsolete and not entry.fuzzy
    }
    return [
        polib.POEntry(
            msgid=entry.msgid,
            msgstr=known.get(entry.msgid, ""),
            comment=entry.comment,
            occurrences=entry.occurrences,
        )
        for entry in template
    ]


def merge(root: Path = ROOT, names=None) -> None:
    """Bring the catalogues of all languages in line with the templates."""
    for addon in addons() if names is None else names:
        template = read(template_path(addon, root))
        for language in LANGUAGES:
            path = path_of(addon, language, root)
            old = read(path) if path.exists() else None
            text = text_of(merged(template, old), addon, language)
            path.write_text(text, encoding="utf-8")


def summary() -> None:
    """Print how much is not translated yet."""
    for language, name in LANGUAGES.items():
        entries = [e for addon in addons() for e in read(path_of(addon, language))]
        left = sum(not entry.msgstr for entry in entries)
        print(f"{name:8} {f'{left} texts to translate' if left else 'complete'}")


def missing(languages) -> None:
    """Print the entries that are not translated yet, each with its source."""
    for language in languages or LANGUAGES:
        for addon in addons():
            path = path_of(addon, language)
            old = read(path) if path.exists() else None
            entries = merged(read(template_path(addon)), old)
            left = [entry for entry in entries if not entry.msgstr]
            if left:
                print(f"# {path.relative_to(ROOT)}: {len(left)} of {len(entries)}\n")
                print(*left, sep="\n")


def main(action: str, *languages: str) -> int:
    unknown = set(languages) - set(LANGUAGES)
    if unknown:
        sys.exit(f"no such language: {', '.join(unknown)}; {', '.join(LANGUAGES)}")
    if action == "merge":
        merge()
        summary()
    else:
        missing(languages)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
