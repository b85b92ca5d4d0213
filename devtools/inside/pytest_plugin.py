"""pytest's part in `./dev test`, loaded beside pytest-odoo."""

import sys

import pytest
from _pytest.doctest import DoctestModule
from hypothesis.internal.conjecture import providers

from odoo.tests import BaseCase

import odoo.addons

from devtools import paths
from devtools.inside.unexpected_logs import UnexpectedLogs

LOGS = UnexpectedLogs()

# Hypothesis draws from all constants in "local" code, by which it means Odoo's two
# thousand modules, too: seconds to read them, and other examples with each of them.
PURE = tuple(f"{paths.ROOT / name / 'tools'}/" for name in paths.addons())
providers.is_local_module_file = lambda path: path.startswith(PURE)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session):
    LOGS.install()
    # Odoo gives these to the test classes of addons only; tests in files elsewhere
    # are as good.
    BaseCase.test_tags = {"standard", "at_install"}
    BaseCase.test_module = ""


def pytest_collection_modifyitems(config, items):
    """Leave out what Odoo's own runner leaves out unless asked for."""
    left_out = [item for item in items if not _is_standard(item)]
    items[:] = [item for item in items if _is_standard(item)]
    config.hook.pytest_deselected(items=left_out)


def _is_standard(item) -> bool:
    return "standard" in getattr(getattr(item, "cls", None), "test_tags", {"standard"})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Fail a phase of a test (setup, call, teardown) that left warnings behind."""
    report = yield
    complaints = LOGS.take()
    if complaints and not report.failed:
        report.outcome = "failed"
        report.longrepr = "Unexpected warnings or errors of the server:\n" + "\n".join(
            complaints
        )
    return report


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session, exitstatus):
    """Do not overlook what is logged after the last test."""
    yield
    complaints = LOGS.take()
    if complaints:
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        reporter.write_line("\nUnexpected warnings or errors after the last test:")
        reporter.write_line("\n".join(complaints))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_collect_file(file_path, parent):
    """Run the examples in the docstrings of the addons' pure code."""
    if file_path.suffix == ".py" and file_path.parent.name == "tools":
        if (file_path.parent.parent / "__manifest__.py").exists():
            return DoctestModule.from_parent(parent, path=file_path)
    return None


def pytest_collectreport(report):
    """Take Odoo's folders of addons off the path again.

    pytest puts the folder above a package there to import a test from it, but in
    these folders `calendar` and `resource` hide those of the standard library.
    """
    folders = {*odoo.addons.__path__}
    sys.path[:] = [folder for folder in sys.path if folder not in folders]
