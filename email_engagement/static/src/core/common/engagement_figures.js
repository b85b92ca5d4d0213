import { _t } from "@web/core/l10n/translation";

/**
 * What each figure is and is not, as wherever it stands.
 * The same in words as the help of the fields in models/email_engagement.py.
 */
export const FIGURES = [
    {
        name: "open_count",
        label: _t("Opens"),
        hint: _t(
            "How often people opened it. An open is seen only when pictures are loaded, so the true number may be higher. What programs did is left out."
        ),
        icon: "fa-envelope-open-o",
        tone: "open",
    },
    {
        name: "click_count",
        label: _t("Link clicks"),
        hint: _t(
            "How often people followed a link. What programs did, such as security scanners, is left out."
        ),
        icon: "fa-mouse-pointer",
        tone: "click",
    },
    {
        name: "attachment_view_count",
        label: _t("Files viewed"),
        hint: _t(
            "How often people looked at a followed file. What programs did, such as virus scanners, is left out."
        ),
        icon: "fa-file-o",
        tone: "attachment",
    },
    {
        name: "reply_count",
        label: _t("Replies"),
        hint: _t("Answers to this email that came back to Odoo. Automatic answers are left out."),
        icon: "fa-reply",
        tone: "reply",
    },
];

export const MACHINE_HINT = _t(
    "What scanners, previews and prefetching did by themselves. It is kept, with the reason of each, and never part of the figures."
);

/** How each status looks, in the chatter and in the history. */
export const STATUS = {
    scheduled: { icon: "fa-clock-o", badge: "o_engagement_badge_quiet" },
    outgoing: { icon: "fa-paper-plane-o", badge: "o_engagement_badge_quiet" },
    cancelled: { icon: "fa-ban", badge: "o_engagement_badge_quiet" },
    failed: { icon: "fa-exclamation-triangle", badge: "o_engagement_badge_failed" },
    bounced: { icon: "fa-exclamation-triangle", badge: "o_engagement_badge_failed" },
    sent: { icon: "fa-envelope-o", badge: "o_engagement_badge_quiet" },
    opened: { icon: "fa-envelope-open-o", badge: "o_engagement_badge_opened" },
    clicked: { icon: "fa-mouse-pointer", badge: "o_engagement_badge_clicked" },
    replied: { icon: "fa-reply", badge: "o_engagement_badge_replied" },
};

/** The colour of each state that stands in a badge: of emails, files, decisions, checks. */
export const BADGES = {
    ...Object.fromEntries(Object.entries(STATUS).map(([name, { badge }]) => [name, badge])),
    open: STATUS.opened.badge,
    click: STATUS.clicked.badge,
    attachment: STATUS.clicked.badge,
    reply: STATUS.replied.badge,
    bounce: STATUS.bounced.badge,
    available: STATUS.replied.badge,
    expired: "o_engagement_badge_warning",
    revoked: STATUS.failed.badge,
    deleted: STATUS.failed.badge,
    granted: STATUS.replied.badge,
    refused: STATUS.failed.badge,
    ok: STATUS.replied.badge,
    warning: "o_engagement_badge_warning",
    error: STATUS.failed.badge,
};
