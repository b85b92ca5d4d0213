import { crmKanbanView } from "@crm/views/crm_kanban/crm_kanban_view";
import { useBus } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

/**
 * Cards of the pipeline show what became of the last email: those whose emails changed are
 * loaded again, each where it stands. The others, and what is dragged, are left alone.
 */
patch(crmKanbanView.Controller.prototype, {
    setup() {
        super.setup(...arguments);
        // Not there in tests of others, which start what they need only.
        const { "email_engagement.live": live } = this.env.services;
        if (live) {
            useBus(live.bus, "CHANGED", ({ detail }) => this.onEngagementsChanged(detail.ids));
        }
    },

    async onEngagementsChanged(ids) {
        const { root } = this.model;
        if (!root || !("engagement_status" in root.activeFields)) {
            return;
        }
        const emails = await this.env.services.orm.silent.searchRead(
            "email.engagement",
            [
                ["id", "in", ids],
                ["model", "=", "crm.lead"],
            ],
            ["res_id"]
        );
        const leads = new Set(emails.map((email) => email.res_id));
        for (const record of root.records) {
            if (leads.has(record.resId)) {
                record.load();
            }
        }
    },
});
