"""Which of the languages that are offered comes nearest to what a browser asks for."""

from collections.abc import Iterable


def nearest(asked: Iterable[str], offered: Iterable[str]) -> str:
    """The first that is asked for and offered, if need be in another country's form.

    :param asked: as in the header ``Accept-Language``, what is liked best first
    :param offered: codes of Odoo

    >>> offered = ["en_US", "de_DE", "fr_FR"]
    >>> nearest(["de-AT", "en"], offered), nearest(["da", "fr"], offered)
    ('de_DE', 'fr_FR')
    >>> nearest(["*", "da"], offered)
    ''
    """
    exact, alike = {}, {}
    for code in offered:
        tag = code.replace("_", "-").lower()
        exact[tag] = code
        alike.setdefault(tag.partition("-")[0], code)
    for tag in map(str.lower, asked):
        found = exact.get(tag) or alike.get(tag.partition("-")[0])
        if found:
            return found
    return ""
