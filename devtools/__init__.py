"""Development environment behind `./dev`: standard library only, one subject per file.

Everything made for this checkout lives in `.dev/`, everything downloaded in the
user's cache folder (see `paths`). Files that run inside the virtual environment
and may import Odoo are in `devtools/inside/`.
"""
