import {
    click,
    contains,
    defineMailModels,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import { after, describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { CHANNEL, MAX_SHOWN } from "@email_engagement/core/web/engagement_alert_service";
import { getService, mockService, serverState } from "@web/../tests/web_test_helpers";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";

describe.current.tags("desktop");
defineMailModels();

const NEWS = {
    engagement_id: 7,
    kind: "open",
    title: "Anna opened “The offer”",
    message: "10:42 · Phone",
    model: "res.partner",
    res_id: 5,
    record_name: "The Deal",
};

/** Opens a page, and returns what sends alerts to it. */
async function screen() {
    const pyEnv = await startServer();
    mockService("action", {
        doAction: ({ domain, mobile_view_mode, res_model, res_id }) =>
            expect.step(
                `${res_model} ${res_id ?? JSON.stringify(domain)}` +
                    (domain ? ` ${mobile_view_mode}` : "")
            ),
    });
    await start();
    const [partner] = pyEnv["res.partner"].read(serverState.partnerId);
    return (news) =>
        pyEnv["bus.bus"]._sendone(partner, "email.engagement/alert", { ...NEWS, ...news });
}

async function tell(news) {
    const send = await screen();
    send(news);
}

/** Sends alerts to a window that nobody sees. */
async function sendHidden(send, titles) {
    getService("bus_service").subscribe("email.engagement/alert", ({ title }) =>
        expect.step(title)
    );
    setVisibility("hidden");
    for (const title of titles) {
        send({ title });
    }
    await expect.waitForSteps(titles);
    await animationFrame();
    expect(".o-engagement-Alert").toHaveCount(0);
}

/** Another window of the same browser. */
function otherWindow() {
    const channel = new BroadcastChannel(CHANNEL);
    after(() => channel.close());
    return channel;
}

/** @param {"hidden"|"visible"} value */
function setVisibility(value) {
    Object.defineProperty(document, "visibilityState", { value, configurable: true });
    after(() => delete document.visibilityState);
    document.dispatchEvent(new Event("visibilitychange"));
}

test("says who, what and when, and opens the record", async () => {
    await tell({});
    await contains(".o-engagement-Alert:contains('Anna opened “The offer”')");
    await contains(".o-engagement-Alert:contains('10:42 · Phone')");
    await click(".o-engagement-Alert button", { text: "The Deal" });
    await expect.waitForSteps(["res.partner 5"]);
    await contains(".o-engagement-Alert", { count: 0 });
});

test("the name of the record is not said twice", async () => {
    await tell({ title: "Anna opened “Re: The Deal”" });
    await contains(".o-engagement-Alert");
    await contains(".o-engagement-Alert button", { count: 0, text: "The Deal" });
    await click(".o-engagement-Alert button", { text: "Open" });
    await expect.waitForSteps(["res.partner 5"]);
});

test("opens the email's page", async () => {
    await tell({ kind: "hot" });
    await click(".o-engagement-Alert button", { text: "Details" });
    await expect.waitForSteps(["email.engagement 7"]);
});

test("of an email about no record", async () => {
    await tell({ model: false, res_id: false, record_name: "" });
    await contains(".o-engagement-Alert button.btn", { count: 1, text: "Details" });
});

test("many: the newest are shown, the others are one line", async () => {
    const send = await screen();
    for (const number of [1, 2, 3]) {
        send({ engagement_id: number, title: `Alert ${number}` });
    }
    await contains(".o-engagement-Alert", { count: MAX_SHOWN });
    await contains(".o-engagement-AlertFold", { count: 0 });
    send({ engagement_id: 4, title: "Alert 4" });
    await contains(".o-engagement-AlertFold:contains('and 1 more alert')");
    send({ engagement_id: 4, title: "Alert 5" });
    send({ engagement_id: 4, title: "Alert 6" });
    send({ engagement_id: 4, title: "Alert 7" });
    await contains(".o-engagement-AlertFold:contains('and 4 more alerts')");
    await contains(".o-engagement-Alert", { count: MAX_SHOWN + 1 });
    await contains(".o-engagement-Alert:contains('Alert 4')", { count: 0 });
    await contains(".o-engagement-Alert:contains('Alert 7')");
    await click(".o-engagement-AlertFold button", { text: "Show" });
    await expect.waitForSteps(['email.engagement [["id","in",[1,2,3,4]]] kanban']);
    await contains(".o-engagement-Alert", { count: MAX_SHOWN });
    send({ engagement_id: 8, title: "Alert 8" });
    await contains(".o-engagement-AlertFold:contains('and 1 more alert')");
});

test("over a dialog one only, and the others of the same email are one", async () => {
    const send = await screen();
    send({ title: "Alert 1" });
    await contains(".o-engagement-Alert:contains('Alert 1')");
    getService("dialog").add(ConfirmationDialog, { body: "Sure?" });
    await contains(".o_dialog");
    send({ title: "Alert 2" });
    send({ title: "Alert 3" });
    await contains(".o-engagement-Alert:not(.o-engagement-AlertFold)", { count: 1 });
    await click(".o-engagement-AlertFold:contains('and 2 more alerts') button", { text: "Show" });
    await expect.waitForSteps(["email.engagement 7"]);
});

test("a window that nobody sees keeps them until somebody does", async () => {
    const send = await screen();
    await sendHidden(send, ["Alert 1", "Alert 2", "Alert 3", "Alert 4"]);
    setVisibility("visible");
    await contains(".o-engagement-AlertFold:contains('and 1 more alert')");
    await contains(".o-engagement-Alert:contains('Alert 4')");
});

test("but not those that another window has shown", async () => {
    const send = await screen();
    const other = otherWindow();
    setVisibility("hidden");
    const key = JSON.stringify({ ...NEWS, title: "Alert 1" });
    otherWindow().addEventListener("message", () => expect.step("told"), { once: true });
    other.postMessage({ key, isClosed: false });
    await expect.waitForSteps(["told"]);
    await sendHidden(send, ["Alert 1", "Alert 2"]);
    setVisibility("visible");
    await contains(".o-engagement-Alert:contains('Alert 2')");
    expect(".o-engagement-Alert").toHaveCount(1);
});

test("what is closed in one window is closed in all", async () => {
    const send = await screen();
    const other = otherWindow();
    other.onmessage = ({ data: { key, isClosed } }) =>
        expect.step(`${JSON.parse(key).title} ${isClosed ? "closed" : "shown"}`);
    send({ title: "Alert 1" });
    send({ title: "Alert 2" });
    await contains(".o-engagement-Alert", { count: 2 });
    await expect.waitForSteps(["Alert 1 shown", "Alert 2 shown"]);
    await click(".o-engagement-Alert:contains('Alert 1') .o_notification_close");
    await expect.waitForSteps(["Alert 1 closed"]);
    other.postMessage({ key: JSON.stringify({ ...NEWS, title: "Alert 2" }), isClosed: true });
    await contains(".o-engagement-Alert", { count: 0 });
    await expect.waitForSteps(["Alert 2 closed"]);
});
