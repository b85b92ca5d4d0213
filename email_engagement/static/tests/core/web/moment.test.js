import { MomentPopover } from "@email_engagement/core/web/moment/moment_popover";
import { click, contains, defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineMailModels();

const WEEK = Array.from({ length: 7 }, () => Array(24).fill(0));
WEEK[2][9] = 5;

const TIME = { utc: "2026-11-26 02:30:00", mine: "Thu 26 Nov, 3:30", theirs: "Thu 26 Nov, 8:00" };
const ANNA = {
    id: 1,
    name: "Anna",
    zone: "Asia/Kolkata",
    source: "place",
    now: "Wed 25 Nov, 18:30",
    is_business: false,
    business: TIME,
    usual: { ...TIME, utc: "2026-12-02 03:30:00" },
    usual_hours: [[9, 10]],
    week: WEEK,
    opens: 5,
};
const ADVICE = {
    mine: "Wed 25 Nov, 14:00",
    recipients: [ANNA],
    common: null,
    left_out: 0,
};

async function mountPopover(advice) {
    onRpc("email.engagement.moment", "get_advice", () => ({ ...ADVICE, ...advice }));
    await mountWithCleanup(MomentPopover, {
        props: {
            close: () => expect.step("closed"),
            partnerIds: [1],
            schedule: (date) => expect.step(date.toUTC().toFormat("yyyy-MM-dd HH:mm")),
        },
    });
}

test("shows both clocks and schedules with one click", async () => {
    await mountPopover({});
    await contains(".o-engagement-MomentPopover:contains('Wed 25 Nov, 14:00')");
    await contains(".o-engagement-Moment-recipient:contains('Wed 25 Nov, 18:30')");
    await contains(".o-engagement-Moment-time", { count: 2 });
    await contains(`[data-utc="${TIME.utc}"]:contains("Thu 26 Nov, 8:00")`);
    await contains(`[data-utc="${TIME.utc}"]:contains("Thu 26 Nov, 3:30")`);
    await click(`[data-utc="${TIME.utc}"]`);
    await expect.waitForSteps(["2026-11-26 02:30", "closed"]);
});

test("shows the week as a strip", async () => {
    await mountPopover({});
    await contains(".o-engagement-Moment-cell", { count: 7 * 24 });
    await contains(".o-engagement-Moment-cell > span[style='opacity: 1']", { count: 1 });
    await contains(".o-engagement-Moment-recipient:contains('From 5 opens')");
});

test("scattered opens are shown, but no habit", async () => {
    await mountPopover({ recipients: [{ ...ANNA, usual: false, usual_hours: [], opens: 8 }] });
    await contains(".o-engagement-Moment-recipient:contains('8 opens, at no particular hours')");
    await contains(".o-engagement-Moment-time", { count: 1 });
});

test("says so when nothing is known", async () => {
    await mountPopover({
        recipients: [
            { ...ANNA, week: null, usual: false },
            { id: 2, name: "Bob", zone: null, business: false, usual: false, week: null },
        ],
    });
    await contains(".o-engagement-Moment-recipient:contains('Not enough opens yet')");
    await contains(".o-engagement-Moment-recipient:contains('Time zone unknown')");
    await contains(".o-engagement-Moment-week", { count: 0 });
});

test("the best hour for all", async () => {
    await mountPopover({
        common: {
            ...TIME,
            utc: "2026-11-25 13:00:00",
            at_work: 1,
            total: 2,
            clocks: [{ zone: "America/New_York", time: "Wed 25 Nov, 8:00" }],
        },
    });
    await contains(".o-engagement-Moment-common:contains('1 of 2')");
    await contains(".o-engagement-Moment-common:contains('Wed 25 Nov, 8:00 America/New_York')");
    await click(".o-engagement-Moment-common .o-engagement-Moment-time");
    await expect.waitForSteps(["2026-11-25 13:00", "closed"]);
});

test("without recipients", async () => {
    await mountPopover({ recipients: [] });
    await contains(".o-engagement-MomentPopover:contains('Add recipients')");
});
