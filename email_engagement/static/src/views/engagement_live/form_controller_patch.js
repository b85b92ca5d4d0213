import { useBus } from "@web/core/utils/hooks";
import { pick } from "@web/core/utils/objects";
import { patch } from "@web/core/utils/patch";
import { getFieldsSpec } from "@web/model/relational_model/utils";
import { FormController } from "@web/views/form/form_controller";

/** Whether one of the emails stands in the chatter of the record. */
function isOfChatter(store, ids, { resModel, resId }) {
    return ids.some((id) => {
        const thread = store["email.engagement"].get(id)?.message?.thread;
        return thread?.model === resModel && thread.id === resId;
    });
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
 * A form that shows figures of its record's followed emails reads them again when one of
 * them changed. Nothing else of it: loading the form would load its chatter, which puts
 * back the recipients that a writer has removed; and asking its fields for what they hold
 * would take half a number for a whole one.
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
        const names = Object.keys(root?.activeFields ?? {}).filter((name) =>
            name.startsWith("engagement_")
        );
        if (
            names.length &&
            // Saving reads all again.
            !root.dirty &&
            (isOfChatter(store, ids, root) || (await isOfContact(orm, ids, root)))
        ) {
            const { resModel, resId } = root;
            await this.model.mutex.exec(() => readFields(orm, root, names));
            this.model.notify();
            bus.trigger("LOADED", { resModel, resId });
        }
    },
});

async function readFields(orm, root, names) {
    const { activeFields, context, evalContext, fields, resId, resModel } = root;
    const [values] = await orm.silent.webRead(resModel, [resId], {
        context,
        specification: getFieldsSpec(pick(activeFields, ...names), fields, evalContext),
    });
    // Somebody may have paged on meanwhile; and what is gone has no figures.
    if (values && root.resId === resId && !root.dirty) {
        root._applyValues(values);
    }
}
