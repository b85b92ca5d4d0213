import { MailComposerAttachmentList } from "@mail/core/web/mail_composer_attachment_list";

import { EngagementFileToggle } from "@email_engagement/core/common/engagement_file_toggle";
import { patch } from "@web/core/utils/patch";
import { useX2ManyCrud } from "@web/views/fields/relational_utils";

const FOLLOWED = "engagement_attachment_ids";

MailComposerAttachmentList.components = {
    ...MailComposerAttachmentList.components,
    EngagementFileToggle,
};

patch(MailComposerAttachmentList.prototype, {
    setup() {
        super.setup();
        this.engagementOperations = useX2ManyCrud(() => this.props.record.data[FOLLOWED], true);
    },

    /** Whether the cards say how a file is sent: those of an email that is followed. */
    get canFollowEngagementFiles() {
        const { data } = this.props.record;
        return Boolean(
            data[FOLLOWED] && data.engagement_followed && data.engagement_can_follow !== false
        );
    },

    isEngagementFollowed(fileId) {
        return this.props.record.data[FOLLOWED].records.some(({ resId }) => resId === fileId);
    },

    async onToggleEngagement(fileId, followed) {
        if (followed) {
            return this.engagementOperations.saveRecord([fileId]);
        }
        const { records } = this.props.record.data[FOLLOWED];
        return this.engagementOperations.removeRecord(
            records.find(({ resId }) => resId === fileId)
        );
    },
});
