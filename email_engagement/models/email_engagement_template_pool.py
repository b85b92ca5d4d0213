from odoo import api, fields, models
from odoo.tools import SQL

from . import template_results
from .email_engagement_template_day import COUNTS, SUMS
from .figures import replace_where_different
from .numbers import number


class EmailEngagementTemplatePool(models.Model):
    """What became of the followed emails of all templates for one model in one company,
    in the last days that count: what a template is compared with.

    The sums of ``email.engagement.template.stats``, so that a list of some templates
    need not read those of all others.
    """

    _name = "email.engagement.template.pool"
    _description = "Results of All Email Templates for a Model"
    _log_access = False
    _rec_name = "model"
    _order = "id"

    model = fields.Char(required=True)
    company_id = fields.Many2one("res.company", ondelete="cascade", index=False)
    sent_count = fields.Integer("Sent")
    opened_count = fields.Integer("Opened")
    replied_count = fields.Integer("Answered")

    _model_unique = models.UniqueIndex("(model, COALESCE(company_id, 0))")

    @api.model
    def _refresh(self):
        """Add up the templates of each model, and mark those with a star.

        Two statements over the sums, whatever their number; only rows that differ are
        written.
        """
        fresh = SQL(
            """
            SELECT COALESCE(template.model, '') AS model, stats.company_id, %s
              FROM email_engagement_template_stats stats
              JOIN mail_template template ON template.id = stats.template_id
             GROUP BY COALESCE(template.model, ''), stats.company_id
            """,
            SUMS,
        )
        keys = ("model", "company_id")
        self.env.execute_query(
            replace_where_different(self._table, keys, COUNTS, fresh)
        )
        self.env.execute_query(
            SQL(
                """
                UPDATE email_engagement_template_stats stats
                   SET is_recommended = found.recommended
                  FROM (SELECT id, COALESCE(recommended, FALSE) AS recommended
                          FROM email_engagement_template_stats
                          LEFT JOIN (%s) rated USING (id)) found
                 WHERE found.id = stats.id
                   AND stats.is_recommended IS DISTINCT FROM found.recommended
             RETURNING stats.id
                """,
                template_results.by_company(number(self.env, "template_min_sample")),
            )
        )
        self.invalidate_model()
