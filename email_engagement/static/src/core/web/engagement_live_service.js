import { EventBus } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

/** Changes come in bursts: a mail that is opened by ten people within a second. */
export const DELAY = 500;

/**
 * Takes in what the server tells of followed emails that changed: the chatter's data are
 * asked for again, views listen to `bus`: "CHANGED" names the emails, "LOADED" a record whose
 * form was loaded again for their sake.
 */
export const engagementLiveService = {
    dependencies: ["bus_service", "mail.store", "orm"],

    start(env, { bus_service, "mail.store": store, orm }) {
        const bus = new EventBus();
        let changed = new Set();
        let timeout;

        async function takeIn() {
            const ids = [...changed];
            changed = new Set();
            timeout = undefined;
            bus.trigger("CHANGED", { ids });
            const shown = ids.filter((id) => store["email.engagement"].get(id));
            if (shown.length) {
                store.insert(
                    await orm.silent.call("email.engagement", "get_chatter_data", [shown])
                );
            }
        }

        bus_service.subscribe("email.engagement/changed", ({ engagement_ids }) => {
            engagement_ids.forEach((id) => changed.add(id));
            timeout ??= browser.setTimeout(takeIn, DELAY);
        });
        return { bus };
    },
};

registry.category("services").add("email_engagement.live", engagementLiveService);
