import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    explainRate,
    explainVerdict,
    formatRate,
    pooledRate,
} from "@email_engagement/views/template_results/rates";
import {
    about,
    points,
    TemplateComparison,
} from "@email_engagement/views/template_results/template_comparison";
import { TemplateTrend } from "@email_engagement/views/template_results/template_trend";
import {
    contains,
    defineModels,
    fields,
    makeMockEnv,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineMailModels();

function results(values) {
    const { sent, opened, replied } = values;
    return {
        open_rate: (100 * opened) / sent,
        reply_rate: (100 * replied) / sent,
        ...{ open_low: 1, open_high: 2, reply_low: 3, reply_high: 4 },
        ...{ pooled_open_rate: 50, pooled_reply_rate: 20 },
        ...{ recommended: false, worse: false },
        ...values,
    };
}

test("nothing where there is no rate, and zero where nobody answered", async () => {
    await makeMockEnv();
    expect(formatRate(false)).toBe("");
    expect(formatRate(undefined)).toBe("");
    expect(formatRate(0)).toBe("0%");
    expect(formatRate(57.14)).toBe("57.1%");
    expect(formatRate(57.14, 0)).toBe("57%");
});

test("a rate with its sample and its interval", async () => {
    await makeMockEnv();
    const row = results({ sent: 263, opened: 81, replied: 0, open_low: 25.5, open_high: 36.6 });
    expect(explainRate(row, "open")).toBe("81 of 263 opened: 30.8%. 95% interval: 25.5% to 36.6%");
    expect(explainRate(row, "reply")).toInclude("0 of 263 answered: 0%");
});

test("only what the interval shows is a reason", async () => {
    await makeMockEnv();
    const row = results({ sent: 40, opened: 34, replied: 12, open_low: 70.9, open_high: 92.9 });
    expect(explainVerdict({ ...row, recommended: true })).toHaveLength(1);
    expect(explainVerdict({ ...row, recommended: true })[0]).toInclude("34 of 40 opened");
    expect(explainVerdict({ ...row, worse: true })[0]).toInclude("12 of 40 answered");
    expect(explainVerdict(row)).toEqual([]);
    expect(explainVerdict({})).toEqual([]);
});

test("rates are weighed by what was sent", () => {
    const rows = [results({ sent: 10, opened: 9 }), false, results({ sent: 90, opened: 10 })];
    expect(pooledRate(rows, "opened")).toBe(19);
    expect(pooledRate([false], "opened")).toBe(false);
    expect(pooledRate([], "opened")).toBe(false);
});

test("about how many mails are missing", async () => {
    await makeMockEnv();
    expect([1, 9, 40, 117, 388, 12345].map(about)).toEqual([
        "1",
        "9",
        "40",
        "120",
        "390",
        "13,000",
    ]);
    expect([0.5, 0, -12.34].map(points)).toEqual(["+0.5", "+0.0", "−12.3"]);
});

class Template extends models.Model {
    _name = "template";
    name = fields.Char();
    kind = fields.Char();
    engagement_sent_count = fields.Integer({ aggregator: "sum" });
    engagement_open_rate = fields.Float({ aggregator: "avg" });
    engagement_recommended = fields.Boolean();
    engagement_results = fields.Generic({ type: "json" });

    _records = [
        ["Often", "a", 90, results({ sent: 90, opened: 10, replied: 0 })],
        ["Seldom", "a", 10, results({ sent: 10, opened: 9, replied: 0, recommended: true })],
        ["Never", "b", 0, false],
    ].map(([name, kind, sent, row], index) => ({
        id: index + 1,
        name,
        kind,
        engagement_sent_count: sent,
        engagement_open_rate: row && row.open_rate,
        engagement_recommended: row && row.recommended,
        engagement_results: row,
    }));
}

const ARCH = /* xml */ `
    <list js_class="engagement_template_list">
        <field name="name"/>
        <field name="engagement_sent_count" sum="Sent" invisible="not engagement_sent_count"/>
        <field name="engagement_open_rate" widget="engagement_rate" avg="Together"/>
        <field name="engagement_recommended" widget="engagement_star"/>
    </list>`;

test("the list: nothing for a template without emails, and the rate of all below", async () => {
    defineModels([Template]);
    await mountView({ type: "list", resModel: "template", arch: ARCH });
    expect(queryAllTexts(".o_data_row td[name=engagement_open_rate]")).toEqual([
        "11.1%",
        "90%",
        "",
    ]);
    expect(queryAllTexts(".o_data_row td[name=engagement_sent_count]")).toEqual(["90", "10", ""]);
    expect(queryAllTexts(".o_data_row td[name=engagement_recommended]")).toEqual([
        "",
        "Recommended",
        "",
    ]);
    expect(queryFirst(".o_data_row .o_engagement_rate").title).toInclude("10 of 90 opened");
    expect(queryAllTexts("tfoot .o_list_number")).toEqual(["100", "19%"]);
    await contains(".o_data_row:eq(1) .o_list_record_selector input").click();
    expect(queryAllTexts("tfoot .o_list_number")).toEqual(["10", "90%"]);
});

test("groups show what the server has weighed", async () => {
    defineModels([Template]);
    onRpc("web_read_group", async ({ parent }) => {
        const answer = await parent();
        for (const group of answer.groups) {
            group["engagement_open_rate:avg"] = group.kind === "a" ? 19 : false;
        }
        return answer;
    });
    await mountView({ type: "list", resModel: "template", arch: ARCH, groupBy: ["kind"] });
    expect(queryAllTexts(".o_group_header .o_list_number")).toEqual(["100", "19%", "0", ""]);
    expect(queryAllTexts("tfoot .o_list_number")).toEqual(["100", "19%"]);
});

test("variants: what is real, and what is too early to say", async () => {
    const found = { difference: 20, low: 5.24, high: 33.39, more: 0 };
    const original = results({ sent: 80, opened: 48, replied: 8 });
    await mountWithCleanup(TemplateComparison, {
        props: {
            comparison: {
                confidence: 95,
                rows: [
                    { id: 1, name: "A", is_self: true, is_original: true, results: original },
                    {
                        ...{ id: 2, name: "B", is_self: false, is_original: false },
                        results: results({ sent: 70, opened: 56, replied: 7 }),
                        open: { ...found, verdict: "a" },
                        reply: { ...found, verdict: "more", more: 117 },
                    },
                    {
                        ...{ id: 3, name: "C", is_self: false, is_original: false },
                        results: null,
                        open: {
                            difference: null,
                            low: null,
                            high: null,
                            verdict: "more",
                            more: 40,
                        },
                        reply: { ...found, verdict: "none" },
                    },
                ],
            },
        },
    });
    const text = queryAllTexts("tbody tr td:nth-child(n+3)");
    expect(text[0]).toBe("60%1% to 2%");
    expect(text[2]).toInclude(
        "Really better than the original: +20.0 points, interval +5.2 to +33.4"
    );
    expect(text[3]).toInclude("Not enough emails yet: about 120 more");
    expect(text[4]).toBe("Not enough emails yet: about 40 more");
    expect(text[5]).toInclude("No difference that matters");
    expect("p").toHaveText(/Newcombe 1998/);
});

test("graph: gaps, intervals, and what says little", async () => {
    const rate = (percent, low, high) => ({ rate: percent, low, high });
    const component = await mountWithCleanup(TemplateTrend, {
        props: {
            trend: {
                unit: "week",
                min_sample: 20,
                points: [
                    {
                        ...{ date: "2026-03-02", sent: 40, opened: 20, replied: 4 },
                        ...{ open: rate(50, 35.2, 64.8), reply: rate(10, 4, 23.1) },
                    },
                    { date: "2026-03-09", sent: 0, opened: 0, replied: 0, open: null, reply: null },
                    {
                        ...{ date: "2026-03-16", sent: 2, opened: 2, replied: 0 },
                        ...{ open: rate(100, 34.2, 100), reply: rate(0, 0, 65.8) },
                    },
                ],
            },
        },
    });
    const { data, options } = component.config;
    const [open, , sent] = data.datasets;
    expect(open.data).toEqual([50, null, 100]);
    expect(sent.data).toEqual([40, null, 2]);
    expect(open.spanGaps).toBe(false);
    expect([0, 2].map((dataIndex) => open.pointBackgroundColor({ dataIndex }))).toEqual([
        open.borderColor,
        "#ffffff",
    ]);
    const color = (p0DataIndex, p1DataIndex) =>
        open.segment.borderColor({ p0DataIndex, p1DataIndex });
    expect(color(0, 0)).toBe(open.borderColor);
    expect(color(0, 2)).toBe("transparent");
    const { label, footer } = options.plugins.tooltip.callbacks;
    expect(label({ dataset: open, dataIndex: 2 })).toEqual([
        "Open rate: 100% (2 of 2)",
        "95% interval: 34.2% to 100%",
    ]);
    expect(label({ dataset: sent, dataIndex: 0, parsed: { y: 40 } })).toBe("Copies: 40");
    expect(footer([{ dataIndex: 0 }])).toBe("");
    expect(footer([{ dataIndex: 2 }])).toBe("So few emails say little.");
    // the same for who does not see the canvas
    expect("caption").toHaveText("Open rate and reply rate by week");
    expect(queryAllTexts("tbody tr:last-child > *")).toEqual(["Mar 16", "2", "100%", "0%"]);
});
