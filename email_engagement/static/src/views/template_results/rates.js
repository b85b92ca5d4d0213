import { _t } from "@web/core/l10n/translation";
import { formatPercentage } from "@web/views/fields/formatters";

/** What the rates of a template are called in its results, by field. */
export const RATES = {
    engagement_open_rate: { name: "open", count: "opened" },
    engagement_reply_rate: { name: "reply", count: "replied" },
};

/**
 * @param {number | false} percent
 * @param {number} [decimals]
 * @returns {string} nothing, not 0 %, where there is no rate
 */
export function formatRate(percent, decimals = 1) {
    if (percent === false || percent === null || percent === undefined) {
        return "";
    }
    return formatPercentage(percent / 100, { digits: [16, decimals] });
}

/**
 * @param {Object} results of a template
 * @param {string} name "open" or "reply"
 */
export function formatInterval(results, name) {
    return _t("%(low)s to %(high)s", {
        low: formatRate(results[`${name}_low`]),
        high: formatRate(results[`${name}_high`]),
    });
}

/** A rate with its sample and its interval, in one sentence. */
export function explainRate(results, name) {
    const values = {
        sent: results.sent,
        rate: formatRate(results[`${name}_rate`]),
        interval: formatInterval(results, name),
    };
    return name === "open"
        ? _t("%(opened)s of %(sent)s opened: %(rate)s. 95% interval: %(interval)s", {
              ...values,
              opened: results.opened,
          })
        : _t("%(answered)s of %(sent)s answered: %(rate)s. 95% interval: %(interval)s", {
              ...values,
              answered: results.replied,
          });
}

/** Why a template is recommended, or does clearly worse: one reason each. */
export function explainVerdict(results) {
    const reasons = [];
    for (const name of ["open", "reply"]) {
        const pooled = results[`pooled_${name}_rate`];
        const stands_out = results.recommended && results[`${name}_low`] > pooled;
        const falls_behind = results.worse && results[`${name}_high`] < pooled;
        if (stands_out || falls_behind) {
            reasons.push(
                _t("%(explanation)s; all templates for these records together: %(pooled)s.", {
                    explanation: explainRate(results, name),
                    pooled: formatRate(pooled),
                })
            );
        }
    }
    return reasons;
}

/**
 * The rate of several templates together. Each email weighs the same: rates are never
 * averaged.
 *
 * @param {Object[]} rows results of templates, or false
 * @param {string} count "opened" or "replied"
 * @returns {number | false} percent
 */
export function pooledRate(rows, count) {
    const total = (key) => rows.reduce((sum, row) => sum + ((row && row[key]) || 0), 0);
    const sent = total("sent");
    return sent ? (100 * total(count)) / sent : false;
}
