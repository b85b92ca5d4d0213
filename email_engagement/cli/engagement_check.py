"""``odoo-bin engagement_check``: *Check My Set-up* for scripts.

Odoo finds commands by the names of files in the addons' ``cli`` folders, and loads them
without the addon itself.
"""

import logging
import sys

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config

_logger = logging.getLogger(__name__)

STATUS = {"ok": 0, "warning": 1, "error": 2}
NOT_MADE = 2


class NotPossibleError(Exception):
    """A check that cannot be made, for a reason that needs no traceback."""


class EngagementCheck(Command):
    """Check whether what recipients do with followed emails comes in.

    Odoo has to be running. Sends a test email to the company's administrator, loads
    its picture and its link over the public address, and says what is wrong and
    what to do about it.
    """

    name = "engagement_check"
    epilog = """
    All options of the server that a configuration file knows can be given, too. The
    file itself is named by the variable ODOO_RC: Odoo looks for this command before
    it reads -c.

    Exit status: 0 everything is in order, 1 there are warnings, 2 something is wrong or
    the check could not be made.
    """

    def run(self, args):
        add = self.parser.add_argument
        add("-d", "--database", required=True)
        add("--company", type=int, metavar="ID", help="the administrator's own if not")
        add("--email", metavar="ADDRESS", help="where the test email goes")
        add("--no-mail", action="store_true", help="send no test email")
        options, others = self.parser.parse_known_args(args)
        # Not the database: which one a host name leads to is for the file to say.
        config.parse_config(others, setup_logging=True)
        sys.exit(self._status(options))

    def _status(self, options) -> int:
        try:
            with Registry(options.database).cursor() as cr:
                # Superuser: whoever can call this can do all in Odoo's shell.
                level = self._check(api.Environment(cr, SUPERUSER_ID, {}), options)
        except NotPossibleError as error:
            sys.stderr.write(f"{error}\n")
            return NOT_MADE
        except Exception:
            _logger.exception("The check of the set-up could not be made")
            return NOT_MADE
        return STATUS[level]

    def _check(self, env, options) -> str:
        if "email.engagement.check" not in env:
            raise NotPossibleError(
                "Email Engagement is not installed in this database."
            )
        admin = env.ref("base.user_admin", raise_if_not_found=False) or env.user
        company = env["res.company"].browse(options.company or admin.company_id.id)
        if not company.exists():
            raise NotPossibleError("There is no such company.")
        context = {"lang": admin.lang, "allowed_company_ids": company.ids}
        # su: a company that is named need not be the administrator's.
        checks = env(user=admin.id, su=True, context=context)["email.engagement.check"]
        check = checks.create({})
        check._run(email=options.email, with_mail=not options.no_mail)
        for line in check.line_ids:
            sys.stdout.write(f"{line.level:<8} {line.title}: {line.text}\n")
            if line.remedy:
                sys.stdout.write(f"{'':<8} -> {line.remedy}\n")
        level = check.level
        check.unlink()
        return level
