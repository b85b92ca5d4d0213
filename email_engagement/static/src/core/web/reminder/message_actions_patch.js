import { openReminderOf } from "@email_engagement/core/web/reminder/reminder_of";
import { registerMessageAction } from "@mail/core/common/message_actions";

import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";

registerMessageAction("engagement-reminder", {
    condition: ({ message, thread }) =>
        user.isInternalUser &&
        message.isSelfAuthored &&
        !message.isNote &&
        message.message_type === "comment" &&
        Boolean(thread) &&
        !["discuss.channel", "mail.box"].includes(thread.model),
    icon: "fa fa-bell-o",
    name: _t("Remind me"),
    onSelected: ({ message, store, thread }) => {
        const { dialog, orm } = store.env.services;
        return openReminderOf({ dialog, orm }, "mail.message", message.id, () =>
            // of an email that is not followed, it is an activity
            thread.fetchThreadData(["activities", "messages"])
        );
    },
    sequence: 60,
});
