import { registry } from "@web/core/registry";
import {
    openComposer,
    openFullComposer,
    send,
    sendFromFullComposer,
    write,
} from "@email_engagement/../tests/tours/tour_steps";
import { inputFiles } from "@web/../tests/utils";

const attach = (name) => ({
    content: `Attach ${name}`,
    trigger: ".o-mail-Composer .o_input_file:not(:visible)",
    async run() {
        await inputFiles(".o-mail-Composer .o_input_file", [
            new File(["what is in it"], name, { type: "text/plain" }),
        ]);
    },
});

const toggle = (name, followed) =>
    `.o-engagement-FileToggle[aria-label*="${name}"][aria-pressed="${followed}"]` +
    `:contains("${followed ? "Sent as a link" : "Attached"}")`;

const isSentAsLink = (name, followed, where = ".o-mail-Composer") => ({
    content: `${name} is ${followed ? "sent as a link" : "attached"}`,
    trigger: `${where} ${toggle(name, followed)}`,
});

const changeFile = (name, followed, where = ".o-mail-Composer") => [
    { ...isSentAsLink(name, !followed, where), run: "click" },
    isSentAsLink(name, followed, where),
];

registry.category("web_tour.tours").add("email_engagement.follow_files", {
    steps: () => [
        openComposer(),
        attach("offer.txt"),
        isSentAsLink("offer.txt", false),
        attach("terms.txt"),
        isSentAsLink("terms.txt", false),
        ...changeFile("offer.txt", true),
        write("From the chatter"),
        {
            content: "Not followed: the switches are gone",
            trigger: ".o-mail-Composer .o-engagement-FollowToggle[aria-pressed='true']",
            run: "click",
        },
        { trigger: ".o-mail-Composer:not(:has(.o-engagement-FileToggle))" },
        {
            trigger: ".o-mail-Composer .o-engagement-FollowToggle[aria-pressed='false']",
            run: "click",
        },
        isSentAsLink("offer.txt", true),
        ...send("From the chatter"),

        openComposer(),
        attach("first.txt"),
        ...changeFile("first.txt", true),
        attach("second.txt"),
        isSentAsLink("second.txt", false),
        write("From the full composer"),
        openFullComposer(),
        isSentAsLink("first.txt", true, ".modal"),
        ...changeFile("second.txt", true, ".modal"),
        ...changeFile("first.txt", false, ".modal"),
        {
            content: "It says until when the link works",
            trigger: ".modal .o_field_widget[name='engagement_attachments_expire_on']",
        },
        ...sendFromFullComposer("From the full composer"),
    ],
});
