import { ScheduledMessage } from "@mail/chatter/web/scheduled_message";

import { reminderText } from "@email_engagement/core/web/reminder/reminder_presets";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

patch(ScheduledMessage.prototype, {
    get isEngagementFollowed() {
        const { engagement_followed, is_note } = this.props.scheduledMessage;
        return Boolean(engagement_followed && !is_note);
    },

    /** Of what its sender will be reminded; false if of nothing. */
    get engagementReminder() {
        const { engagement_reminder_type: type, engagement_reminder_date: date } =
            this.props.scheduledMessage;
        return Boolean(type && date) && reminderText(type, date);
    },

    get engagementText() {
        return _t("Scheduled to send %(date)s", {
            date: this.props.scheduledMessage.scheduled_date.toLocaleString({
                ...luxon.DateTime.DATETIME_MED,
                year: undefined,
            }),
        });
    },
});
