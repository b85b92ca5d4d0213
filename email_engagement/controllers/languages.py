"""The language of a page for somebody who is not logged in."""

from pathlib import Path

from odoo.http import request

from ..tools.languages import nearest

#: Those that the addon speaks, whatever a database has installed.
SPOKEN = sorted(path.stem for path in Path(__file__).parent.parent.glob("i18n/*.po"))


def language_of_page(env, wanted="", fallback="") -> str:
    """The first that is installed of: the wanted one, the nearest to what the browser
    asks for (``de_DE`` for one that asks for ``de-AT``), the fallback, English.
    """
    installed = [code for code, _name in env["res.lang"].get_installed()]
    candidates = (wanted, nearest(_asked(), installed), fallback)
    return next((code for code in candidates if code in installed), "en_US")


def language_without_database() -> str:
    """A language that the addon speaks. Of these only: Odoo remembers translations for
    every code that it is asked for, and a stranger could ask for any number.
    """
    return nearest(_asked(), ["en", *SPOKEN]) or "en"


def _asked() -> list[str]:
    return list(request.httprequest.accept_languages.values())
