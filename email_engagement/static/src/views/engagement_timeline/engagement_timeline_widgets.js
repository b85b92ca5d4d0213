import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { EngagementTimeline } from "./engagement_timeline";

/** The timeline in the form of a followed email. */
export class EngagementTimelineWidget extends Component {
    static template = "email_engagement.TimelineWidget";
    static components = { EngagementTimeline };
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ version: "" });
        useRecordObserver(({ data }) => {
            this.state.version = [
                data.open_count,
                data.click_count,
                data.attachment_view_count,
                data.reply_count,
                data.machine_count,
                data.status,
            ].join();
        });
    }
}

registry.category("view_widgets").add("engagement_timeline", {
    component: EngagementTimelineWidget,
    fieldDependencies: [
        { name: "open_count", type: "integer" },
        { name: "click_count", type: "integer" },
        { name: "attachment_view_count", type: "integer" },
        { name: "reply_count", type: "integer" },
        { name: "machine_count", type: "integer" },
        { name: "status", type: "selection" },
    ],
});

/** Everything with a person, in the form of a contact. */
export class EngagementPartnerTimelineWidget extends Component {
    static template = "email_engagement.PartnerTimelineWidget";
    static components = { EngagementTimeline };
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ version: 0 });
        const { bus } = useService("email_engagement.live");
        useBus(bus, "LOADED", ({ detail: { resModel, resId } }) => {
            const { record } = this.props;
            if (resModel === record.resModel && resId === record.resId) {
                this.state.version++;
            }
        });
    }
}

registry.category("view_widgets").add("engagement_partner_timeline", {
    component: EngagementPartnerTimelineWidget,
});
