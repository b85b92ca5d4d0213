import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { explainVerdict } from "./rates";

/** A star for a template that works better than its siblings, and why. */
export class EngagementStarField extends Component {
    static template = "email_engagement.StarField";
    static props = { ...standardFieldProps };

    get why() {
        return explainVerdict(this.props.record.data.engagement_results || {}).join("\n");
    }
}

registry.category("fields").add("engagement_star", {
    component: EngagementStarField,
    displayName: _t("Recommended Email Template"),
    supportedTypes: ["boolean"],
    fieldDependencies: [{ name: "engagement_results", type: "json" }],
    isEmpty: (record, name) => !record.data[name],
});
