import { _t } from "@web/core/l10n/translation";

/**
 * The dates that are offered, in the user's time zone, by which Odoo has set luxon.
 *
 * @param {luxon.DateTime} now
 * @returns {{ id: string, name: string, date: luxon.DateTime }[]}
 */
export function reminderPresets(now) {
    const morning = now.startOf("day").set({ hour: 9 });
    return [
        { id: "tomorrow", name: _t("Tomorrow"), date: morning.plus({ days: 1 }) },
        { id: "3_days", name: _t("In 3 days"), date: morning.plus({ days: 3 }) },
        {
            id: "next_week",
            name: _t("Next week"),
            date: morning.plus({ days: 8 - now.weekday }),
        },
    ];
}

/**
 * @param {string} type
 * @param {luxon.DateTime} date
 */
export function reminderText(type, date) {
    const when = date.toLocaleString({
        day: "numeric",
        hour: "numeric",
        minute: "numeric",
        month: "short",
    });
    switch (type) {
        case "no_reply":
            return _t("If no reply by %s", when);
        case "not_opened":
            return _t("If not opened by %s", when);
    }
    return _t("On %s", when);
}
