import { defineEngagementModels } from "@email_engagement/../tests/email_engagement_mock_models";
import { startServer } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { click, edit } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { getService, mountView, onRpc } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineEngagementModels();

const MODEL = "email.engagement";

async function change(ids) {
    getService("email_engagement.live").bus.trigger("CHANGED", { ids });
    await animationFrame();
    await animationFrame();
}

test("a list loads again when a followed email has changed", async () => {
    const pyEnv = await startServer();
    const [id] = pyEnv[MODEL].create([{ subject: "Our offer" }, { subject: "Another" }]);
    onRpc(MODEL, "web_search_read", () => expect.step("load"));
    await mountView({
        type: "list",
        resModel: MODEL,
        arch: `<list js_class="engagement_list"><field name="subject"/></list>`,
    });
    expect.verifySteps(["load"]);
    pyEnv[MODEL].write([id], { subject: "Our best offer" });
    await change([id]);
    expect(".o_data_row:contains(Our best offer)").toHaveCount(1);
    expect.verifySteps(["load"]);
});

test("the first email of an empty list can be opened", async () => {
    const pyEnv = await startServer();
    await mountView({
        type: "list",
        resModel: MODEL,
        arch: `<list js_class="engagement_list" sample="1"><field name="subject"/></list>`,
        noContentHelp: "No emails",
    });
    expect(".o_view_nocontent").toHaveCount(1);
    const id = pyEnv[MODEL].create({ subject: "Our offer" });
    await change([id]);
    expect(".o_data_row:contains(Our offer)").toHaveCount(1);
    expect(".o_view_nocontent, .o_view_sample_data").toHaveCount(0);
});

test("records that are being selected stay selected", async () => {
    const pyEnv = await startServer();
    const [id] = pyEnv[MODEL].create([{ subject: "Our offer" }]);
    onRpc(MODEL, "web_search_read", () => expect.step("load"));
    await mountView({
        type: "list",
        resModel: MODEL,
        arch: `<list js_class="engagement_list"><field name="subject"/></list>`,
    });
    await click(".o_data_row .o_list_record_selector input");
    await animationFrame();
    await change([id]);
    expect(".o_data_row_selected").toHaveCount(1);
    expect.verifySteps(["load"]);
});

test("a form loads again when its own email has changed, and for no other", async () => {
    const pyEnv = await startServer();
    const [id, other] = pyEnv[MODEL].create([{ subject: "Our offer" }, { subject: "Other" }]);
    onRpc(MODEL, "web_read", () => expect.step("read"));
    await mountView({
        type: "form",
        resModel: MODEL,
        resId: id,
        arch: `<form js_class="engagement_form"><field name="subject" readonly="1"/></form>`,
    });
    expect.verifySteps(["read"]);
    await change([other]);
    expect.verifySteps([]);
    pyEnv[MODEL].write([id], { subject: "Our best offer" });
    await change([id]);
    expect(".o_field_widget[name=subject]").toHaveText("Our best offer");
    expect.verifySteps(["read"]);
});

/**
 * @param {number[]} [sent] the emails that went to the contact, wherever they were written
 */
async function mountContact(pyEnv, { sent = [], more = "" } = {}) {
    const resId = pyEnv["res.partner"].create({ name: "Anna" });
    onRpc("res.partner", "web_read", () => expect.step("read"));
    onRpc(MODEL, "search_count", ({ args: [domain] }) => {
        const [, , ids] = domain.find(([name]) => name === "id");
        const [, operator, partnerId] = domain.find(([name]) => name === "trace_ids.partner_id");
        expect([operator, partnerId]).toEqual(["child_of", resId]);
        return ids.filter((id) => sent.includes(id)).length;
    });
    await mountView({
        type: "form",
        resModel: "res.partner",
        resId,
        arch: `<form>
            <field name="name"/><field name="engagement_count" readonly="1"/>${more}
        </form>`,
    });
    expect.verifySteps(["read"]);
    getService("mail.store")["mail.message"].insert([
        { id: 1, engagement_id: 11, thread: { model: "res.partner", id: resId } },
        { id: 2, engagement_id: 12, thread: { model: "res.partner", id: resId + 1 } },
    ]);
    return resId;
}

test("figures of a record are read again when an email in its chatter has changed", async () => {
    await mountContact(await startServer());
    await change([12, 13]);
    expect.verifySteps([]);
    await change([11, 13]);
    expect.verifySteps(["read"]);
});

test("a contact, when an email to it has changed that was written on another record", async () => {
    await mountContact(await startServer(), { sent: [13] });
    await change([12]);
    expect.verifySteps([]);
    await change([13]);
    expect.verifySteps(["read"]);
});

test("and its timeline", async () => {
    onRpc("res.users", "has_group", () => false);
    const more = `<widget name="engagement_partner_timeline"/>`;
    await mountContact(await startServer(), { sent: [13], more });
    onRpc("email.engagement.event", "web_search_read", () => expect.step("timeline"));
    await change([12]);
    expect.verifySteps([]);
    await change([13]);
    expect.verifySteps(["read", "timeline"]);
});

test("what is being written into a form stays as it is", async () => {
    await mountContact(await startServer(), { more: `<field name="partner_latitude"/>` });
    const latitude = ".o_field_widget[name=partner_latitude] input";
    await click(latitude);
    await edit("12", { confirm: false });
    await change([11]);
    expect(latitude).toHaveValue("12");
    expect.verifySteps(["read"]);
});

test("a form with changes is left alone", async () => {
    await mountContact(await startServer());
    await click(".o_field_widget[name=name] input");
    await edit("Anne", { confirm: "tab" });
    await change([11]);
    expect(".o_field_widget[name=name] input").toHaveValue("Anne");
    expect.verifySteps([]);
});

test("recipients that a writer has removed stay removed", async () => {
    const id = await mountContact(await startServer(), { more: "<chatter/>" });
    const thread = getService("mail.store").Thread.get({ model: "res.partner", id });
    await animationFrame();
    thread.suggestedRecipients = [{ name: "Anna", email: "anna@example.com" }];
    await change([11]);
    await animationFrame();
    expect(thread.suggestedRecipients).toHaveLength(1);
    expect.verifySteps(["read"]);
});
