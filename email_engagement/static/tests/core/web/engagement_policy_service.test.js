import { click, contains, defineMailModels, start } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { mockService, serverState } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineMailModels();

async function come(isUndecided) {
    serverState.companies = serverState.companies.map((company) => ({
        ...company,
        name: "Azure",
        engagement_is_undecided: isUndecided,
    }));
    mockService("action", { doAction: (action) => expect.step(action) });
    await start();
}

test("asks until somebody has chosen, and leads to the settings", async () => {
    await come(true);
    await contains(".o-engagement-AskPolicy:contains('outside Azure')");
    await click(".o-engagement-AskPolicy button", { text: "Choose" });
    await expect.waitForSteps(["email_engagement.action_settings"]);
    await contains(".o-engagement-AskPolicy", { count: 0 });
});

test("asks nobody else", async () => {
    await come(false);
    await contains(".o_menu_systray");
    await contains(".o-engagement-AskPolicy", { count: 0 });
});
