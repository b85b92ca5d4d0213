import { Composer } from "@mail/core/common/composer_model";

import { patch } from "@web/core/utils/patch";
import { user } from "@web/core/user";

patch(Composer.prototype, {
    setup() {
        super.setup(...arguments);
        /**
         * Whether the writer wants the email followed.
         *
         * @type {boolean|undefined} undefined: as the company's setting says
         */
        this.engagementFollowed = undefined;
    },

    clear() {
        super.clear();
        this.engagementFollowed = undefined;
    },

    get isEngagementFollowed() {
        return this.engagementFollowed ?? Boolean(user.activeCompany?.engagement_follow_default);
    },
});
