import { Composer } from "@mail/core/common/composer_model";

import { patch } from "@web/core/utils/patch";

patch(Composer.prototype, {
    setup() {
        super.setup(...arguments);
        /**
         * Whether the writer wants the email followed.
         *
         * @type {boolean|undefined} undefined: as the setting of the record's company says
         */
        this.engagementFollowed = undefined;
        /**
         * Of what the writer wants to be reminded, and when.
         *
         * @type {{ type: string, date: luxon.DateTime, note: string }|undefined}
         */
        this.engagementReminder = undefined;
    },

    clear() {
        super.clear();
        this.engagementFollowed = undefined;
        this.engagementReminder = undefined;
    },

    get isEngagementFollowed() {
        const company = this.targetThread?.engagementCompany;
        return this.engagementFollowed ?? Boolean(company?.engagement_follow_default);
    },

    /** Nobody watches an email that is not followed: there, it is one for the day only. */
    get activeEngagementReminder() {
        const reminder = this.engagementReminder;
        return reminder && !this.isEngagementFollowed ? { ...reminder, type: "anyway" } : reminder;
    },
});
