import { registerMessageAction } from "@mail/core/common/message_actions";

import { _t } from "@web/core/l10n/translation";

registerMessageAction("engagement", {
    condition: ({ message, owner }) => Boolean(message.engagement_id && owner.toggleEngagement),
    icon: "fa fa-line-chart",
    name: ({ owner }) =>
        owner.engagementState.isOpen ? _t("Hide Email Engagement") : _t("Email Engagement"),
    onSelected: ({ owner }) => owner.toggleEngagement(),
    sequence: 25,
});
