import {
    EngagementComposerHints,
    hasVisiblePicture,
} from "@email_engagement/core/web/engagement_composer_hints";
import { click } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { expect, test } from "@odoo/hoot";
import { EventBus, markup } from "@odoo/owl";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";

defineMailModels();

function mount(data) {
    const record = {
        data: {
            body: markup`<p>Hello</p>`,
            can_edit_body: true,
            engagement_followed: true,
            engagement_history: false,
            engagement_logo: "/logo.png?company=1",
            engagement_signature_has_picture: false,
            ...data,
        },
        model: { bus: new EventBus() },
        update(changes) {
            expect.step(String(changes.body));
        },
    };
    return mountWithCleanup(EngagementComposerHints, { props: { record, readonly: false } });
}

const PICTURE = ".o-engagement-ComposerHints-picture";
const HISTORY = ".o-engagement-ComposerHints-history";

test("what counts as a picture", () => {
    expect(hasVisiblePicture(markup`<p><img src="/logo.png"></p>`)).toBe(true);
    expect(hasVisiblePicture(markup`<p><img src="/p.gif" width="1" height="1"></p>`)).toBe(false);
    expect(hasVisiblePicture(markup`<p><img alt="no source"></p>`)).toBe(false);
    expect(hasVisiblePicture(markup`<p>Hello</p>`)).toBe(false);
    expect(hasVisiblePicture(`<img src="typed as text">`)).toBe(false);
    expect(hasVisiblePicture(false)).toBe(false);
});

test("a hint where there is no picture, and one click for the logo", async () => {
    await mount();
    expect(PICTURE).toHaveCount(1);
    await click(`${PICTURE} .btn-link`);
    await animationFrame();
    expect.verifySteps([
        `<p>Hello</p><p><img src="/logo.png?company=1" style="max-height: 48px; max-width: 200px;" alt=""></p>`,
    ]);
});

test("the logo goes into the signature", async () => {
    await mount({
        body: markup`<p>Hello</p><div class="o-signature-container">Sally</div>`,
    });
    await click(`${PICTURE} .btn-link`);
    await animationFrame();
    expect.verifySteps([
        `<p>Hello</p><div class="o-signature-container">Sally<p><img src="/logo.png?company=1" style="max-height: 48px; max-width: 200px;" alt=""></p></div>`,
    ]);
});

test("no hint where there is a picture, or nothing is followed", async () => {
    await mount({ body: markup`<img src="/chart.png">` });
    expect(PICTURE).toHaveCount(0);
    await mount({ engagement_signature_has_picture: true });
    expect(PICTURE).toHaveCount(0);
    await mount({ engagement_followed: false });
    expect(PICTURE).toHaveCount(0);
});

test("no button without a logo of the company's own", async () => {
    await mount({ engagement_logo: false });
    expect(PICTURE).toHaveCount(1);
    expect(`${PICTURE} .btn-link`).toHaveCount(0);
});

test("the hint on pictures is not said again to who dismissed it", async () => {
    await mount();
    await click(`${PICTURE} [aria-label="Do not say this again"]`);
    await animationFrame();
    expect(PICTURE).toHaveCount(0);
    await mount();
    expect(PICTURE).toHaveCount(0);
});

test("what the recipients did with earlier emails", async () => {
    await mount({
        body: markup`<img src="/chart.png">`,
        engagement_history: "Anna opened 4 of 5 earlier emails, usually within 2 h.",
    });
    expect(HISTORY).toHaveText("Anna opened 4 of 5 earlier emails, usually within 2 h.");
});
