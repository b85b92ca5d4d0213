import {
    click,
    contains,
    defineMailModels,
    mailModels,
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
});
