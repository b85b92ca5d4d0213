import { destroy, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import { defineEngagementModels } from "@email_engagement/../tests/email_engagement_mock_models";
import { EngagementCheck } from "@email_engagement/views/engagement_check/engagement_check";
import { mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";

defineEngagementModels();

const MODEL = "email.engagement.check";

const line = (id, level, values = {}) => ({
    id,
    level,
    title: `Step ${id}`,
    text: `What was found ${id}`,
    remedy: false,
    ...values,
});

function serve(...answers) {
    onRpc(MODEL, "get_progress", ({ args }) => {
        expect.step(`asked for ${args[0]}`);
        return answers.length > 1 ? answers.shift() : answers[0];
    });
}

const mount = () =>
    mountWithCleanup(EngagementCheck, {
        props: { readonly: true, record: { resModel: MODEL, resId: 7 } },
    });

test("asks every second until it is done", async () => {
    serve(
        { state: "running", step: "Sending a test email", level: "ok", lines: [line(1, "ok")] },
        { state: "done", step: "", level: "ok", lines: [line(1, "ok"), line(2, "ok")] }
    );
    await mount();
    expect("[role=status]").toHaveText("Sending a test email …");
    expect("li").toHaveCount(1);

    await advanceTime(1000);
    await animationFrame();
    expect("[role=status]").toHaveCount(0);
    expect("[role=alert]").toHaveText("Everything is in order.");
    expect("li").toHaveCount(2);

    await advanceTime(5000);
    expect.verifySteps(["asked for 7", "asked for 7"]);
});

test("says in words and colours what is wrong, and what to do", async () => {
    serve({
        state: "done",
        step: "",
        level: "error",
        lines: [
            line(1, "ok"),
            line(2, "warning", { remedy: "Do this" }),
            line(3, "error", { remedy: "Do that" }),
            line(4, "skipped"),
        ],
    });
    await mount();
    expect("[role=alert]").toHaveClass("alert-danger");
    expect(queryAllTexts(".badge")).toEqual(["Warning", "Error", "Not tried"]);
    expect("li[data-level=warning]").toHaveText(/Do this/);
    expect("li[data-level=error] .text-danger").toHaveCount(1);
    expect("li[data-level=ok] .oi-arrow-right").toHaveCount(0);
    expect.verifySteps(["asked for 7"]);
});

test("a check that died is told", async () => {
    serve({ state: "interrupted", step: "", level: "ok", lines: [] });
    await mount();
    expect("[role=alert]").toHaveText(/interrupted/);
    await advanceTime(5000);
    expect.verifySteps(["asked for 7"]);
});

test("asks no more once it is closed, while an answer is on its way", async () => {
    const answer = new Deferred();
    let isFirst = true;
    onRpc(MODEL, "get_progress", () => {
        expect.step("asked");
        const running = { state: "running", step: "", level: "ok", lines: [] };
        const result = isFirst ? running : answer;
        isFirst = false;
        return result;
    });
    const check = await mount();
    await advanceTime(1000);
    destroy(check);
    answer.resolve({ state: "running", step: "", level: "ok", lines: [] });
    await animationFrame();
    await advanceTime(5000);
    expect.verifySteps(["asked", "asked"]);
});

test("asks again when it could not ask, and gives up in the end", async () => {
    let isDown = false;
    onRpc(MODEL, "get_progress", () => {
        if (isDown) {
            throw new Error("Bad gateway");
        }
        return { state: "running", step: "", level: "ok", lines: [] };
    });
    const wait = async (seconds) => {
        for (let second = 0; second < seconds; second++) {
            await advanceTime(1000);
            await animationFrame();
        }
    };
    await mount();
    isDown = true;
    await wait(9);
    isDown = false;
    await wait(1);
    isDown = true;
    await wait(9);
    expect("[role=status]").toHaveCount(1);
    await wait(1);
    expect("[role=alert]").toHaveText(/interrupted/);
});
