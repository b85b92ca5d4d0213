import { BADGES } from "@email_engagement/core/common/engagement_figures";
import { defineEngagementModels } from "@email_engagement/../tests/email_engagement_mock_models";
import { describe, expect, test } from "@odoo/hoot";
import { queryAll } from "@odoo/hoot-dom";
import { Component, xml } from "@odoo/owl";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineEngagementModels();

/** What WCAG 2 asks of letters of this size (1.4.3). */
const ENOUGH = 4.5;

/** @returns {number[]} red, green, blue from 0 to 255, and opacity */
function colour(text) {
    const [red, green, blue, opacity = 1] = text.match(/[\d.]+/g).map(Number);
    return [red, green, blue, opacity];
}

function over([red, green, blue, opacity], below) {
    return [red, green, blue].map((value, i) => value * opacity + below[i] * (1 - opacity));
}

function luminance(rgb) {
    const [red, green, blue] = rgb.map((value) => {
        const part = value / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast of an element's text, with all that lies below it. */
function contrast(element) {
    let ground = [255, 255, 255];
    const line = [];
    for (let below = element; below; below = below.parentElement) {
        line.unshift(below);
    }
    for (const below of line) {
        ground = over(colour(getComputedStyle(below).backgroundColor), ground);
    }
    const text = over(colour(getComputedStyle(element).color), ground);
    const [dark, light] = [luminance(text), luminance(ground)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
}

async function mount(content) {
    class Parent extends Component {
        static template = xml`<div class="o_view_controller bg-view">${content}</div>`;
        static props = ["*"];
    }
    await mountWithCleanup(Parent);
}

test("black on white is 21 to 1", async () => {
    await mount(`<p class="o_probe" style="color: #000; background: #fff">Word</p>`);
    expect(contrast(queryAll(".o_probe")[0]).toFixed(1)).toBe("21.0");
});

test("states can be read", async () => {
    const looks = [...new Set(Object.values(BADGES))];
    await mount(looks.map((look) => `<span class="badge ${look}">Word</span>`).join(""));
    expect(".badge").toHaveCount(looks.length);
    for (const badge of queryAll(".badge")) {
        expect(contrast(badge)).toBeGreaterThan(ENOUGH, { message: badge.className });
    }
});

test("what is muted can be read, where all that is seen is ours", async () => {
    await mount(
        `<p class="text-muted">Odoo's own</p>
        <div class="o_engagement_timeline"><p class="text-muted o_probe">Ours</p></div>
        <div class="o-engagement-ReminderDialog">
            <button class="btn btn-secondary"><small class="text-muted o_probe">Ours</small></button>
        </div>`
    );
    for (const text of queryAll(".o_probe")) {
        expect(contrast(text)).toBeGreaterThan(ENOUGH);
    }
});
