import { Composer } from "@mail/core/common/composer";

import { toRaw, useChildSubEnv, useEffect } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, serializeDateTime } from "@web/core/l10n/dates";
import { patch } from "@web/core/utils/patch";
import { user } from "@web/core/user";

patch(Composer.prototype, {
    setup() {
        super.setup();
        useChildSubEnv({ engagementComposer: this });
        useEffect(
            (thread) => {
                if (thread && this.isEngagementEmail) {
                    thread.fetchEngagementCompany();
                }
            },
            () => [this.props.composer.targetThread]
        );
    },

    /** Whether what is written here goes out as an email that can be followed. */
    get canFollowEngagement() {
        const company = this.props.composer.targetThread?.engagementCompany;
        return company?.engagement_is_on !== false && this.isEngagementEmail;
    },

    /** Whether what is written here goes out as an email, of which one can be reminded. */
    get isEngagementEmail() {
        const { composer, type } = this.props;
        const model = composer.targetThread?.model;
        return (
            user.isInternalUser &&
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
        if (this.isEngagementEmail) {
            postData.engagementReminder = toRaw(this.props.composer).activeEngagementReminder;
        }
        return postData;
    },

    /** Of an email that is not followed, the reminder is an activity: show it at once. */
    async _sendMessage(value, postData) {
        const thread = toRaw(this.thread);
        const message = await super._sendMessage(...arguments);
        if (postData.engagementReminder && !postData.engagementFollowed) {
            thread.fetchThreadData(["activities"]);
        }
        return message;
    },

    get fullComposerAdditionalContext() {
        const context = { ...super.fullComposerAdditionalContext };
        const { engagementFollowed } = this.props.composer;
        if (this.canFollowEngagement && engagementFollowed !== undefined) {
            context.default_engagement_followed = engagementFollowed;
        }
        const reminder = this.isEngagementEmail && this.props.composer.activeEngagementReminder;
        if (reminder) {
            context.default_engagement_reminder_type = reminder.type;
            context.default_engagement_reminder_date = serializeDateTime(reminder.date);
            context.default_engagement_reminder_note = reminder.note;
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

    /** The draft keeps the writer's choices, also those made in the full composer. */
    saveContent() {
        super.saveContent();
        const composer = toRaw(this.props.composer);
        if (this.state.isFullComposerOpen) {
            this.fullComposerBus.trigger("SAVE_ENGAGEMENT_FOLLOWED", {
                onSave: (followed) => (composer.engagementFollowed = followed),
            });
            this.fullComposerBus.trigger("SAVE_ENGAGEMENT_REMINDER", {
                onSave: (reminder) => (composer.engagementReminder = reminder),
            });
        }
        const draft = browser.localStorage.getItem(composer.localId);
        const { engagementFollowed, engagementReminder: reminder } = composer;
        if (draft && (engagementFollowed !== undefined || reminder)) {
            browser.localStorage.setItem(
                composer.localId,
                JSON.stringify({
                    ...JSON.parse(draft),
                    engagementFollowed,
                    engagementReminder: reminder && {
                        ...reminder,
                        date: serializeDateTime(reminder.date),
                    },
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
        if (draft?.engagementReminder) {
            const date = deserializeDateTime(draft.engagementReminder.date);
            // Who comes back to a draft after days chooses anew.
            if (date > luxon.DateTime.now()) {
                composer.engagementReminder = { ...draft.engagementReminder, date };
            }
        }
    },
});
