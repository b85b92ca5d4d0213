import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { FIGURES, MACHINE_HINT, STATUS } from "@email_engagement/core/common/engagement_figures";
import { EngagementTimeline } from "@email_engagement/views/engagement_timeline/engagement_timeline";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

export const RECIPIENTS_SHOWN = 6;
/** Who wants to see more of them finds them on the page. */
const RECIPIENTS_MAX = 500;

/** The history of a followed message, unfolded in the chatter. */
export class EngagementHistory extends Component {
    static template = "email_engagement.History";
    static components = { EngagementTimeline };
    static props = {
        engagement: Object,
        id: String,
        /** Anything that differs when there may be something new. */
        version: String,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.figures = FIGURES;
        this.machineHint = MACHINE_HINT;
        this.state = useState({ recipients: [], length: 0, limit: RECIPIENTS_SHOWN });
        onWillStart(() => this.load());
        onWillUpdateProps(({ engagement, version }) => {
            if (version !== this.props.version) {
                return this.load(engagement.id);
            }
        });
    }

    async load(engagementId = this.props.engagement.id) {
        const { records, length } = await this.orm.webSearchRead(
            "email.engagement.trace",
            [["engagement_id", "=", engagementId]],
            {
                specification: { recipient_name: {}, status: {}, failure_text: {} },
                limit: this.state.limit,
                // who did something stands first: with 200 recipients it is what counts
                order: "last_event desc nulls last, id",
            }
        );
        this.state.recipients = records;
        this.state.length = length;
    }

    look(recipient) {
        return STATUS[recipient.status] ?? STATUS.sent;
    }

    label(recipient) {
        return {
            scheduled: _t("Scheduled"),
            outgoing: _t("Sending"),
            failed: _t("Failed"),
            bounced: _t("Bounced"),
            cancelled: _t("Cancelled"),
            sent: _t("Not yet opened"),
            opened: _t("Opened"),
            clicked: _t("Clicked"),
            replied: _t("Replied"),
        }[recipient.status];
    }

    get moreText() {
        return _t("and %s more", this.state.length - this.state.recipients.length);
    }

    showAll() {
        if (this.state.limit === RECIPIENTS_MAX) {
            return this.open();
        }
        this.state.limit = RECIPIENTS_MAX;
        return this.load();
    }

    open() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "email.engagement",
            res_id: this.props.engagement.id,
            views: [[false, "form"]],
        });
    }
}
