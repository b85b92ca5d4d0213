import { Thread } from "@mail/core/common/thread_model";

import { patch } from "@web/core/utils/patch";
import { user } from "@web/core/user";

patch(Thread.prototype, {
    setup() {
        super.setup(...arguments);
        /** @type {number|false|undefined} false: of none; undefined: not known yet */
        this.engagement_company_id = undefined;
    },

    /** Whose settings hold for emails about the record: as the session tells them. */
    get engagementCompany() {
        return (
            user.allowedCompanies.find(({ id }) => id === this.engagement_company_id) ??
            user.activeCompany
        );
    },

    /** Where there is one company, its settings hold, and nothing is asked. */
    fetchEngagementCompany() {
        if (this.id && user.allowedCompanies.length > 1) {
            return this.fetchThreadData(["engagement_company"]);
        }
    },
});
