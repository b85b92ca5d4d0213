import { registry } from "@web/core/registry";
import {
    changeFollowed,
    isFollowed,
    openComposer,
    openFullComposer,
    openNote,
    sendFromFullComposer,
    write,
} from "@email_engagement/../tests/tours/tour_steps";

registry.category("web_tour.tours").add("email_engagement.follow_full_composer", {
    steps: () => [
        openComposer(),
        write("As the company says"),
        openFullComposer(),
        isFollowed("full", true),
        ...sendFromFullComposer("As the company says"),

        openComposer(),
        write("Switched off in full"),
        openFullComposer(),
        ...changeFollowed("full", false),
        ...sendFromFullComposer("Switched off in full"),

        openComposer(),
        write("Switched off before"),
        ...changeFollowed("quick", false),
        openFullComposer(),
        isFollowed("full", false),
        ...sendFromFullComposer("Switched off before"),

        openComposer(),
        write("Switched on again"),
        ...changeFollowed("quick", false),
        openFullComposer(),
        ...changeFollowed("full", true),
        ...sendFromFullComposer("Switched on again"),

        openNote(),
        openFullComposer(),
        {
            content: "A note is not followed",
            trigger: ".modal-footer:not(:has(.o-engagement-FollowToggle)) button:contains(Discard)",
            run: "click",
        },
        { trigger: "body:not(:has(.modal))" },
    ],
});
