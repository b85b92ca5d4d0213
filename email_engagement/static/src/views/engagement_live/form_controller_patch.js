import { useBus } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";

/** Whether one of the emails stands in the chatter of the record. */
function isOfChatter(store, ids, { resModel, resId }) {
    return Object.values(store["mail.message"].records).some(
        ({ engagement_id, thread }) =>
            ids.includes(engagement_id?.id) && thread?.model === resModel && thread.id === resId
    );
}

/** Whether one of the emails went to the contact: most of them are written on leads. */
async function isOfContact(orm, ids, { resModel, resId }) {
    if (resModel !== "res.partner" || !resId) {
        return false;
    }
    const domain = [
        ["id", "in", ids],
        ["trace_ids.partner_id", "child_of", resId],
    ];
    return Boolean(await orm.silent.searchCount("email.engagement", domain, { limit: 1 }));
}

/**
 * A form that shows figures of its record's followed emails loads again when one of them
 * changed, as its chatter does; not while somebody edits it.
 */
patch(FormController.prototype, {
    setup() {
        super.setup(...arguments);
        // Not there in tests of others, which start what they need only.
        const { "email_engagement.live": live } = this.env.services;
        if (live) {
            useBus(live.bus, "CHANGED", ({ detail }) =>
                this.onEngagementsChanged(live.bus, detail.ids)
            );
        }
    },

    async onEngagementsChanged(bus, ids) {
        const { root } = this.model;
        const { "mail.store": store, orm } = this.env.services;
        const isShown = Object.keys(root?.activeFields ?? {}).some((name) =>
            name.startsWith("engagement_")
        );
        if (
            isShown &&
            (isOfChatter(store, ids, root) || (await isOfContact(orm, ids, root))) &&
            !(await root.isDirty())
        ) {
            const { resModel, resId } = root;
            await root.load();
            this.model.notify();
            bus.trigger("LOADED", { resModel, resId });
        }
    },
});
