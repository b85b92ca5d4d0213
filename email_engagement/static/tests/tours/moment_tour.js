import { registry } from "@web/core/registry";
import { openComposer, openFullComposer, write } from "@email_engagement/../tests/tours/tour_steps";

registry.category("web_tour.tours").add("email_engagement.moment", {
    steps: () => [
        openComposer(),
        write("At the right moment"),
        openFullComposer(),
        { trigger: ".modal .o-engagement-Moment", run: "click" },
        {
            content: "Her time and mine",
            trigger: ".o-engagement-Moment-recipient:contains(Asia/Kolkata)",
        },
        {
            content: "One click schedules",
            trigger: ".o-engagement-Moment-recipient .o-engagement-Moment-time",
            run: "click",
        },
        { trigger: "body:not(:has(.o-engagement-MomentPopover))" },
        { trigger: ".modal button[title='Send Later']:contains(Sending)" },
        { trigger: ".modal button[name='action_schedule_message']:enabled", run: "click" },
        { trigger: ".o-mail-Scheduled-Message:contains(At the right moment)" },
    ],
});
