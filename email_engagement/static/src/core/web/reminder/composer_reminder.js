import { openReminderOfDraft } from "@email_engagement/core/web/reminder/reminder_of_draft";
import {
    reminderPresets,
    reminderText,
} from "@email_engagement/core/web/reminder/reminder_presets";
import { registerComposerAction } from "@mail/core/common/composer_actions";
import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** The reminder in the chatter's composer: usual ones at a click, all others in the dialog. */
export class ComposerReminder extends Component {
    static template = "email_engagement.ComposerReminder";
    static components = { Dropdown, DropdownItem };
    static props = {
        isFollowed: Boolean,
        /** Called with `{ type, date, note }`, or without to remove the reminder. */
        onChanged: Function,
        reminder: { type: Object, optional: true },
    };

    setup() {
        this.dialog = useService("dialog");
    }

    get presets() {
        return reminderPresets(luxon.DateTime.now());
    }

    get text() {
        const { reminder } = this.props;
        return reminder ? reminderText(reminder.type, reminder.date) : _t("Remind me");
    }

    /** What there is room for; all of it is in the title. */
    get day() {
        return this.props.reminder.date.toLocaleString({ day: "numeric", month: "short" });
    }

    choose({ date }) {
        this.props.onChanged({
            type: this.props.isFollowed ? "no_reply" : "anyway",
            date,
            note: this.props.reminder?.note || "",
        });
    }

    open() {
        openReminderOfDraft(this.dialog, this.props);
    }
}

const reminderOf = (composer) => ({
    isFollowed: composer.isEngagementFollowed,
    reminder: composer.activeEngagementReminder,
    onChanged: (reminder) => (composer.engagementReminder = reminder),
});

registerComposerAction("engagement-reminder", {
    condition: ({ owner }) => owner.isEngagementEmail,
    component: ComposerReminder,
    // Without the room of the chatter it is an ordinary action in the menu.
    componentCondition: ({ owner }) => owner.props.mode === "extended",
    componentProps: ({ composer }) => reminderOf(composer),
    icon: ({ composer }) => `fa ${composer.engagementReminder ? "fa-bell" : "fa-bell-o"}`,
    isActive: ({ composer }) => Boolean(composer.engagementReminder),
    name: ({ composer }) => {
        const reminder = composer.activeEngagementReminder;
        return reminder ? reminderText(reminder.type, reminder.date) : _t("Remind me");
    },
    onSelected: ({ composer, store }) =>
        openReminderOfDraft(store.env.services.dialog, reminderOf(composer)),
    sequence: 3,
});
