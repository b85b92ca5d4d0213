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
            const shown = ids.map((id) => store["email.engagement"].get(id)).filter(Boolean);
            if (!shown.length) {
                return;
            }
            const replies = shown.map(({ reply_count }) => reply_count);
            store.insert(
                await orm.silent.call("email.engagement", "get_chatter_data", [
                    shown.map(({ id }) => id),
                ])
            );
            // "Replied just now" above no reply: Odoo does not tell of new messages.
            const answered = shown.filter((email, index) => email.reply_count > replies[index]);
            for (const thread of new Set(answered.map(({ message }) => message?.thread))) {
                if (thread?.isLoaded) {
                    thread.fetchNewMessages();
                }
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
