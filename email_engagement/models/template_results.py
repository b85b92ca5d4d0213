"""What is said of templates, derived from the stored counts in SQL.

The formulas are those of ``tools/kpi.py``, where their sources are; a test compares
both. Here they are SQL because lists are sorted, filtered and grouped by them.
"""

from odoo.tools import SQL

from ..tools.kpi import CONFIDENCE, quantile

#: Columns of ``results``. Rates and bounds are percent.
COLUMNS = (
    "sent",
    "opened",
    "replied",
    "open_rate",
    "open_low",
    "open_high",
    "reply_rate",
    "reply_low",
    "reply_high",
    "pooled_open_rate",
    "pooled_reply_rate",
    "recommended",
    "worse",
)


def wilson(count: SQL, sample: SQL, confidence: float = CONFIDENCE) -> tuple[SQL, SQL]:
    """Bounds of the Wilson score interval in percent: ``kpi.wilson`` in SQL.

    :param count: expression of type double precision; ``sample`` likewise, not zero
    """
    z = quantile(confidence)
    terms = {"count": count, "sample": sample, "z": z, "zz": z * z}
    middle = SQL("(%(count)s + %(zz)s / 2)", **terms)
    reach = SQL(
        "%(z)s * sqrt(%(count)s * (%(sample)s - %(count)s) / %(sample)s + %(zz)s / 4)",
        **terms,
    )
    scale = SQL("(%(sample)s + %(zz)s)", **terms)
    # exact at the ends, where rounding would leave 0 or 100 by an ulp
    low = SQL(
        "CASE WHEN %s = 0 THEN 0 ELSE 100 * (%s - %s) / %s END",
        *(count, middle, reach, scale),
    )
    high = SQL(
        "CASE WHEN %s = %s THEN 100 ELSE 100 * (%s + %s) / %s END",
        *(count, sample, middle, reach, scale),
    )
    return low, high


def results(company_ids: list[int], min_sample: int, template_ids=None) -> SQL:
    """SELECT of ``template_id`` and ``COLUMNS``: one row for each template that was
    sent in some of the companies, and none for the others.

    The pooled rate is that of all templates of the same model in these companies,
    together: each email weighs the same.

    :param min_sample: copies sent before a template is recommended, or called worse
    :param template_ids: of these only; of all templates no more than the sums are read
    """
    stats = SQL(
        """
        SELECT stats.*, COALESCE(template.model, '') AS model
          FROM email_engagement_template_stats stats
          JOIN mail_template template ON template.id = stats.template_id
         WHERE stats.company_id IS NULL OR stats.company_id = ANY(%s)
        """,
        list(company_ids),
    )
    scope = SQL("TRUE")
    if template_ids is not None:
        scope = SQL("template_id = ANY(%s)", list(template_ids))
    sent = SQL.identifier("sent")
    open_low, open_high = wilson(SQL.identifier("opened"), sent)
    reply_low, reply_high = wilson(SQL.identifier("replied"), sent)
    return SQL(
        """
        SELECT rated.*,
               sent >= %(min_sample)s AND (open_low > pooled_open_rate
                                           OR reply_low > pooled_reply_rate)
                   AS recommended,
               sent >= %(min_sample)s AND (open_high < pooled_open_rate
                                           OR reply_high < pooled_reply_rate)
                   AS worse
          FROM (SELECT template_id, sent::int, opened::int, replied::int,
                       100 * opened / sent AS open_rate,
                       %(open_low)s AS open_low, %(open_high)s AS open_high,
                       100 * replied / sent AS reply_rate,
                       %(reply_low)s AS reply_low, %(reply_high)s AS reply_high,
                       pooled_open_rate, pooled_reply_rate
                  FROM (SELECT template_id, model,
                               sum(sent_count)::float8 AS sent,
                               sum(opened_count)::float8 AS opened,
                               sum(replied_count)::float8 AS replied
                          FROM (%(stats)s) stats
                         WHERE %(scope)s
                         GROUP BY template_id, model
                        HAVING sum(sent_count) > 0) counted
                  JOIN (SELECT model,
                               100 * sum(opened_count)::float8 / sum(sent_count)
                                   AS pooled_open_rate,
                               100 * sum(replied_count)::float8 / sum(sent_count)
                                   AS pooled_reply_rate
                          FROM (%(stats)s) stats
                         GROUP BY model
                        HAVING sum(sent_count) > 0) siblings USING (model)
               ) rated
        """,
        stats=stats,
        scope=scope,
        open_low=open_low,
        open_high=open_high,
        reply_low=reply_low,
        reply_high=reply_high,
        min_sample=max(min_sample, 1),
    )
