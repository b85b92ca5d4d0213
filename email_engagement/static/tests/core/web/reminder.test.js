import { ReminderDialog } from "@email_engagement/core/web/reminder/reminder_dialog";
import { reminderPresets } from "@email_engagement/core/web/reminder/reminder_presets";
import {
    click,
    contains,
    defineMailModels,
    insertText,
    mailModels,
    openFormView,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { edit } from "@odoo/hoot-dom";
import { mockDate } from "@odoo/hoot-mock";
import {
    getService,
    mountView,
    mountWithCleanup,
    onRpc,
    serverState,
} from "@web/../tests/web_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";

const { DateTime } = luxon;

describe.current.tags("desktop");
mailModels.MailComposeMessage._views = {};
defineMailModels();

const ALL = ["no_reply", "not_opened", "anyway"];

function iso(presets) {
    return presets.map(({ date }) => date.toFormat("yyyy-MM-dd HH:mm"));
}

describe("presets", () => {
    test("in the user's time zone, at nine", async () => {
        const now = DateTime.fromISO("2026-11-25T23:30", { zone: "Asia/Kolkata" });
        expect(iso(reminderPresets(now))).toEqual([
            "2026-11-26 09:00",
            "2026-11-28 09:00",
            "2026-11-30 09:00",
        ]);
    });

    test("next week is next Monday, on Sundays and Mondays, too", async () => {
        for (const [day, monday] of [
            ["2026-11-29", "2026-11-30 09:00"],
            ["2026-11-30", "2026-12-07 09:00"],
        ]) {
            const [, , nextWeek] = iso(reminderPresets(DateTime.fromISO(`${day}T10:00`)));
            expect(nextWeek).toBe(monday);
        }
    });

    test("nine stays nine when the clocks change", async () => {
        const now = DateTime.fromISO("2026-03-28T10:00", { zone: "Europe/Brussels" });
        const [tomorrow] = reminderPresets(now);
        expect(tomorrow.date.toUTC().toFormat("yyyy-MM-dd HH:mm")).toBe("2026-03-29 07:00");
    });
});

async function mountDialog(props) {
    await mountWithCleanup(MainComponentsContainer);
    getService("dialog").add(ReminderDialog, {
        possible: ALL,
        save: ({ type, date, note }) =>
            expect.step(`${type} ${date.toFormat("yyyy-MM-dd HH:mm")} ${note}`),
        ...props,
    });
    await contains(".o-engagement-ReminderDialog");
}

test("chooses type, preset and note", async () => {
    mockDate("2026-11-24 10:00:00");
    await mountDialog();
    await contains("#engagement_reminder_no_reply:checked");
    await contains("[data-preset='3_days'].active");
    await click("label[for='engagement_reminder_not_opened']");
    await click("[data-preset='tomorrow']");
    await contains("[data-preset='tomorrow'].active");
    await insertText("input[aria-label='Note']", " Call her ");
    await click(".modal-footer button", { text: "Save" });
    await expect.waitForSteps(["not_opened 2026-11-25 09:00 Call her"]);
    await contains(".modal", { count: 0 });
});

test("says why not of an email that is not followed", async () => {
    mockDate("2026-11-25 10:00:00");
    await mountDialog({ possible: ["anyway"], whyNot: "Not followed." });
    await contains("#engagement_reminder_no_reply:disabled");
    await contains("#engagement_reminder_anyway:checked");
    await contains(".o-engagement-ReminderDialog-whyNot:contains('Not followed.')");
});

test("does not take a moment that is past", async () => {
    mockDate("2026-11-25 10:00:00");
    await mountDialog({ date: DateTime.fromISO("2026-11-24T09:00"), type: "anyway" });
    await contains(".modal-footer .btn-primary:disabled");
    await click("[data-preset='tomorrow']");
    await contains(".modal-footer .btn-primary:enabled");
});

test("proposes no Sunday", async () => {
    mockDate("2026-11-26 10:00:00");
    await mountDialog();
    await contains("[data-preset='next_week'].active");
});

test("does not take the moment that was there before it was cleared", async () => {
    mockDate("2026-11-25 10:00:00");
    await mountDialog();
    await contains(".modal-footer .btn-primary:enabled");
    await click("#engagement_reminder_date");
    await edit("", { confirm: "enter" });
    await contains(".modal-footer .btn-primary:disabled");
    await click("[data-preset='tomorrow']");
    await contains(".modal-footer .btn-primary:enabled");
});

test("stays open when it cannot be saved", async () => {
    expect.errors(1);
    mockDate("2026-11-25 10:00:00");
    await mountDialog({ save: () => Promise.reject(new Error("no")) });
    await click(".modal-footer button", { text: "Save" });
    await contains(".modal-footer .btn-primary:enabled");
    await contains(".o-engagement-ReminderDialog");
    await expect.waitForErrors(["no"]);
});

test("is set, shown and removed in the composer", async () => {
    mockDate("2026-11-25 10:00:00");
    onRpc("mail.compose.message", "onchange", async ({ parent }) => {
        const result = await parent();
        // as the real server does
        Object.assign(result.value, { engagement_can_follow: true, engagement_followed: true });
        return result;
    });
    await mountView({
        type: "form",
        resModel: "mail.compose.message",
        arch: `<form>
            <field name="engagement_followed"/>
            <field name="engagement_can_follow" invisible="1"/>
            <field name="engagement_reminder_date" invisible="1"/>
            <field name="engagement_reminder_note" invisible="1"/>
            <field name="engagement_reminder_type" widget="engagement_reminder"/>
        </form>`,
    });
    await click(".o-engagement-ReminderField .fa-bell-o");
    await contains("#engagement_reminder_no_reply:checked");
    await click("[data-preset='tomorrow']");
    await click(".modal-footer button", { text: "Save" });
    await contains(".o-engagement-ReminderField:contains('If no reply by Nov 26, 9:00')");
    await click(".o-engagement-ReminderField");
    await click(".modal-footer button", { text: "Remove Reminder" });
    await contains(".o-engagement-ReminderField .fa-bell-o");
});

test("is in the toolbar of one's own messages", async () => {
    mockDate("2026-11-25 10:00:00");
    const pyEnv = await startServer();
    const annaId = pyEnv["res.partner"].create({ name: "Anna" });
    for (const [body, authorId] of [
        ["Mine", serverState.partnerId],
        ["Hers", annaId],
    ]) {
        pyEnv["mail.message"].create({
            author_id: authorId,
            body,
            message_type: "comment",
            model: "res.partner",
            res_id: annaId,
        });
    }
    onRpc("mail.message", "engagement_get_reminder", () => ({
        possible: ["anyway"],
        why_not: "Not followed.",
        type: false,
        date: false,
        note: "",
    }));
    onRpc("mail.message", "engagement_set_reminder", ({ args }) => {
        expect.step(`${args[1]} ${args[2]}`);
        return true;
    });
    await start();
    await openFormView("res.partner", annaId);
    await click(".o-mail-Message:contains(Mine) [title='Expand']");
    await click(".o-dropdown-item:contains('Remind me')");
    await click(".modal-footer button", { text: "Save" });
    await expect.waitForSteps(["anyway 2026-11-30 08:00:00"]);
    await click(".o-mail-Message:contains(Hers) [title='Expand']");
    await contains(".o-dropdown-item", { text: "Remind me", count: 0 });
});
