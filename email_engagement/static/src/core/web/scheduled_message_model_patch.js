import { ScheduledMessage } from "@mail/chatter/web/scheduled_message_model";
import { fields } from "@mail/core/common/record";

import { patch } from "@web/core/utils/patch";

patch(ScheduledMessage.prototype, {
    setup() {
        super.setup(...arguments);
        this.engagement_reminder_date = fields.Datetime();
    },
});
