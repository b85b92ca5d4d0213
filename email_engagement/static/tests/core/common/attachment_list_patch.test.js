import {
    followNewEmails,
    openComposerOf,
    send,
} from "@email_engagement/../tests/email_engagement_test_helpers";
import {
    click,
    contains,
    defineMailModels,
    inputFiles,
    onRpcBefore,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { press } from "@odoo/hoot-dom";
import { getService, mockService, serverState } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineMailModels();

const ATTACHED = ".o-engagement-FileToggle[aria-pressed='false']:contains('Attached')";
const AS_LINK = ".o-engagement-FileToggle[aria-pressed='true']:contains('Sent as a link')";
const toggleOf = (name) => `[aria-label='Send ${name} as a link']`;

beforeEach(() => {
    followNewEmails(true);
    onRpcBefore("/mail/message/post", ({ post_data }) => {
        const { attachment_ids, engagement_attachment_ids } = post_data;
        const places = engagement_attachment_ids?.map((id) => attachment_ids.indexOf(id));
        expect.step(`as links: ${places}`);
    });
});

/** What the company's settings say about files. */
function settings(values) {
    serverState.companies = serverState.companies.map((company) => ({ ...company, ...values }));
}

const file = (name) => new File(["text"], name, { type: "text/plain" });

async function attach(files, button = "Send message") {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({ name: "Anna" });
    await start();
    await openComposerOf(partnerId, button);
    await inputFiles(".o-mail-Composer .o_input_file", files);
    await contains(".o-mail-AttachmentContainer:not(.o-isUploading)", { count: files.length });
}

test("each file has a switch of its own, off by default", async () => {
    await attach([file("offer.txt"), file("terms.txt")]);
    await contains(`.o-mail-Composer ${ATTACHED}`, { count: 2 });
    await click(toggleOf("terms.txt"));
    await contains(`${AS_LINK}${toggleOf("terms.txt")}`);
    await contains(`${ATTACHED}${toggleOf("offer.txt")}`);
    await contains(`${toggleOf("terms.txt")} .fa-eye`);
    await contains(`${toggleOf("terms.txt")}[title*='you will see who looks at it']`);
    await contains(`${toggleOf("offer.txt")}[title*='you will not see']`);
    await send();
    await expect.waitForSteps(["as links: 1"]);
});

test("nothing chosen: the files are attached", async () => {
    await attach([file("offer.txt")]);
    await send();
    await expect.waitForSteps(["as links: "]);
});

test("the company's setting proposes links; the writer decides", async () => {
    settings({ engagement_follow_attachments: true });
    await attach([file("offer.txt"), file("terms.txt")]);
    await contains(AS_LINK, { count: 2 });
    await click(toggleOf("offer.txt"));
    await contains(`${ATTACHED}${toggleOf("offer.txt")}`);
    await send();
    await expect.waitForSteps(["as links: 1"]);
});

test("large files are proposed as links", async () => {
    settings({ engagement_follow_attachments_above: 0.00001 });
    await start();
    const insert = (values) => getService("mail.store")["ir.attachment"].insert(values);
    const small = insert({ id: 1, name: "small.txt", file_size: 10 });
    const large = insert({ id: 2, name: "large.txt", file_size: 11 });
    expect([small.isEngagementFollowed, large.isEngagementFollowed]).toEqual([false, true]);
    large.engagementFollowed = false;
    expect(large.isEngagementFollowed).toBe(false);
});

test("works with the keyboard", async () => {
    await attach([file("offer.txt")]);
    document.querySelector(toggleOf("offer.txt")).focus();
    await press("Enter");
    await contains(AS_LINK);
    await press("Enter");
    await contains(ATTACHED);
});

test("an email that is not followed has no switches, and no links", async () => {
    await attach([file("offer.txt")]);
    await click(toggleOf("offer.txt"));
    await contains(AS_LINK);
    await click(".o-engagement-FollowToggle");
    await contains(".o-engagement-FileToggle", { count: 0 });
    await send();
    await expect.waitForSteps(["as links: undefined"]);
});

test("notes have no switches", async () => {
    settings({ engagement_follow_attachments: true });
    await attach([file("offer.txt")], "Log note");
    await contains(".o-engagement-FileToggle", { count: 0 });
    await send();
    await expect.waitForSteps(["as links: undefined"]);
});

test("the full composer starts with the writer's choice", async () => {
    mockService("action", {
        doAction(action) {
            if (action.res_model === "mail.compose.message") {
                const { context } = action;
                const counts = [
                    context.default_engagement_attachment_ids.length,
                    context.default_engagement_decided_attachment_ids.length,
                ];
                expect.step(`links: ${counts[0]} of ${counts[1]}`);
                return;
            }
            return super.doAction(...arguments);
        },
    });
    await attach([file("offer.txt"), file("terms.txt")]);
    await click(toggleOf("terms.txt"));
    await contains(AS_LINK);
    await click("button[title='Open Full Composer']");
    await expect.waitForSteps(["links: 1 of 2"]);
});
