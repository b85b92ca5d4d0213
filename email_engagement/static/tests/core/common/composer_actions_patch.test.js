import {
    followNewEmails,
    openComposerOf,
    send,
} from "@email_engagement/../tests/email_engagement_test_helpers";
import { defineEngagementModels } from "@email_engagement/../tests/email_engagement_mock_models";
import {
    click,
    contains,
    insertText,
    onRpcBefore,
    openDiscuss,
    openFormView,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { press } from "@odoo/hoot-dom";
import { mockService, patchWithCleanup, serverState } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";

describe.current.tags("desktop");
defineEngagementModels();

const FOLLOWED = ".o-mail-Composer .o-engagement-FollowToggle[aria-pressed='true']";
const NOT_FOLLOWED = ".o-mail-Composer .o-engagement-FollowToggle[aria-pressed='false']";

beforeEach(() => {
    followNewEmails(true);
    onRpcBefore("/mail/message/post", ({ post_data }) =>
        expect.step(`followed: ${post_data.engagement_followed}`)
    );
});

async function openComposer(button = "Send message", { companyId, userValues = {} } = {}) {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({ name: "Anna", company_id: companyId });
    await start();
    patchWithCleanup(user, userValues);
    await openComposerOf(partnerId, button);
    return partnerId;
}

test("says and posts what the company's setting says", async () => {
    await openComposer();
    await contains(FOLLOWED, { text: "Followed" });
    await contains(`${FOLLOWED} .fa-eye`);
    await send();
    await expect.waitForSteps(["followed: true"]);
});

test("is off when the company does not follow new emails", async () => {
    followNewEmails(false);
    await openComposer();
    await contains(NOT_FOLLOWED, { text: "Not followed" });
    await contains(`${NOT_FOLLOWED} .fa-eye-slash`);
    await send();
    await expect.waitForSteps(["followed: false"]);
});

test("it is the setting of the record's company that holds", async () => {
    const [company] = serverState.companies;
    const other = { ...company, id: company.id + 1, engagement_follow_default: false };
    serverState.companies = [company, other];
    await openComposer("Send message", { companyId: other.id });
    await contains(NOT_FOLLOWED);
    await send();
    await expect.waitForSteps(["followed: false"]);
});

test("and nothing can be followed where it is off", async () => {
    const [company] = serverState.companies;
    const other = { ...company, id: company.id + 1, engagement_is_on: false };
    serverState.companies = [company, other];
    await openComposer("Send message", { companyId: other.id });
    await contains(FOLLOWED, { count: 0 });
});

test("the writer decides for one email; the next is as the company says", async () => {
    await openComposer();
    await click(FOLLOWED);
    await contains(NOT_FOLLOWED);
    await send("First");
    await expect.waitForSteps(["followed: false"]);
    await click("button", { text: "Send message" });
    await contains(FOLLOWED);
    await send("Second");
    await expect.waitForSteps(["followed: true"]);
});

test("works with the keyboard", async () => {
    await openComposer();
    await contains(FOLLOWED);
    document.querySelector(FOLLOWED).focus();
    await press("Enter");
    await contains(NOT_FOLLOWED);
    await press("Enter");
    await contains(FOLLOWED);
});

test("the choice is the draft's: kept while the composer is closed", async () => {
    await openComposer();
    await click(FOLLOWED);
    await click("button", { text: "Send message" });
    await contains(".o-mail-Composer", { count: 0 });
    await click("button", { text: "Send message" });
    await contains(NOT_FOLLOWED);
});

test("the choice is restored with the draft after a reload", async () => {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({ name: "Anna" });
    browser.localStorage.setItem(
        `Composer,(Thread,res.partner AND ${partnerId}) OR (undefined)`,
        JSON.stringify({ composerHtml: ["markup", "<p>Hello</p>"], engagementFollowed: false })
    );
    await start();
    await openFormView("res.partner", partnerId);
    await click("button", { text: "Send message" });
    await contains(NOT_FOLLOWED);
    await contains(".o-mail-Composer-input", { value: "Hello" });
});

test("the choice is saved with the draft", async () => {
    const partnerId = await openComposer();
    await insertText(".o-mail-Composer-input", "Hello");
    await click(FOLLOWED);
    await contains(NOT_FOLLOWED);
    window.dispatchEvent(new Event("beforeunload"));
    const draft = JSON.parse(
        browser.localStorage.getItem(
            `Composer,(Thread,res.partner AND ${partnerId}) OR (undefined)`
        )
    );
    expect(draft.engagementFollowed).toBe(false);
});

test("the full composer starts with the writer's choice", async () => {
    mockService("action", {
        doAction(action) {
            if (action.res_model === "mail.compose.message") {
                expect.step(`followed: ${action.context.default_engagement_followed}`);
                return;
            }
            return super.doAction(...arguments);
        },
    });
    await openComposer();
    await click("button[title='Open Full Composer']");
    // Nothing chosen: the server knows the default.
    await expect.waitForSteps(["followed: undefined"]);
    await click(FOLLOWED);
    await click("button[title='Open Full Composer']");
    await expect.waitForSteps(["followed: false"]);
});

test("notes are not followed", async () => {
    await openComposer("Log note");
    await contains(".o-mail-Composer");
    await contains(".o-engagement-FollowToggle", { count: 0 });
    await send();
    await expect.waitForSteps(["followed: undefined"]);
});

test("a choice for an email does not reach a note", async () => {
    await openComposer();
    await click(FOLLOWED);
    await click("button", { text: "Log note" });
    await contains(".o-engagement-FollowToggle", { count: 0 });
    await send();
    await expect.waitForSteps(["followed: undefined"]);
});

test("messages that are edited and channels have no toggle", async () => {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({ name: "Anna" });
    const channelId = pyEnv["discuss.channel"].create({ name: "General" });
    pyEnv["mail.message"].create({
        author_id: serverState.partnerId,
        body: "not empty",
        message_type: "comment",
        model: "res.partner",
        res_id: partnerId,
    });
    await start();
    await openFormView("res.partner", partnerId);
    await click(".o-mail-Message [title='Edit']");
    await contains(".o-mail-Message .o-mail-Composer");
    await contains(".o-engagement-FollowToggle", { count: 0 });
    await openDiscuss(channelId);
    await contains(".o-mail-Composer");
    await contains("[name='engagement-follow']", { count: 0 });
    await contains(".o-engagement-FollowToggle", { count: 0 });
    await insertText(".o-mail-Composer-input", "Hello");
    await press("Enter");
    await expect.waitForSteps(["followed: undefined"]);
});

test("an answer from the inbox is followed as one from the chatter", async () => {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({ name: "Anna" });
    const messageId = pyEnv["mail.message"].create({
        body: "not empty",
        model: "res.partner",
        needaction: true,
        res_id: partnerId,
    });
    pyEnv["mail.notification"].create({
        mail_message_id: messageId,
        notification_status: "sent",
        notification_type: "inbox",
        res_partner_id: serverState.partnerId,
    });
    await start();
    await openDiscuss("mail.box_inbox");
    await click("[title='Expand']");
    await click(".o-dropdown-item:contains('Reply')");
    await click(".o-mail-Composer button[title='More Actions']");
    await click(".o-dropdown-item.active", { text: "Followed" });
    await insertText(".o-mail-Composer-input", "Hello");
    await press("Enter");
    await expect.waitForSteps(["followed: false"]);
});

test("users from outside have no toggle", async () => {
    await openComposer("Send message", { userValues: { isInternalUser: false } });
    await contains(".o-engagement-FollowToggle", { count: 0 });
    await send();
    await expect.waitForSteps(["followed: undefined"]);
});
