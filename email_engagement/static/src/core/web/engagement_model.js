import { Record, fields } from "@mail/core/common/record";
import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

/** See models/email_engagement_status.py. */
const GAP = "\ufffc";

/** The same in words as the server's `_relative_time`; hours as the timeline counts them. */
function relativeTime(date, now) {
    const { minutes } = now.diff(date, "minutes");
    const { days } = now.startOf("day").diff(date.startOf("day"), "days");
    if (minutes < 1) {
        return _t("just now");
    }
    if (minutes < 60) {
        return date.toRelative({ base: now, unit: "minutes" });
    }
    if (days < 1) {
        return date.toRelative({ base: now, unit: "hours" });
    }
    return days < 2 ? _t("yesterday") : _t("on %s", formatDate(date));
}

/** What is known of a followed email, without its history. */
export class Engagement extends Record {
    static _name = "email.engagement";
    static id = "id";

    /** @type {number} */
    id;
    message = fields.One("mail.message", { inverse: "engagement_id" });
    /** @type {string} see models/email_engagement.py */
    status;
    /** @type {string} one short sentence, with a gap for the moment */
    status_sentence;
    status_moment = fields.Datetime();
    /** @type {string|false} why it went out as it was */
    not_followed_reason;
    open_count = 0;
    click_count = 0;
    attachment_view_count = 0;
    reply_count = 0;
    machine_count = 0;
    /** @type {string|false} */
    reminder_state;
    /** @type {string} what is to be seen of the reminder at a glance */
    reminder_summary;

    /** What happened, as of now. */
    get statusText() {
        const when = this.status_moment && relativeTime(this.status_moment, luxon.DateTime.now());
        return this.status_sentence?.replace(GAP, when);
    }

    /** Differs when there may be something new in the history. */
    get version() {
        return [
            this.status,
            this.status_sentence,
            this.status_moment,
            this.open_count,
            this.click_count,
            this.attachment_view_count,
            this.reply_count,
            this.machine_count,
        ].join();
    }
}

Engagement.register();
