import { click, contains, defineMailModels, start } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { mockService, serverState } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineMailModels();

async function come(isUndecided, warning = false) {
    serverState.companies = serverState.companies.map((company) => ({
        ...company,
        name: "Azure",
        engagement_is_undecided: isUndecided,
        engagement_databases_warning: warning,
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

test("says that nothing can arrive", async () => {
    await come(true, "Requests to http://a.example do not say.");
    const notice = ".o-engagement-AskPolicy.o_notification:has(.bg-danger)";
    await contains(`${notice}:contains('do not say. Until you choose')`);
});

test("asks nobody else", async () => {
    await come(false);
    await contains(".o_menu_systray");
    await contains(".o-engagement-AskPolicy", { count: 0 });
});
