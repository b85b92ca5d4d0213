from odoo import api, models
from odoo.tools import SQL

from ..tools.kept_links import export
from ..tools.urls import location


class EmailEngagementLink(models.Model):
    _inherit = "email.engagement.link"

    @api.model
    def _export_kept_links(self, folder: str) -> str:
        """Write what keeps the links in emails already sent working without Odoo, for
        whoever is about to uninstall the addon. See ``tools/kept_links.py``.

        The texts are in the language of the environment.

        :return: the folder that was made in ``folder``
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT id, url FROM email_engagement_link WHERE url IS NOT NULL"
                " ORDER BY id"
            )
        )
        targets = ((id_, location(url)) for id_, url in rows)
        texts = {
            "file": self.env._(
                "This file is not available any more. Please ask whoever sent you the "
                "email for it."
            ),
            "preference": self.env._(
                "Nothing is recorded any more about this email or any other one of its "
                "sender. There is nothing to switch off."
            ),
            "missing": self.env._("This link leads nowhere."),
        }
        # sudo: the same parameters that tokens are signed with.
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        return str(
            export(
                folder,
                self.env["email.engagement.token"]._get_keys(),
                parameters_sudo.get_param("database.uuid") or "",
                ((id_, target) for id_, target in targets if target),
                {name: f"{text}\n" for name, text in texts.items()},
            )
        )
