import { registry } from "@web/core/registry";
import {
    changeFollowed,
    isFollowed,
    openComposer,
    openFullComposer,
    write,
} from "@email_engagement/../tests/tours/tour_steps";

const editScheduled = () => ({
    content: "Edit the scheduled message",
    trigger: ".o-mail-Scheduled-Message-buttons .btn:contains(Edit)",
    run: "click",
});

registry.category("web_tour.tours").add("email_engagement.follow_scheduled_message", {
    steps: () => [
        openComposer(),
        write("Tomorrow"),
        openFullComposer(),
        ...changeFollowed("full", false),
        {
            content: "Send it later",
            trigger: ".modal button[title='Send Later']",
            run: "click",
        },
        {
            content: "Tomorrow morning will do",
            trigger: ".modal:contains(Set Scheduled Date) .modal-footer button:contains(Save)",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_schedule_message']:enabled",
            run: "click",
        },
        editScheduled(),
        isFollowed("full", false),
        ...changeFollowed("full", true),
        {
            content: "Save it",
            trigger: ".modal .modal-footer button:contains(Save)",
            run: "click",
        },
        { trigger: "body:not(:has(.modal))" },
        editScheduled(),
        isFollowed("full", true),
        {
            trigger: ".modal .modal-footer button:contains(Discard)",
            run: "click",
        },
        { trigger: "body:not(:has(.modal))" },
    ],
});
