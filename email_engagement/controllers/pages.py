"""Pages that are shown when there is no database to take a template from."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

LATER_TITLE = _lt("One moment, please")
LATER_TEXT = _lt(
    "The page you asked for is not available right now. This page tries again by "
    "itself in a few seconds."
)
LATER_PAGE = """\
<!DOCTYPE html>
<html lang="%(language)s">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>%(title)s</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: #374151;
       background: #f9fafb; display: grid; min-height: 100vh; place-items: center; }
main { max-width: 30rem; padding: 2rem; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; color: #111827; }
@media (prefers-color-scheme: dark) {
  body { background: #1b1d26; color: #d1d5db; }
  h1 { color: #f9fafb; }
}
</style>
</head>
<body>
<main>
<h1>%(title)s</h1>
<p>%(text)s</p>
</main>
</body>
</html>
"""


def later_page(language: str) -> str:
    """It asks again by itself, until there is a database.

    :param language: short, as of a catalogue in ``i18n``
    """
    code = "en_US" if language == "en" else language
    return LATER_PAGE % {
        "language": language,
        "title": LATER_TITLE._translate(code),
        "text": LATER_TEXT._translate(code),
    }
