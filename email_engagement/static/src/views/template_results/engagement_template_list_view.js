import { registry } from "@web/core/registry";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { formatRate, pooledRate, RATES } from "./rates";

/** A list of templates. What stands below a rate is the rate of all emails together. */
export class EngagementTemplateListRenderer extends ListRenderer {
    computeAggregates() {
        const aggregates = super.computeAggregates();
        for (const [name, { count }] of Object.entries(RATES)) {
            if (name in aggregates) {
                const rawValue = pooledRate(this.engagementRows(name, count), count);
                aggregates[name] = {
                    ...aggregates[name],
                    rawValue,
                    value: formatRate(rawValue),
                };
            }
        }
        return aggregates;
    }

    /** Sent and counted emails of what is selected, of the groups or of the records. */
    engagementRows(name, count) {
        const { list } = this.props;
        if (list.selection.length || !list.isGrouped) {
            const records = list.selection.length ? list.selection : list.records;
            return records.map((record) => record.data.engagement_results);
        }
        return list.groups.map(({ aggregates }) => {
            const sent = aggregates.engagement_sent_count || 0;
            return { sent, [count]: ((aggregates[name] || 0) * sent) / 100 };
        });
    }

    formatGroupAggregate(group, column) {
        const aggregate = super.formatGroupAggregate(group, column);
        if (column.name in RATES) {
            return { ...aggregate, value: formatRate(group.aggregates[column.name]) };
        }
        return aggregate;
    }
}

export const engagementTemplateListView = {
    ...listView,
    Renderer: EngagementTemplateListRenderer,
};

registry.category("views").add("engagement_template_list", engagementTemplateListView);
