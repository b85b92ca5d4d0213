import { followNewEmails } from "@email_engagement/../tests/email_engagement_test_helpers";
import {
    click,
    contains,
    defineMailModels,
    mailModels,
    openFormView,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import { after, describe, expect, test } from "@odoo/hoot";
import { press, queryFirst } from "@odoo/hoot-dom";
import { mountView, onRpc } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
// Also in mail's own tests: without it, the models have no views of their own.
mailModels.MailComposeMessage._views = {};
defineMailModels();

const ARCH = /* xml */ `
    <form js_class="mail_composer_form">
        <field name="model" invisible="1"/>
        <field name="res_ids" invisible="1"/>
        <field name="partner_ids" invisible="1"/>
        <field name="body" type="html" widget="html_composer_message"/>
        <field name="engagement_followed" widget="mail_composer_follow_toggle"/>
    </form>`;
const FOLLOWED = ".o_form_view .o-engagement-FollowToggle[aria-pressed='true']";
const NOT_FOLLOWED = ".o_form_view .o-engagement-FollowToggle[aria-pressed='false']";

function mountToggle(attributes = "") {
    return mountView({
        type: "form",
        resModel: "mail.compose.message",
        arch: `<form><field name="engagement_followed" widget="mail_composer_follow_toggle" ${attributes}/></form>`,
    });
}

test("shows and changes the field", async () => {
    onRpc("mail.compose.message", "web_save", ({ args }) =>
        expect.step(`followed: ${args[1].engagement_followed}`)
    );
    await mountToggle();
    await contains(NOT_FOLLOWED, { text: "Not followed" });
    await click(NOT_FOLLOWED);
    await contains(FOLLOWED, { text: "Followed" });
    queryFirst(FOLLOWED).focus();
    await press("Enter");
    await contains(NOT_FOLLOWED);
    await press("Enter");
    await contains(FOLLOWED);
    await click(".o_form_button_save");
    await expect.waitForSteps(["followed: true"]);
});

test("cannot be changed where the field is readonly", async () => {
    await mountToggle(`readonly="1"`);
    await contains(`${NOT_FOLLOWED}:disabled`);
});

test("what is chosen in the full composer is kept when it is closed by accident", async () => {
    mailModels.MailComposeMessage._views = { "form,false": ARCH };
    after(() => (mailModels.MailComposeMessage._views = {}));
    followNewEmails(true);
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({ name: "Anna" });
    onRpc("mail.compose.message", "onchange", async ({ parent }) => {
        const result = await parent();
        // as the real server does
        Object.assign(result.value, {
            body: "<p>Hello</p>",
            engagement_followed: true,
            res_ids: JSON.stringify([partnerId]),
        });
        return result;
    });
    await start();
    await openFormView("res.partner", partnerId);
    await click("button", { text: "Send message" });
    await contains(".o-mail-Composer .o-engagement-FollowToggle[aria-pressed='true']");
    await click("button[title='Open Full Composer']");
    await click(`.modal ${FOLLOWED}`);
    await contains(`.modal ${NOT_FOLLOWED}`);
    await click(".modal .btn-close");
    await contains(".modal", { count: 0 });
    await click("button", { text: "Send message" });
    await contains(".o-mail-Composer .o-engagement-FollowToggle[aria-pressed='false']");
    await contains(".o-mail-Composer-input", { value: "Hello" });
});
