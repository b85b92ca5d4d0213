import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { explainRate, formatRate, RATES } from "./rates";

/** A rate of a template; its sample and its interval when one points at it. */
export class EngagementRateField extends Component {
    static template = "email_engagement.RateField";
    static props = { ...standardFieldProps };

    get results() {
        return this.props.record.data.engagement_results;
    }

    get text() {
        return this.results ? formatRate(this.props.record.data[this.props.name]) : "";
    }

    get explanation() {
        return this.results ? explainRate(this.results, RATES[this.props.name].name) : "";
    }
}

registry.category("fields").add("engagement_rate", {
    component: EngagementRateField,
    displayName: _t("Rate of an Email Template"),
    supportedTypes: ["float"],
    fieldDependencies: [{ name: "engagement_results", type: "json" }],
    isEmpty: (record) => !record.data.engagement_results,
});
