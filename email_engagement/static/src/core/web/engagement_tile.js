import { Component, onMounted, onWillUnmount } from "@odoo/owl";
import { STATUS } from "@email_engagement/core/common/engagement_figures";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";

const MINUTE = 60 * 1000;

const HONEST = _t(
    "An open is seen only when pictures are loaded: the true number may be higher. What programs did is left out."
);

/** One glance at what became of a followed message; unfolds its history. */
export class EngagementTile extends Component {
    static template = "email_engagement.Tile";
    static props = {
        engagement: Object,
        isOpen: Boolean,
        historyId: String,
        onToggle: Function,
    };

    setup() {
        // "5 minutes ago" is true for a minute.
        let interval;
        onMounted(() => (interval = browser.setInterval(() => this.render(), MINUTE)));
        onWillUnmount(() => browser.clearInterval(interval));
    }

    get look() {
        if (this.props.engagement.not_followed_reason) {
            return { icon: "fa-eye-slash", badge: "o_engagement_badge_warning" };
        }
        return STATUS[this.props.engagement.status] ?? STATUS.sent;
    }

    get text() {
        return this.props.engagement.not_followed_reason
            ? _t("Could not be followed")
            : this.props.engagement.statusText;
    }

    /** One that is still to come; what became of it stands in the history. */
    get hasReminder() {
        return this.props.engagement.reminder_state === "set";
    }

    get title() {
        const { reminder_summary } = this.props.engagement;
        return [this.text, reminder_summary, HONEST].filter(Boolean).join("\n");
    }
}
