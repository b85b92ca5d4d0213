import { useBus } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";

/** Whether one of the emails stands in the chatter of the record. */
function isOfRecord(store, ids, { resModel, resId }) {
    return Object.values(store["mail.message"].records).some(
        ({ engagement_id, thread }) =>
            ids.includes(engagement_id?.id) && thread?.model === resModel && thread.id === resId
    );
}

/**
 * A form that shows figures of its record's followed emails loads again when one of them
 * changed, as its chatter does; not while somebody edits it.
 */
patch(FormController.prototype, {
    setup() {
        super.setup(...arguments);
        // Not there in tests of others, which start what they need only.
        const { "email_engagement.live": live, "mail.store": store } = this.env.services;
        if (live) {
            useBus(live.bus, "CHANGED", ({ detail }) =>
                this.onEngagementsChanged(store, detail.ids)
            );
        }
    },

    async onEngagementsChanged(store, ids) {
        const { root } = this.model;
        const isShown = Object.keys(root?.activeFields ?? {}).some((name) =>
            name.startsWith("engagement_")
        );
        if (isShown && isOfRecord(store, ids, root) && !(await root.isDirty())) {
            await root.load();
            this.model.notify();
        }
    },
});
