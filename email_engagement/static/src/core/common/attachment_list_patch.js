import { AttachmentList } from "@mail/core/common/attachment_list";

import { patch } from "@web/core/utils/patch";
import { EngagementFileToggle } from "./engagement_file_toggle";

Object.assign(AttachmentList.components, { EngagementFileToggle });

patch(AttachmentList.prototype, {
    /** Whether the cards say how a file is sent: those of an email that is followed. */
    get canFollowEngagementFiles() {
        // By way of the props: what is read there has this list rendered again.
        const composer = this.props.attachments[0]?.composer;
        return Boolean(
            this.env.inComposer &&
            this.env.engagementComposer?.canFollowEngagement &&
            composer?.isEngagementFollowed
        );
    },
});
