import { Record, fields } from "@mail/core/common/record";

/** What is known of a followed email, without its history. */
export class Engagement extends Record {
    static _name = "email.engagement";
    static id = "id";

    /** @type {number} */
    id;
    message = fields.One("mail.message", { inverse: "engagement_id" });
    /** @type {string} see models/email_engagement.py */
    status;
    /** @type {string} one short sentence, in the user's language and time zone */
    status_text;
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

    /** Differs when there may be something new in the history. */
    get version() {
        return [
            this.status,
            this.status_text,
            this.open_count,
            this.click_count,
            this.attachment_view_count,
            this.reply_count,
            this.machine_count,
        ].join();
    }
}

Engagement.register();
