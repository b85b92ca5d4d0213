from odoo import api, models
from odoo.tools import SQL

from .email_engagement_link import SERVED


class EmailEngagementLink(models.Model):
    """What the public routes serve: files and pictures, found by a genuine token."""

    _inherit = "email.engagement.link"

    @api.model
    def _find_served(self, trace_id: int, link_id: int) -> tuple | None:
        """The file of a genuine token and its name, None unless it is available.

        SQL: making a statement of a domain takes longer than executing it, as does
        reading all of a record for two of its columns, and a reader waits.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT link.attachment_id, link.label
                  FROM email_engagement_link link
                  JOIN email_engagement_trace trace USING (engagement_id)
                 WHERE link.id = %s AND trace.id = %s AND %s
                """,
                link_id,
                trace_id,
                SERVED,
            )
        )
        if not rows:
            return None
        [(attachment_id, label)] = rows
        return self.env["ir.attachment"].browse(attachment_id), label or ""

    @api.model
    def _find_file(self, trace_id: int, link_id: int):
        """The trace and the link that a genuine token names; empty when gone."""
        link = self._find("file", trace_id, link_id)
        return self.env["email.engagement.trace"].browse(link and trace_id), link

    @api.model
    def _find_picture(self, trace_id: int, link_id: int):
        return self._find("image", trace_id, link_id)

    @api.model
    def _find(self, kind: str, trace_id: int, link_id: int):
        """SQL: as above."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT link.id
                  FROM email_engagement_link link
                  JOIN email_engagement_trace trace USING (engagement_id)
                 WHERE link.id = %s AND link.kind = %s AND trace.id = %s
                """,
                link_id,
                kind,
                trace_id,
            )
        )
        return self.browse([id_ for (id_,) in rows])
