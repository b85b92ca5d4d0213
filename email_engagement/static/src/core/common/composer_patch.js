import { Composer } from "@mail/core/common/composer";

import { toRaw, useChildSubEnv } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { patch } from "@web/core/utils/patch";
import { user } from "@web/core/user";

patch(Composer.prototype, {
    setup() {
        super.setup();
        useChildSubEnv({ engagementComposer: this });
    },

    /** Whether what is written here goes out as an email that can be followed. */
    get canFollowEngagement() {
        const { composer, type } = this.props;
        const model = composer.targetThread?.model;
        return (
            user.isInternalUser &&
            user.activeCompany?.engagement_is_on !== false &&
            type === "message" &&
            !composer.message &&
            Boolean(model) &&
            !["discuss.channel", "mail.box"].includes(model)
        );
    },

    get postData() {
        const postData = super.postData;
        if (this.canFollowEngagement) {
            postData.engagementFollowed = toRaw(this.props.composer).isEngagementFollowed;
        }
        return postData;
    },

    get fullComposerAdditionalContext() {
        const context = { ...super.fullComposerAdditionalContext };
        const { engagementFollowed } = this.props.composer;
        if (this.canFollowEngagement && engagementFollowed !== undefined) {
            context.default_engagement_followed = engagementFollowed;
        }
        const { attachments } = this.props.composer;
        if (this.canFollowEngagement && attachments.length) {
            const ids = (files) => files.map(({ id }) => [4, id]);
            context.default_engagement_attachment_ids = ids(
                attachments.filter((attachment) => attachment.isEngagementFollowed)
            );
            context.default_engagement_decided_attachment_ids = ids(attachments);
        }
        return context;
    },

    /** The draft keeps the writer's choice, also the one made in the full composer. */
    saveContent() {
        super.saveContent();
        const composer = toRaw(this.props.composer);
        if (this.state.isFullComposerOpen) {
            this.fullComposerBus.trigger("SAVE_ENGAGEMENT_FOLLOWED", {
                onSave: (followed) => (composer.engagementFollowed = followed),
            });
        }
        const draft = browser.localStorage.getItem(composer.localId);
        if (draft && composer.engagementFollowed !== undefined) {
            browser.localStorage.setItem(
                composer.localId,
                JSON.stringify({
                    ...JSON.parse(draft),
                    engagementFollowed: composer.engagementFollowed,
                })
            );
        }
    },

    restoreContent() {
        super.restoreContent();
        const composer = toRaw(this.props.composer);
        const draft = JSON.parse(browser.localStorage.getItem(composer.localId));
        if (typeof draft?.engagementFollowed === "boolean") {
            composer.engagementFollowed = draft.engagementFollowed;
        }
    },
});
