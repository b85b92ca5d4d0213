import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { EngagementTimeline } from "@email_engagement/views/engagement_timeline/engagement_timeline";
import { mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";

defineMailModels();

const MODEL = "email.engagement.event";

function event(id, values) {
    return {
        id,
        type: "open",
        date: "2026-01-02 10:00:00",
        counted: true,
        who: "Anna",
        what: "Opened",
        note: false,
        reason_text: "A mail program",
        url: false,
        device: "mobile",
        device_text: "Phone",
        country_id: false,
        ...values,
    };
}

/** Answers like the server, by whether machines are asked for. */
function serve(people, machines, { length = people.length } = {}) {
    onRpc(MODEL, "formatted_read_group", () =>
        machines.length ? [{ actor: "scanner", __count: machines.length, __extra_domain: [] }] : []
    );
    onRpc(MODEL, "web_search_read", ({ kwargs }) => {
        if (JSON.stringify(kwargs.domain).includes('"actor"')) {
            expect.step("machines");
            return { length: machines.length, records: machines };
        }
        expect.step(`people from ${kwargs.offset}`);
        return { length, records: people.slice(kwargs.offset, kwargs.offset + kwargs.limit) };
    });
}

const mount = () => mountWithCleanup(EngagementTimeline, { props: { engagementId: 1 } });

test("machines are folded away, with their reason", async () => {
    const machine = event(9, { what: "Link clicked", reason_text: "A link checker" });
    serve([event(1)], [machine]);
    await mount();
    expect(".o_engagement_event").toHaveCount(1);
    expect("[data-fold=machines]").toHaveText("1 automatic interaction, not counted");
    expect("[data-fold=machines]").toHaveAttribute("aria-expanded", "false");
    expect.verifySteps(["people from 0"]);

    await click("[data-fold=machines]");
    await animationFrame();
    expect.verifySteps(["machines"]);
    expect(".o_engagement_event").toHaveCount(2);
    expect(".o_engagement_fold .o_engagement_event").toHaveText(/A link checker/);
    expect(".o_engagement_fold .o_engagement_event").toHaveText(/Copy for Anna/);
});

test("no machines, no fold", async () => {
    serve([event(1)], []);
    await mount();
    expect(".o_engagement_fold").toHaveCount(0);
    expect.verifySteps(["people from 0"]);
});

test("says so when nothing has happened", async () => {
    serve([event(1, { type: "sent", what: "Sent", who: "", counted: false })], []);
    await mount();
    expect(".o_engagement_timeline_empty").toHaveCount(1);
    expect.verifySteps(["people from 0"]);
});

test("shows the exact moment on hover, and a link without a referrer", async () => {
    serve([event(1, { type: "click", url: "https://www.example.com/x" })], []);
    await mount();
    expect(queryOne("time").title).toMatch(/2026/);
    expect("a").toHaveAttribute("rel", "noopener noreferrer");
    expect.verifySteps(["people from 0"]);
});

test("earlier events come page by page", async () => {
    const people = Array.from({ length: 25 }, (_, i) => event(i + 1, { who: `No. ${i + 1}` }));
    serve(people, []);
    await mount();
    expect(".o_engagement_event").toHaveCount(20);
    await click("button:contains(Show earlier)");
    await animationFrame();
    expect(".o_engagement_event").toHaveCount(25);
    expect(queryAllTexts("button")).toEqual([]);
    expect.verifySteps(["people from 0", "people from 20"]);
});
