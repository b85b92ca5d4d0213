import { registry } from "@web/core/registry";
import { GraphModel } from "@web/views/graph/graph_model";
import { graphView } from "@web/views/graph/graph_view";

/** Odoo leaves out bars of groups without records: an hour in which nothing happened. */
export class HoursGraphModel extends GraphModel {
    _getProcessedDataPoints() {
        for (const dataPoint of this.dataPoints) {
            dataPoint.count ||= 1; // nothing else looks at it
        }
        return super._getProcessedDataPoints();
    }
}

registry.category("views").add("engagement_hours_graph", {
    ...graphView,
    Model: HoursGraphModel,
});
