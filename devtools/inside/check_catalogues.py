"""What can be wrong with translations and is seen without a database.

    python -m devtools.inside.check_catalogues

Part of `./dev lint`. Each complaint is a file, a line and a sentence.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from devtools.inside import catalogues
from devtools.paths import ROOT, addons

Complaints = Iterator[tuple[Path, int, str]]

#: As Python's `%` reads it: in `100 % der`, too, where it would fail at run time.
PYTHON_FORMAT = re.compile(r"%(?:\(\w+\))?[ #0+-]*(?:\d+|\*)?(?:\.\d+)?[a-zA-Z%]")
#: As the web client's `_t` reads it, which leaves every other `%` alone.
NAMED = re.compile(r"%(?:\(\w+\))?s|%\(\w+\)d")
BRACES = re.compile(r"\{\{.*?\}\}|\$?\{[^{}]*\}")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
ATTRIBUTE = re.compile(r"""([\w.:-]+)\s*=\s*("[^"]*"|'[^']*')""")
#: Attributes whose text is translated with the sentence that they stand in.
TRANSLATED = {"alt", "aria-label", "placeholder", "title"}


def problems(root: Path = ROOT, names=None) -> Complaints:
    for addon in addons() if names is None else names:
        template = catalogues.template_path(addon, root)
        if not template.exists():
            yield template, 1, "is missing: run ./dev i18n"
            continue
        entries = catalogues.read(template)
        if catalogues.text_of(entries, addon) != template.read_text(encoding="utf-8"):
            yield template, 1, "is not as ./dev i18n writes it"
        for language, name in catalogues.LANGUAGES.items():
            path = catalogues.path_of(addon, language, root)
            if path.exists():
                yield from _check(path, entries, addon, language)
            else:
                yield path, 1, f"there is no {name}: run ./dev i18n"


def _check(path: Path, template, addon: str, language: str) -> Complaints:
    catalogue = catalogues.read(path)
    for entry in catalogue:
        if not entry.obsolete:
            for text in wrong_with(entry):
                yield path, entry.linenum, f"{text}: {_short(entry.msgid)}"
    expected = catalogues.text_of(
        catalogues.merged(template, catalogue), addon, language
    )
    if expected != path.read_text(encoding="utf-8"):
        yield path, 1, f"is not in line with {addon}.pot: run ./dev i18n"


def wrong_with(entry) -> Iterator[str]:
    """Complaints about one entry of a catalogue."""
    source, target = entry.msgid, entry.msgstr
    if entry.fuzzy:
        yield "fuzzy, a guess that nobody confirmed"
    if not target:
        yield "not translated"
        return
    places = {Path(name).suffix for name, _line in entry.occurrences}
    formats = PYTHON_FORMAT if ".py" in places else NAMED
    # Nothing is filled into a text without placeholders: a `%` is a percentage.
    if formats.search(source) or NAMED.search(target):
        yield from _differs("placeholders", formats, source, target)
    yield from _differs("placeholders", BRACES, source, target)
    if _tags(source) != _tags(target):
        yield f"other tags ({_more(_tags(source), _tags(target))})"
    elif _is_markup(source) and not _is_markup(target):
        yield "tags in a wrong order, or a bare & or <"
    if _edges(source) != _edges(target):
        yield "other blanks or line breaks at the beginning or the end"
    if places & {".py", ".js"} and source.count("\n") != target.count("\n"):
        yield "other line breaks"


def _differs(what: str, pattern, source: str, target: str) -> Iterator[str]:
    ours, theirs = pattern.findall(source), pattern.findall(target)
    if Counter(ours) != Counter(theirs):
        yield f"other {what} ({_more(Counter(ours), Counter(theirs))})"
    elif _nameless(ours) != _nameless(theirs):
        yield f"other order of nameless {what}"


def _nameless(found: list[str]) -> list[str]:
    return [part for part in found if not {"(", "{"} & set(part)]


def _more(ours: Counter, theirs: Counter) -> str:
    lost = [f"without {part}" for part in (ours - theirs)]
    extra = [f"with {part}" for part in (theirs - ours)]
    return ", ".join(lost + extra)


def _tags(text: str) -> Counter:
    """The tags of a text, with what may be translated in them left out."""
    return Counter(ATTRIBUTE.sub(_untranslated, tag) for tag in TAG.findall(text))


def _untranslated(attribute) -> str:
    return f"{attribute[1]}=…" if attribute[1] in TRANSLATED else attribute[0]


def _is_markup(text: str) -> bool:
    try:
        ElementTree.fromstring(f"<text>{text}</text>")
    except ElementTree.ParseError:
        return False
    return "<" in text or "&" in text


def _edges(text: str) -> tuple[str, str]:
    inside = text.strip()
    start = text.index(inside)
    return text[:start], text[start + len(inside) :]


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}…")


def main() -> int:
    complaints = list(problems())
    for path, line, text in complaints:
        print(f"{path.relative_to(ROOT)}:{line}: {text}")
    return 1 if complaints else 0


if __name__ == "__main__":
    raise SystemExit(main())
