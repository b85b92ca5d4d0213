import { Message } from "@mail/core/common/message";
import { EngagementHistory } from "./engagement_history";
import { EngagementTile } from "./engagement_tile";

import { useState } from "@odoo/owl";
import { patch } from "@web/core/utils/patch";

Object.assign(Message.components, { EngagementHistory, EngagementTile });

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        this.engagementState = useState({ isOpen: false });
    },

    /** The engagement of the message, where there is one to be shown. */
    get engagement() {
        return this.message.engagement_id;
    },

    get engagementHistoryId() {
        return `o-engagement-history-${this.engagement.id}`;
    },

    toggleEngagement() {
        this.engagementState.isOpen = !this.engagementState.isOpen;
    },
});
