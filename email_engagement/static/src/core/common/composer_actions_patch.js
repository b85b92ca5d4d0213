import { registerComposerAction } from "@mail/core/common/composer_actions";

import { _t } from "@web/core/l10n/translation";
import { EngagementFollowToggle } from "./engagement_follow_toggle";

registerComposerAction("engagement-follow", {
    condition: ({ owner }) => owner.canFollowEngagement,
    component: EngagementFollowToggle,
    // Without the room of the chatter it is an ordinary action in the menu.
    componentCondition: ({ owner }) => owner.props.mode === "extended",
    componentProps: ({ composer }) => ({
        className: `btn-sm me-1 opacity-100 ${composer.isEngagementFollowed ? "o-hasBtnBg" : ""}`,
        followed: composer.isEngagementFollowed,
        onToggle: (followed) => (composer.engagementFollowed = followed),
    }),
    icon: ({ composer }) => `fa ${composer.isEngagementFollowed ? "fa-eye" : "fa-eye-slash"}`,
    isActive: ({ composer }) => composer.isEngagementFollowed,
    name: ({ composer }) => (composer.isEngagementFollowed ? _t("Followed") : _t("Not followed")),
    onSelected: ({ composer }) => (composer.engagementFollowed = !composer.isEngagementFollowed),
    sequence: 1,
});
