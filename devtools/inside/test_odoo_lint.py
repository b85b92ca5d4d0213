"""Odoo's own linters (its addon `test_lint`), looking at the addons here only.

They go over every addon that Odoo can find: 400 of its own, which are not ours to
mend, and which take minutes.
"""

import contextlib
import importlib
import subprocess
import unittest
from types import SimpleNamespace
from unittest import mock

from odoo.modules import Manifest
from odoo.tools import config

import odoo.addons

from devtools import paths

#: Left out: `test_eslint` (made for an eslint that is gone; see `./dev lint`) and
#: `test_l10n` (about localisation addons).
LINTERS = (
    "test_checkers",
    "test_docstring",
    "test_dunderinit",
    "test_i18n",
    "test_index",
    "test_jstranslate",
    "test_manifests",
    "test_markers",
    "test_naming",
    "test_onchange_domains",
    "test_orm_import",
    "test_override_signatures",
    "test_pofile",
    "test_pylint",
    "test_routes",
    "test_test_holes",
)


def _narrowed(module):
    """What has to be replaced for a linter to see the addons here only."""
    names = paths.addons()
    manifests = [Manifest.for_addon(name) for name in names]
    folders = [str(paths.ROOT / name) for name in names]
    yield mock.patch.object(Manifest, "all_addon_manifests", lambda: manifests)
    yield mock.patch.object(odoo.addons, "__path__", folders)
    yield mock.patch.object(odoo, "__path__", [])
    if hasattr(module, "get_modules"):
        yield mock.patch.object(module, "get_modules", lambda: names)
    if module.__name__.endswith(".test_pylint"):
        yield mock.patch.object(module, "subprocess", SimpleNamespace(run=_pylint))


def _pylint(command, env, **kwargs):
    """Run pylint, but not over Odoo's own folder.

    Of the path that is handed down only the first entry is kept, the linter's own:
    among the others is Odoo's folder of addons, where `calendar` and `resource` hide
    those of the standard library.
    """
    env["PYTHONPATH"] = env["PYTHONPATH"].partition(":")[0]
    command = [part for part in command if part != config.root_path]
    return subprocess.run(command, env=env, **kwargs)


def _linter(module, cls):
    """The same test class, narrowed; it keeps its tags and its name."""

    def run(self, result=None):
        with contextlib.ExitStack() as stack:
            for patch in _narrowed(module):
                stack.enter_context(patch)
            return cls.run(self, result)

    return type(cls)(cls.__name__, (cls,), {"run": run, "__module__": cls.__module__})


def _linters():
    for name in LINTERS:
        module = importlib.import_module(f"odoo.addons.test_lint.tests.{name}")
        for cls in list(vars(module).values()):
            if (
                isinstance(cls, type)
                and issubclass(cls, unittest.TestCase)
                and cls.__module__ == module.__name__
            ):
                yield f"{cls.__name__}_{name}", _linter(module, cls)


globals().update(_linters())
