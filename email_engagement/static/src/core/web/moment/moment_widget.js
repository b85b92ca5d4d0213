import { MomentPopover } from "@email_engagement/core/web/moment/moment_popover";
import { Component } from "@odoo/owl";
import { serializeDateTime } from "@web/core/l10n/dates";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Beside the composer's scheduling: when would be the right moment? */
export class MomentWidget extends Component {
    static template = "email_engagement.MomentWidget";
    static props = { ...standardWidgetProps };

    setup() {
        this.popover = usePopover(MomentPopover, { position: "top" });
    }

    open(ev) {
        const { record } = this.props;
        this.popover.open(ev.currentTarget, {
            companyId: record.data.record_company_id?.id,
            partnerIds: record.data.partner_ids.currentIds,
            schedule: (date) => record.update({ scheduled_date: serializeDateTime(date) }),
        });
    }
}

registry.category("view_widgets").add("engagement_moment", { component: MomentWidget });
