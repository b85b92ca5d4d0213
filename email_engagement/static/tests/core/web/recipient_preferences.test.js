import { followNewEmails } from "@email_engagement/../tests/email_engagement_test_helpers";
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
import { mountView, onRpc } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
mailModels.MailComposeMessage._views = {};
defineMailModels();

const ARCH = /* xml */ `
    <form>
        <field name="partner_ids" invisible="1"/>
        <field name="subject" widget="engagement_recipient_preferences"/>
    </form>`;
const BUTTON = ".o-engagement-RecipientPreferences";
const POPOVER = ".o-engagement-RecipientPreferencesPopover";

async function mountPreferences(subject) {
    const pyEnv = await startServer();
    const partnerIds = pyEnv["res.partner"].create([{ name: "Anna" }, { name: "Bob" }]);
    const composerId = pyEnv["mail.compose.message"].create({
        partner_ids: partnerIds,
        subject,
    });
    await mountView({
        type: "form",
        resModel: "mail.compose.message",
        resId: composerId,
        arch: ARCH,
    });
    return partnerIds;
}

test("nothing where everybody is followed", async () => {
    await mountPreferences(false);
    await contains(".o_form_view");
    await contains(BUTTON, { count: 0 });
});

test("says who is left out, and why, and opens the contact", async () => {
    onRpc("res.partner", "engagement_preferences", ({ args }) => {
        expect.step(`asked for ${args[0].length}`);
        return [
            { id: args[0][0], name: "Anna", followed: "none", reason: "Refused" },
            { id: args[0][1], name: "Bob", followed: "all", reason: false },
        ];
    });
    await mountPreferences("Followed for 1 of 2");
    await click(BUTTON, { text: "Followed for 1 of 2" });
    await contains(POPOVER, { text: "Not followed: Refused" });
    await contains(`${POPOVER} span`, { text: "Followed", count: 1 });
    await expect.waitForSteps(["asked for 2"]);
    await click(`${POPOVER} button`, { text: "Anna" });
    await contains(".o_dialog .o_form_view");
    await contains(POPOVER, { count: 0 });
    onRpc("res.partner", "engagement_followed_for", () => ({ text: "Followed for 2 of 2" }));
    await click(".o_dialog .o_form_button_cancel");
    await contains(BUTTON, { text: "Followed for 2 of 2" });
});

describe("in the chatter's composer", () => {
    const QUICK = `.o-mail-Composer ${BUTTON}`;

    async function openComposer(text) {
        const pyEnv = await startServer();
        const [annaId, bobId] = pyEnv["res.partner"].create([
            { name: "Anna", email: "anna@example.com" },
            { name: "Bob", email: "bob@example.com" },
        ]);
        onRpc("res.partner", "engagement_followed_for", ({ args }) => {
            expect.step(`text for ${args[0]}`);
            return text(args[0]);
        });
        onRpc("res.partner", "engagement_preferences", ({ args }) =>
            args[0].map((id) => ({ id, name: "Anna", followed: "none", reason: "Refused" }))
        );
        followNewEmails(true);
        await start();
        await openFormView("res.partner", annaId);
        await click("button", { text: "Send message" });
        await contains(".o-mail-Composer .o-engagement-FollowToggle");
        return [annaId, bobId];
    }

    async function add(name) {
        await insertText(".o-mail-RecipientsInput input", name);
        await click(".o-autocomplete--dropdown-item", {
            text: `${name} <${name.toLowerCase()}@example.com>`,
        });
    }

    test("says for whom it is followed, as recipients are added", async () => {
        const [annaId, bobId] = await openComposer(
            (ids) => ids.length > 1 && { followed: 1, total: 2, text: "Followed for 1 of 2" }
        );
        await contains(QUICK, { count: 0 });
        await add("Bob");
        await expect.waitForSteps([`text for ${bobId}`]);
        await contains(QUICK, { count: 0 });
        await add("Anna");
        await expect.waitForSteps([`text for ${bobId},${annaId}`]);
        await click(`${QUICK}[title='Followed for 1 of 2']`, { text: "1/2" });
        await contains(`${POPOVER} button`, { text: "Anna", count: 2 });
    });

    test("nothing of an email that is not followed, or a note", async () => {
        const [, bobId] = await openComposer(() => ({
            followed: 0,
            total: 1,
            text: "Followed for 0 of 1",
        }));
        await add("Bob");
        await expect.waitForSteps([`text for ${bobId}`]);
        await contains(QUICK, { text: "0/1" });
        await click(".o-mail-Composer .o-engagement-FollowToggle");
        await contains(QUICK, { count: 0 });
        await click("button", { text: "Log note" });
        await contains(QUICK, { count: 0 });
    });
});
