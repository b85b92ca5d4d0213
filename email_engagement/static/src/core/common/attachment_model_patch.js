import { Attachment } from "@mail/core/common/attachment_model";

import { patch } from "@web/core/utils/patch";
import { user } from "@web/core/user";

const MEGABYTE = 1_000_000;

patch(Attachment.prototype, {
    setup() {
        super.setup(...arguments);
        /**
         * Whether the writer wants the file sent as a link.
         *
         * @type {boolean|undefined} undefined: as the settings of the record's company say
         */
        this.engagementFollowed = undefined;
    },

    get isEngagementFollowed() {
        return this.engagementFollowed ?? this.isEngagementProposed;
    },

    get isEngagementProposed() {
        const company = this.composer?.targetThread?.engagementCompany ?? user.activeCompany;
        const limit = (company?.engagement_follow_attachments_above || 0) * MEGABYTE;
        return Boolean(company?.engagement_follow_attachments || (limit && this.file_size > limit));
    },
});
