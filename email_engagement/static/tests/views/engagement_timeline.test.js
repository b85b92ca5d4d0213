import { expect, test } from "@odoo/hoot";
import { click, queryOne, select } from "@odoo/hoot-dom";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import { Component, useState, xml } from "@odoo/owl";
import { defineEngagementModels } from "@email_engagement/../tests/email_engagement_mock_models";
import { EngagementTimeline } from "@email_engagement/views/engagement_timeline/engagement_timeline";
import { mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";

defineEngagementModels();

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
        reason: "human",
        engagement_id: { id: 1, display_name: "Our offer" },
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

const mount = (props) =>
    mountWithCleanup(EngagementTimeline, { props: { engagementId: 1, ...props } });

function serveRecipients() {
    onRpc("email.engagement.trace", "search_read", () => [
        { id: 11, recipient_name: "Anna" },
        { id: 12, recipient_name: "Bob 😀" },
    ]);
}

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

test("the answer to the last question is shown, whichever comes last", async () => {
    serve([event(1)], []);
    const answers = {};
    await mount({ full: true });
    onRpc(MODEL, "web_search_read", ({ kwargs }) => {
        const [, , kind] = kwargs.domain.find(
            ([name, operator]) => name === "type" && operator === "="
        );
        answers[kind] = new Deferred();
        return answers[kind];
    });
    await click("[data-kind=open]");
    await click("[data-kind=click]");
    await animationFrame();
    answers.click.resolve({ length: 1, records: [event(2, { what: "Link clicked" })] });
    await animationFrame();
    answers.open.resolve({ length: 1, records: [event(1)] });
    await animationFrame();
    expect(".o_engagement_event").toHaveText(/Link clicked/);
    expect.verifySteps(["people from 0"]);
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

test("the address of a link without a text is shown once", async () => {
    const url = "https://www.example.com/x";
    serve([event(1, { type: "click", url, what: `Link clicked: ${url}` })], []);
    await mount();
    expect(".o_engagement_event .fw-bold").toHaveText(`Link clicked: ${url}`);
    expect(".o_engagement_event a").toHaveCount(0);
    expect.verifySteps(["people from 0"]);
});

test("earlier events come page by page, and none twice", async () => {
    const people = Array.from({ length: 130 }, (_, i) => event(i + 1, { who: `No. ${i + 1}` }));
    serve(people, []);
    await mount();
    expect(".o_engagement_event").toHaveCount(20);
    expect(".o_engagement_more").toHaveText("Show earlier (20 of 130)");
    // One more has come in on top: the next page begins with one that is shown already.
    people.unshift(event(999));
    await click(".o_engagement_more");
    await animationFrame();
    expect(".o_engagement_event").toHaveCount(99);
    await click(".o_engagement_more");
    await animationFrame();
    expect(".o_engagement_event").toHaveCount(130);
    expect.verifySteps(["people from 0", "people from 20", "people from 99"]);
});

test("what is unfolded and shown stays when something new comes in", async () => {
    const people = Array.from({ length: 50 }, (_, i) => event(i + 1));
    serve(people, [event(900)]);
    class Parent extends Component {
        static components = { EngagementTimeline };
        static props = {};
        static template = xml`<EngagementTimeline engagementId="1" version="state.version"/>`;
        setup() {
            this.state = useState({ version: "1" });
        }
    }
    const parent = await mountWithCleanup(Parent);
    await click(".o_engagement_more");
    await click("[data-fold=machines]");
    await animationFrame();
    expect(".o_engagement_event").toHaveCount(51);
    people.unshift(event(999, { who: "New" }));
    parent.state.version = "2";
    await animationFrame();
    await animationFrame();
    expect(".o_engagement_event:first").toHaveText(/New/);
    expect("[data-fold=machines]").toHaveAttribute("aria-expanded", "true");
    expect.verifySteps([
        "people from 0",
        "people from 20",
        "machines",
        "people from 0",
        "machines",
    ]);
});

test("can be narrowed to a kind and to a recipient", async () => {
    serveRecipients();
    onRpc(MODEL, "formatted_read_group", () => []);
    onRpc(MODEL, "web_search_read", ({ kwargs }) => {
        expect.step(
            JSON.stringify(
                kwargs.domain.filter(
                    (leaf) => ["type", "trace_id"].includes(leaf[0]) && leaf[1] === "="
                )
            )
        );
        return { length: 1, records: [event(1)] };
    });
    await mount({ full: true });
    await click("[data-kind=click]");
    await animationFrame();
    expect("[data-kind=click]").toHaveAttribute("aria-pressed", "true");
    await click("select");
    await select("12");
    await animationFrame();
    await click("button:contains(All):first");
    await animationFrame();
    expect.verifySteps([
        "[]",
        `[["type","=","click"]]`,
        `[["type","=","click"],["trace_id","=",12]]`,
        `[["trace_id","=",12]]`,
    ]);
});

test("says so when nothing is of that kind", async () => {
    serveRecipients();
    serve([], []);
    await mount({ full: true });
    expect(".o_engagement_filters").toHaveCount(0);
    expect(".o_engagement_timeline_empty").toHaveText(/Nothing has happened yet/);
    expect.verifySteps(["people from 0"]);
});

test("administrators change verdicts", async () => {
    serveRecipients();
    onRpc("has_group", () => true);
    serve([event(1)], [event(9, { counted: false, reason: "ua_security" })]);
    for (const method of ["action_count", "action_do_not_count"]) {
        onRpc(MODEL, method, ({ args }) => {
            expect.step(`${method} ${args[0]}`);
            return true;
        });
    }
    await mount({ full: true });
    await click("[data-fold=machines]");
    await animationFrame();
    await click(".o_engagement_fold .o_engagement_judge:contains(A person did it)");
    await animationFrame();
    await click(".o_engagement_judge:first:contains(Not a person)");
    await animationFrame();
    expect.verifySteps([
        "people from 0",
        "machines",
        "action_count 9",
        "people from 0",
        "machines",
        "action_do_not_count 1",
        "people from 0",
        "machines",
    ]);
});

test("others do not, and an open that a click tells of goes with the click", async () => {
    serveRecipients();
    onRpc("has_group", () => false);
    serve([event(1)], []);
    await mount({ full: true });
    expect(".o_engagement_judge").toHaveCount(0);
    expect.verifySteps(["people from 0"]);
});

test("of a person: everything, with the email that it is about", async () => {
    onRpc(MODEL, "formatted_read_group", () => []);
    onRpc(MODEL, "web_search_read", ({ kwargs }) => {
        expect.step(JSON.stringify(kwargs.domain.slice(0, 2)));
        return {
            length: 1,
            records: [event(1, { engagement_id: { id: 5, display_name: "Our offer" } })],
        };
    });
    await mountWithCleanup(EngagementTimeline, { props: { partnerId: 3 } });
    expect(".o_engagement_event_email").toHaveText("Our offer");
    expect.verifySteps([`["&",["contact_id","child_of",3]]`]);
});
