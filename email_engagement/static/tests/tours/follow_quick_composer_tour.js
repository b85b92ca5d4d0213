import { registry } from "@web/core/registry";
import {
    changeFollowed,
    isFollowed,
    openComposer,
    openNote,
    send,
    write,
} from "@email_engagement/../tests/tours/tour_steps";

registry.category("web_tour.tours").add("email_engagement.follow_quick_composer", {
    steps: () => [
        openComposer(),
        isFollowed("quick", true),
        write("As the company says"),
        ...send("As the company says"),

        openComposer(),
        ...changeFollowed("quick", false),
        write("Switched off"),
        ...send("Switched off"),

        openComposer(),
        isFollowed("quick", true),
        openNote(),
        {
            content: "A note is not followed",
            trigger: ".o-mail-Composer:not(:has(.o-engagement-FollowToggle))",
        },
        write("A note"),
        ...send("A note"),
    ],
});
