import { click, contains, insertText, openFormView } from "@mail/../tests/mail_test_helpers";
import { serverState } from "@web/../tests/web_test_helpers";

/**
 * What the company's setting says about new emails.
 *
 * @param {boolean} followed
 */
export function followNewEmails(followed) {
    serverState.companies = serverState.companies.map((company) => ({
        ...company,
        engagement_follow_default: followed,
    }));
}

/** Opens a contact, and the composer of its chatter. */
export async function openComposerOf(partnerId, button = "Send message") {
    await openFormView("res.partner", partnerId);
    await click("button", { text: button });
    await contains(".o-mail-Composer-input");
}

/** Sends what is in the composer of a chatter, with a text. */
export async function send(body = "Hello") {
    await insertText(".o-mail-Composer-input", body);
    await click(".o-mail-Composer-send:enabled");
    await contains(".o-mail-Message", { text: body });
}
