import { Component } from "@odoo/owl";
import { STATUS } from "@email_engagement/core/common/engagement_figures";
import { registry } from "@web/core/registry";
import { formatSelection } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The status of a followed email as a symbol, where a word has no room. */
export class EngagementStatusIcon extends Component {
    static template = "email_engagement.StatusIcon";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get look() {
        return STATUS[this.value] ?? STATUS.sent;
    }

    get label() {
        const { selection } = this.props.record.fields[this.props.name];
        return formatSelection(this.value, { selection });
    }
}

registry.category("fields").add("engagement_status_icon", {
    component: EngagementStatusIcon,
    supportedTypes: ["selection"],
});
