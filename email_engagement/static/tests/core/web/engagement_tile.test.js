import { defineEngagementModels } from "@email_engagement/../tests/email_engagement_mock_models";
import {
    click,
    contains,
    openFormView,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { press, queryFirst } from "@odoo/hoot-dom";
import { advanceTime, mockDate } from "@odoo/hoot-mock";
import { mockService, onRpc } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineEngagementModels();

const TILE = ".o-mail-Message .o-engagement-Tile";
const HISTORY = ".o-mail-Message .o-engagement-History";

/** A contact with one followed message and a note. */
async function prepare(values = {}) {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({ name: "Anna" });
    const [messageId] = pyEnv["mail.message"].create([
        { body: "Our offer", model: "res.partner", res_id: partnerId, message_type: "comment" },
        { body: "A note", model: "res.partner", res_id: partnerId, message_type: "comment" },
    ]);
    const engagementId = pyEnv["email.engagement"].create({
        message_id: messageId,
        status: "opened",
        status_sentence: "Opened 5 min ago",
        open_count: 2,
        ...values,
    });
    const traceId = pyEnv["email.engagement.trace"].create({
        engagement_id: engagementId,
        recipient_name: "Anna Customer",
        status: "opened",
    });
    return { pyEnv, partnerId, messageId, engagementId, traceId };
}

/** Whatever asks for the history is a step. */
function watchHistory() {
    for (const model of ["email.engagement.trace", "email.engagement.event"]) {
        onRpc(model, "*", ({ method }) => expect.step(`${model} ${method}`));
    }
    onRpc("email.engagement.event", "formatted_read_group", () => []);
}

test("says at a glance what became of a followed message, and nothing of others", async () => {
    const { partnerId } = await prepare();
    await start();
    await openFormView("res.partner", partnerId);
    await contains(".o-mail-Message", { count: 2 });
    await contains(TILE, { count: 1, text: "Opened 5 min ago" });
    await contains(`${TILE}[data-status='opened'] .fa-envelope-open-o`);
    expect(`${TILE}`).toHaveAttribute("title", /the true number may be higher/);
});

test("says when, and time goes on", async () => {
    mockDate("2026-03-10 12:00:00");
    const { partnerId } = await prepare({
        status_sentence: "Opened 2 times, last \ufffc",
        status_moment: "2026-03-10 11:59:30",
    });
    await start();
    await openFormView("res.partner", partnerId);
    await contains(TILE, { text: "Opened 2 times, last just now" });
    await advanceTime(5 * 60 * 1000);
    await contains(TILE, { text: "Opened 2 times, last 5 minutes ago" });
    await advanceTime(2 * 3600 * 1000);
    await contains(TILE, { text: "Opened 2 times, last 2 hours ago" });
    await advanceTime(24 * 3600 * 1000);
    await contains(TILE, { text: "Opened 2 times, last yesterday" });
    await advanceTime(24 * 3600 * 1000);
    await contains(TILE, { text: "Opened 2 times, last on 03/10/2026" });
});

for (const [status, badge] of [
    ["sent", "o_engagement_badge_quiet"],
    ["clicked", "o_engagement_badge_clicked"],
    ["replied", "o_engagement_badge_replied"],
    ["bounced", "o_engagement_badge_failed"],
]) {
    test(`the colour says "${status}"`, async () => {
        const { partnerId } = await prepare({ status, status_sentence: status });
        await start();
        await openFormView("res.partner", partnerId);
        await contains(`${TILE}.${badge}[data-status='${status}']`);
    });
}

test("an email that could not be followed says so", async () => {
    const { partnerId } = await prepare({
        not_followed_reason: "unsafe_html",
        status: "sent",
        status_sentence: "Not yet opened",
    });
    await start();
    await openFormView("res.partner", partnerId);
    await contains(TILE, { text: "Could not be followed" });
});

test("a reminder that is still to come is a bell", async () => {
    const { partnerId } = await prepare({
        reminder_state: "set",
        reminder_summary: "Reminder if no reply by Friday",
    });
    await start();
    await openFormView("res.partner", partnerId);
    await contains(`${TILE} .o-engagement-Tile-reminder`);
    expect(TILE).toHaveAttribute("title", /if no reply by Friday/);
    await click(TILE);
    await contains(`${HISTORY} p`, { text: "Reminder if no reply by Friday" });
});

test("a reminder that is past stands in the history only", async () => {
    const { partnerId } = await prepare({
        reminder_state: "done",
        reminder_summary: "Reminded on Friday",
    });
    await start();
    await openFormView("res.partner", partnerId);
    await contains(TILE);
    await contains(`${TILE} .o-engagement-Tile-reminder`, { count: 0 });
    await click(TILE);
    await contains(`${HISTORY} p`, { text: "Reminded on Friday" });
});

test("nothing of the history is loaded until it is unfolded", async () => {
    watchHistory();
    const { partnerId } = await prepare();
    await start();
    await openFormView("res.partner", partnerId);
    await contains(TILE);
    expect.verifySteps([]);
    await click(TILE);
    await contains(HISTORY);
    await contains(`${TILE}[aria-expanded='true']`);
    await contains(`${HISTORY} [data-figure='open_count']`, { text: "2Opens" });
    await contains(`${HISTORY} .o-engagement-Recipient`, { text: "Anna CustomerOpened" });
    await contains(`${HISTORY} .o_engagement_timeline`);
    await expect.waitForSteps([
        "email.engagement.trace web_search_read",
        "email.engagement.event web_search_read",
    ]);
    await click(TILE);
    await contains(HISTORY, { count: 0 });
    expect.verifySteps([]);
});

test("unfolds with the keyboard", async () => {
    watchHistory();
    const { partnerId } = await prepare();
    await start();
    await openFormView("res.partner", partnerId);
    await contains(`${TILE}[aria-expanded='false']`);
    queryFirst(TILE).focus();
    await press("Enter");
    await contains(HISTORY);
    expect(queryFirst(TILE).getAttribute("aria-controls")).toBe(queryFirst(HISTORY).id);
    await press("Enter");
    await contains(HISTORY, { count: 0 });
    await expect.waitForSteps([
        "email.engagement.trace web_search_read",
        "email.engagement.event web_search_read",
    ]);
});

test("unfolds from the message's toolbar", async () => {
    onRpc("email.engagement.event", "formatted_read_group", () => []);
    const { partnerId } = await prepare();
    await start();
    await openFormView("res.partner", partnerId);
    await click(".o-mail-Message:has(.o-engagement-Tile) [title='Email Engagement']");
    await contains(HISTORY);
});

test("leads to the full page", async () => {
    onRpc("email.engagement.event", "formatted_read_group", () => []);
    const { partnerId, engagementId } = await prepare();
    await start();
    await openFormView("res.partner", partnerId);
    await click(TILE);
    await contains(HISTORY);
    mockService("action", {
        doAction: (action) => expect.step(`${action.res_model} ${action.res_id}`),
    });
    await click(`${HISTORY} button`, { text: "Open" });
    expect.verifySteps([`email.engagement ${engagementId}`]);
});

test("the first of many recipients, and all when asked", async () => {
    onRpc("email.engagement.event", "formatted_read_group", () => []);
    const { pyEnv, partnerId, engagementId } = await prepare();
    pyEnv["email.engagement.trace"].create(
        Array.from({ length: 199 }, (_, number) => ({
            engagement_id: engagementId,
            recipient_name: `No. ${number} 😀`,
            status: "sent",
        }))
    );
    await start();
    await openFormView("res.partner", partnerId);
    await click(TILE);
    await contains(".o-engagement-Recipient", { count: 6 });
    await click(`${HISTORY} button`, { text: "and 194 more" });
    await contains(".o-engagement-Recipient", { count: 200 });
});

test("changes without a reload when the server tells", async () => {
    const { pyEnv, partnerId, engagementId } = await prepare();
    await start();
    await openFormView("res.partner", partnerId);
    await contains(TILE, { text: "Opened 5 min ago" });
    pyEnv["email.engagement"].write([engagementId], {
        status: "clicked",
        status_sentence: "Clicked just now",
        click_count: 1,
    });
    pyEnv["bus.bus"]._sendone(
        pyEnv["res.partner"].browse(pyEnv.user?.partner_id ?? 3)[0],
        "email.engagement/changed",
        { engagement_ids: [engagementId] }
    );
    await contains(`${TILE}[data-status='clicked']`, { text: "Clicked just now" });
});

test("and so does the answer come", async () => {
    const { pyEnv, partnerId, engagementId } = await prepare();
    await start();
    await openFormView("res.partner", partnerId);
    await contains(TILE);
    pyEnv["mail.message"].create({
        body: "Thank you",
        model: "res.partner",
        res_id: partnerId,
        message_type: "email",
    });
    pyEnv["email.engagement"].write([engagementId], { status: "replied", reply_count: 1 });
    const channel = pyEnv["res.partner"].browse(pyEnv.user?.partner_id ?? 3)[0];
    pyEnv["bus.bus"]._sendone(channel, "email.engagement/changed", {
        engagement_ids: [engagementId],
    });
    await contains(`${TILE}[data-status='replied']`);
    await contains(".o-mail-Message", { count: 3 });
});

test("asks for nothing that is not on the screen", async () => {
    const { pyEnv, partnerId, engagementId } = await prepare();
    onRpc("email.engagement", "get_chatter_data", ({ args }) => {
        expect.step(JSON.stringify(args[0]));
    });
    await start();
    await openFormView("res.partner", partnerId);
    await contains(TILE);
    const channel = pyEnv["res.partner"].browse(pyEnv.user?.partner_id ?? 3)[0];
    pyEnv["bus.bus"]._sendone(channel, "email.engagement/changed", { engagement_ids: [12345] });
    pyEnv["bus.bus"]._sendone(channel, "email.engagement/changed", {
        engagement_ids: [engagementId],
    });
    await expect.waitForSteps([JSON.stringify([engagementId])]);
});

test("a scheduled message says when it goes out, and of what one is reminded", async () => {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({ name: "Anna" });
    const values = {
        model: "res.partner",
        res_id: partnerId,
        body: "Tomorrow",
        scheduled_date: "2050-10-20 08:00:00",
    };
    pyEnv["mail.scheduled.message"].create([
        {
            ...values,
            engagement_followed: true,
            engagement_reminder_type: "no_reply",
            engagement_reminder_date: "2050-10-24 08:00:00",
        },
        { ...values, engagement_followed: false },
    ]);
    await start();
    await openFormView("res.partner", partnerId);
    await contains(".o-mail-Scheduled-Message", { count: 2 });
    await contains(
        ".o-mail-Scheduled-Message .o-engagement-Tile:contains(Scheduled to send Oct 20)"
    );
    await contains(".o-mail-Scheduled-Message .o-engagement-Tile", { count: 1 });
    await contains(".o-engagement-ScheduledReminder:contains(If no reply by Oct 24)");
});
