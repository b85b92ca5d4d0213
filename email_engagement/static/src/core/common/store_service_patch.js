import { Store } from "@mail/core/common/store_service";

import { serializeDateTime } from "@web/core/l10n/dates";
import { patch } from "@web/core/utils/patch";

patch(Store.prototype, {
    async getMessagePostParams({ postData }) {
        const params = await super.getMessagePostParams(...arguments);
        if (postData.engagementFollowed !== undefined) {
            params.post_data.engagement_followed = postData.engagementFollowed;
        }
        if (postData.engagementFollowed && postData.attachments?.length) {
            params.post_data.engagement_attachment_ids = postData.attachments
                .filter((attachment) => attachment.isEngagementFollowed)
                .map(({ id }) => id);
        }
        if (postData.engagementReminder) {
            const { type, date, note } = postData.engagementReminder;
            Object.assign(params.post_data, {
                engagement_reminder_type: type,
                engagement_reminder_date: serializeDateTime(date),
                engagement_reminder_note: note,
            });
        }
        return params;
    },
});
