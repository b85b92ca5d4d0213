/** Steps that several tours take in the chatter of a record. */

export const openComposer = () => ({
    content: "Write a message",
    trigger: ".o-mail-Chatter-sendMessage:enabled",
    run: "click",
});

export const openNote = () => ({
    content: "Write a note",
    trigger: ".o-mail-Chatter-logNote:enabled",
    run: "click",
});

export const write = (body) => ({
    content: `Write "${body}"`,
    trigger: ".o-mail-Composer-input",
    run: `edit ${body}`,
});

export const openFullComposer = () => ({
    content: "Open the full composer",
    trigger: ".o-mail-Composer button[name='open-full-composer']",
    run: "click",
});

export const send = (body) => [
    {
        content: "Send it",
        trigger: ".o-mail-Composer-send:enabled",
        run: "click",
    },
    ...isPosted(body),
];

export const sendFromFullComposer = (body) => [
    {
        content: "Send it from the full composer",
        trigger: ".modal .o_mail_send[name='action_send_mail']",
        run: "click",
    },
    { trigger: "body:not(:has(.modal))" },
    ...isPosted(body),
];

const isPosted = (body) => [
    {
        content: `"${body}" is in the chatter`,
        trigger: `.o-mail-Message-body:contains("${body}")`,
    },
    {
        content: "The composer is closed",
        trigger: ".o-mail-Chatter:not(:has(.o-mail-Composer))",
    },
];

/**
 * @param {"quick"|"full"} composer
 * @param {boolean} followed
 */
export const isFollowed = (composer, followed) => ({
    content: `The ${composer} composer says ${followed ? "Followed" : "Not followed"}`,
    trigger: toggle(composer, followed),
});

export const changeFollowed = (composer, followed) => [
    {
        content: `Switch it ${followed ? "on" : "off"}`,
        trigger: toggle(composer, !followed),
        run: "click",
    },
    isFollowed(composer, followed),
];

const toggle = (composer, followed) =>
    `${composer === "quick" ? ".o-mail-Composer" : ".modal"} ` +
    `.o-engagement-FollowToggle[aria-pressed="${followed}"]` +
    `:contains("${followed ? "Followed" : "Not followed"}")`;
