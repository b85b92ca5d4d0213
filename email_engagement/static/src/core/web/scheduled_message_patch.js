import { ScheduledMessage } from "@mail/chatter/web/scheduled_message";

import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

patch(ScheduledMessage.prototype, {
    get isEngagementFollowed() {
        const { engagement_followed, is_note } = this.props.scheduledMessage;
        return Boolean(engagement_followed && !is_note);
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
