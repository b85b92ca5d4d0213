import {
    click,
    contains,
    defineMailModels,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { mockService, serverState } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineMailModels();

const NEWS = {
    engagement_id: 7,
    kind: "open",
    title: "Anna opened “The offer”",
    message: "10:42 · Phone · The Deal",
    model: "res.partner",
    res_id: 5,
    record_name: "The Deal",
};

async function tell(news) {
    const pyEnv = await startServer();
    mockService("action", {
        doAction: ({ res_model, res_id }) => expect.step(`${res_model} ${res_id}`),
    });
    await start();
    const [partner] = pyEnv["res.partner"].read(serverState.partnerId);
    pyEnv["bus.bus"]._sendone(partner, "email.engagement/alert", { ...NEWS, ...news });
}

test("says who, what and when, and opens the record", async () => {
    await tell({});
    await contains(".o-engagement-Alert:contains('Anna opened “The offer”')");
    await contains(".o-engagement-Alert:contains('10:42 · Phone · The Deal')");
    await click(".o-engagement-Alert button", { text: "The Deal" });
    await expect.waitForSteps(["res.partner 5"]);
    await contains(".o-engagement-Alert", { count: 0 });
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
