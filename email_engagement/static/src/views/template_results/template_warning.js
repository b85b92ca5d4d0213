import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { explainVerdict } from "./rates";

/** Above a template that does clearly worse than its siblings: why one says so. */
export class TemplateWarning extends Component {
    static template = "email_engagement.TemplateWarning";
    static props = { ...standardWidgetProps };

    get results() {
        return this.props.record.data.engagement_results;
    }

    get reasons() {
        // What it does better all the same has its place in the results.
        return explainVerdict({ ...this.results, recommended: false });
    }
}

registry.category("view_widgets").add("engagement_template_warning", {
    component: TemplateWarning,
    fieldDependencies: [{ name: "engagement_results", type: "json" }],
});
