import { registry } from "@web/core/registry";
import {
    openComposer,
    openFullComposer,
    send,
    sendFromFullComposer,
    write,
} from "@email_engagement/../tests/tours/tour_steps";

const DIALOG = ".modal:has(.o-engagement-ReminderDialog)";

const choose = (type, preset) => [
    { trigger: `${DIALOG} #engagement_reminder_${type}:enabled`, run: "click" },
    { trigger: `${DIALOG} [data-preset='${preset}']`, run: "click" },
    { trigger: `${DIALOG} [data-preset='${preset}'].active` },
];

const save = () => [
    { trigger: `${DIALOG} .modal-footer button:contains(Save)`, run: "click" },
    { trigger: "body:not(:has(.o-engagement-ReminderDialog))" },
];

registry.category("web_tour.tours").add("email_engagement.reminder", {
    steps: () => [
        openComposer(),
        write("With a reminder"),
        openFullComposer(),
        {
            content: "Set a reminder",
            trigger: ".modal .o-engagement-ReminderField",
            run: "click",
        },
        ...choose("no_reply", "tomorrow"),
        {
            trigger: `${DIALOG} input[aria-label='Note']`,
            run: "edit Call her",
        },
        ...save(),
        {
            content: "It is shown with its summary",
            trigger: ".modal .o-engagement-ReminderField:contains(If no reply by)",
        },
        ...sendFromFullComposer("With a reminder"),
        {
            content: "Change it later, on the message",
            trigger: ".o-mail-Message:contains(With a reminder)",
            run: "hover && click .o-mail-Message:contains(With a reminder) [title='Expand']",
        },
        { trigger: ".o-dropdown-item:contains(Remind me)", run: "click" },
        {
            content: "The note is still there",
            trigger: `${DIALOG} input[aria-label='Note']:value(Call her)`,
        },
        ...choose("not_opened", "next_week"),
        ...save(),
        { trigger: "body:not(:has(.modal))" },
    ],
});

registry.category("web_tour.tours").add("email_engagement.reminder_page", {
    steps: () => [
        {
            content: "The reminder is on the page of the email",
            trigger: ".o-engagement-ReminderSummary:contains(if not opened by)",
            run: "click",
        },
        ...choose("anyway", "3_days"),
        ...save(),
        { trigger: ".o-engagement-ReminderSummary:contains(Reminder on)", run: "click" },
        { trigger: `${DIALOG} button:contains(Remove Reminder)`, run: "click" },
        { trigger: ".o-engagement-ReminderSummary:contains(Set a reminder)" },
    ],
});

registry.category("web_tour.tours").add("email_engagement.reminder_quick_composer", {
    steps: () => [
        openComposer(),
        write("A quick one"),
        {
            content: "Set a reminder with two clicks",
            trigger: ".o-mail-Composer .o-engagement-ComposerReminder",
            run: "click",
        },
        { trigger: ".o-dropdown-item[data-preset='3_days']", run: "click" },
        {
            content: "It is shown with its summary",
            trigger: ".o-mail-Composer .o-engagement-ComposerReminder[title^='If no reply by']",
        },
        {
            content: "Whom it is not followed for is said",
            trigger: ".o-mail-Composer .o-engagement-RecipientPreferences",
            run: "click",
        },
        {
            content: "And why",
            trigger: ".o-engagement-RecipientPreferencesPopover:contains(Anna Customer)",
            run: "click .o-mail-Composer-input",
        },
        ...send("A quick one"),
        openComposer(),
        write("Not followed"),
        {
            trigger: ".o-mail-Composer .o-engagement-FollowToggle[aria-pressed='true']",
            run: "click",
        },
        {
            trigger: ".o-mail-Composer .o-engagement-ComposerReminder",
            run: "click",
        },
        { trigger: ".o-dropdown-item[data-preset='tomorrow']", run: "click" },
        { trigger: ".o-mail-Composer .o-engagement-ComposerReminder[title^='On ']" },
        ...send("Not followed"),
        {
            content: "Its reminder is an activity, there at once",
            trigger: ".o-mail-Activity",
        },
    ],
});
