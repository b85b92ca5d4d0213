import {
    followNewEmails,
    openComposerOf,
    send,
} from "@email_engagement/../tests/email_engagement_test_helpers";
import {
    click,
    contains,
    defineMailModels,
    insertText,
    onRpcBefore,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { mockDate } from "@odoo/hoot-mock";
import { mockService } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";

describe.current.tags("desktop");
defineMailModels();

const BUTTON = ".o-mail-Composer .o-engagement-ComposerReminder";

beforeEach(() => {
    mockDate("2026-11-25 10:00:00");
    followNewEmails(true);
    onRpcBefore("/mail/message/post", ({ post_data }) =>
        expect.step(
            ["type", "date", "note"]
                .map((name) => post_data[`engagement_reminder_${name}`])
                .join("|")
        )
    );
});

async function openComposer({ button = "Send message", draft } = {}) {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({ name: "Anna" });
    const draftKey = `Composer,(Thread,res.partner AND ${partnerId}) OR (undefined)`;
    if (draft) {
        browser.localStorage.setItem(draftKey, JSON.stringify(draft));
    }
    await start();
    await openComposerOf(partnerId, button);
    return draftKey;
}

async function choose(preset) {
    await click(BUTTON);
    await click(`.o-dropdown-item[data-preset='${preset}']`);
}

test("is set with two clicks, shown, sent, and not kept for the next email", async () => {
    await openComposer();
    await contains(`${BUTTON} .fa-bell-o`);
    await choose("tomorrow");
    await contains(`${BUTTON}[title^='If no reply by Nov 26, 9:00']`, { text: "Nov 26" });
    await send();
    await expect.waitForSteps(["no_reply|2026-11-26 08:00:00|"]);
    await click("button", { text: "Send message" });
    await contains(`${BUTTON} .fa-bell-o`);
    await send("Second");
    await expect.waitForSteps(["||"]);
});

test("other reminders are set in the dialog, and removed", async () => {
    await openComposer();
    await choose("other");
    await click("label[for='engagement_reminder_not_opened']");
    await click("[data-preset='next_week']");
    await insertText("input[aria-label='Note']", "Call her");
    await click(".modal-footer button", { text: "Save" });
    await contains(`${BUTTON}[title^='If not opened by Nov 30, 9:00']`);
    await choose("other");
    await contains("#engagement_reminder_not_opened:checked");
    await contains("input[aria-label='Note']", { value: "Call her" });
    await click(".modal-footer button", { text: "Discard" });
    await choose("none");
    await contains(`${BUTTON} .fa-bell-o`);
    await send();
    await expect.waitForSteps(["||"]);
});

test("of an email that is not followed it is one for the day", async () => {
    await openComposer();
    await choose("3_days");
    await click(".o-mail-Composer .o-engagement-FollowToggle");
    await contains(`${BUTTON}[title^='On Nov 28, 9:00']`);
    await choose("other");
    await contains("#engagement_reminder_no_reply:disabled");
    await contains(".o-engagement-ReminderDialog-whyNot");
    await click(".modal-footer button", { text: "Discard" });
    await send();
    await expect.waitForSteps(["anyway|2026-11-28 08:00:00|"]);
});

test("goes along into the full composer", async () => {
    mockService("action", {
        doAction(action) {
            if (action.res_model === "mail.compose.message") {
                const { context } = action;
                expect.step(
                    `${context.default_engagement_reminder_type} ${context.default_engagement_reminder_date}`
                );
                return;
            }
            return super.doAction(...arguments);
        },
    });
    await openComposer();
    await choose("tomorrow");
    await click("button[title='Open Full Composer']");
    await expect.waitForSteps(["no_reply 2026-11-26 08:00:00"]);
});

test("is saved with the draft", async () => {
    const draftKey = await openComposer();
    await insertText(".o-mail-Composer-input", "Hello");
    await choose("tomorrow");
    await contains(`${BUTTON}.active`);
    window.dispatchEvent(new Event("beforeunload"));
    expect(JSON.parse(browser.localStorage.getItem(draftKey)).engagementReminder).toEqual({
        type: "no_reply",
        date: "2026-11-26 08:00:00",
        note: "",
    });
});

for (const [when, date, shown] of [
    ["is restored with the draft", "2026-11-26 08:00:00", 1],
    ["whose moment is past is not restored", "2026-11-24 08:00:00", 0],
]) {
    test(when, async () => {
        await openComposer({
            draft: {
                composerHtml: ["markup", "<p>Hello</p>"],
                engagementReminder: { type: "not_opened", date, note: "" },
            },
        });
        await contains(".o-mail-Composer-input", { value: "Hello" });
        await contains(`${BUTTON}.active`, { count: shown });
    });
}

test("notes have none", async () => {
    await openComposer({ button: "Log note" });
    await contains(".o-mail-Composer");
    await contains(BUTTON, { count: 0 });
});
