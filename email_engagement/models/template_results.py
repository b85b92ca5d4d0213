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
        "%(z)s * sqrt(GREATEST(%(count)s * (%(sample)s - %(count)s) / %(sample)s, 0)"
        " + %(zz)s / 4)",
        **terms,
    )
    scale = SQL("(%(sample)s + %(zz)s)", **terms)
    # Never below zero, though more days may count since the sample was added up. And
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
    :param template_ids: of these only
    """
    in_companies = SQL(
        "(company_id IS NULL OR company_id = ANY(%s))", list(company_ids)
    )
    scope = SQL("TRUE")
    if template_ids is not None:
        scope = SQL("template_id = ANY(%s)", list(template_ids))
    counted = SQL(
        """
        SELECT counted.*, pooled_open_rate, pooled_reply_rate
          FROM (SELECT template_id, %(sums)s
                  FROM email_engagement_template_stats
                 WHERE %(in_companies)s AND %(scope)s
                 GROUP BY template_id
                HAVING sum(sent_count) > 0) counted
          JOIN mail_template template ON template.id = counted.template_id
          LEFT JOIN (SELECT model, %(pooled)s
                       FROM email_engagement_template_pool
                      WHERE %(in_companies)s
                      GROUP BY model
                     HAVING sum(sent_count) > 0) pool
            ON pool.model = COALESCE(template.model, '')
        """,
        in_companies=in_companies,
        scope=scope,
        sums=SUMS,
        pooled=POOLED,
    )
    return _rated(SQL.identifier("template_id"), counted, min_sample)


def by_company(min_sample: int) -> SQL:
    """SELECT of ``id`` and ``COLUMNS``: a row for each of the stored sums, compared
    with its company alone.
    """
    counted = SQL(
        """
        SELECT stats.id, stats.sent_count::float8 AS sent,
               stats.opened_count::float8 AS opened,
               stats.replied_count::float8 AS replied,
               100 * pool.opened_count::float8 / NULLIF(pool.sent_count, 0)
                   AS pooled_open_rate,
               100 * pool.replied_count::float8 / NULLIF(pool.sent_count, 0)
                   AS pooled_reply_rate
          FROM email_engagement_template_stats stats
          JOIN mail_template template ON template.id = stats.template_id
          JOIN email_engagement_template_pool pool
            ON pool.model = COALESCE(template.model, '')
           AND COALESCE(pool.company_id, 0) = COALESCE(stats.company_id, 0)
         WHERE stats.sent_count > 0
        """,
    )
    return _rated(SQL.identifier("id"), counted, min_sample)


SUMS = SQL(
    """
    sum(sent_count)::float8 AS sent, sum(opened_count)::float8 AS opened,
    sum(replied_count)::float8 AS replied
    """
)
POOLED = SQL(
    """
    100 * sum(opened_count)::float8 / sum(sent_count) AS pooled_open_rate,
    100 * sum(replied_count)::float8 / sum(sent_count) AS pooled_reply_rate
    """
)


def _rated(key: SQL, counted: SQL, min_sample: int) -> SQL:
    """SELECT of ``key`` and ``COLUMNS``.

    :param counted: SELECT of the key, the counts (double precision, none of nothing
        sent) and the pooled rates, NULL as long as the pool does not know the model
    """
    sent = SQL.identifier("sent")
    open_low, open_high = wilson(SQL.identifier("opened"), sent)
    reply_low, reply_high = wilson(SQL.identifier("replied"), sent)
    return SQL(
        """
        SELECT rated.*,
               sent >= %(min_sample)s
                   AND COALESCE(open_low > pooled_open_rate
                                OR reply_low > pooled_reply_rate, FALSE)
                   AS recommended,
               sent >= %(min_sample)s
                   AND COALESCE(open_high < pooled_open_rate
                                OR reply_high < pooled_reply_rate, FALSE)
                   AS worse
          FROM (SELECT %(key)s, sent::int, opened::int, replied::int,
                       100 * opened / sent AS open_rate,
                       %(open_low)s AS open_low, %(open_high)s AS open_high,
                       100 * replied / sent AS reply_rate,
                       %(reply_low)s AS reply_low, %(reply_high)s AS reply_high,
                       pooled_open_rate, pooled_reply_rate
                  FROM (%(counted)s) counted) rated
        """,
        key=key,
        counted=counted,
        open_low=open_low,
        open_high=open_high,
        reply_low=reply_low,
        reply_high=reply_high,
        min_sample=max(min_sample, 1),
    )
