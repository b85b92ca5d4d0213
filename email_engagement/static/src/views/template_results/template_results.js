import { newest } from "@email_engagement/core/common/newest";
import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { formatInterval, formatRate } from "./rates";
import { TemplateComparison } from "./template_comparison";
import { TemplateTrend } from "./template_trend";

const DETAILS = ["engagement_trend", "engagement_links", "engagement_comparison"];

/**
 * How well a template works. What takes a look at all its emails (graph and links) is
 * asked for when this is shown, not whenever a template is opened.
 */
export class TemplateResults extends Component {
    static template = "email_engagement.TemplateResults";
    static components = { TemplateComparison, TemplateTrend };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.details = useState({});
        this.ask = newest();
        this.formatInterval = formatInterval;
        this.formatRate = formatRate;
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps(async (nextProps) => {
            if (nextProps.record.resId !== this.props.record.resId) {
                await this.load(nextProps.record.resId);
            }
        });
    }

    async load(resId) {
        const isNewest = this.ask();
        const [details] = resId ? await this.orm.read("mail.template", [resId], DETAILS) : [{}];
        if (!isNewest()) {
            return;
        }
        Object.assign(
            this.details,
            Object.fromEntries(DETAILS.map((name) => [name, details[name] || false]))
        );
    }

    get results() {
        return this.props.record.data.engagement_results;
    }
}

registry.category("view_widgets").add("engagement_template_results", {
    component: TemplateResults,
    fieldDependencies: [{ name: "engagement_results", type: "json" }],
});
