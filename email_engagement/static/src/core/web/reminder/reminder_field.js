import { openReminderOfDraft } from "@email_engagement/core/web/reminder/reminder_of_draft";
import { reminderText } from "@email_engagement/core/web/reminder/reminder_presets";
import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The reminder of an email that is being written, or waits to be sent. */
export class ReminderField extends Component {
    static template = "email_engagement.ReminderField";
    static props = { ...standardFieldProps };

    setup() {
        this.dialog = useService("dialog");
        this.title = _t("Remind me");
        if (this.env.fullComposerBus) {
            useBus(this.env.fullComposerBus, "SAVE_ENGAGEMENT_REMINDER", ({ detail }) =>
                detail.onSave(this.reminder)
            );
        }
    }

    get data() {
        return this.props.record.data;
    }

    /** @returns {{ type: string, date: luxon.DateTime, note: string }|undefined} */
    get reminder() {
        const {
            engagement_reminder_type: type,
            engagement_reminder_date: date,
            engagement_reminder_note: note,
        } = this.data;
        return type && date ? { type, date, note: note || "" } : undefined;
    }

    get isFollowed() {
        // Where nothing can be followed, the form does not know the second field.
        return this.data.engagement_followed && this.data.engagement_can_follow !== false;
    }

    get text() {
        return reminderText(this.reminder.type, this.reminder.date);
    }

    open() {
        openReminderOfDraft(this.dialog, {
            isFollowed: this.isFollowed,
            reminder: this.reminder,
            onChanged: (reminder) =>
                this.update(reminder || { type: false, date: false, note: false }),
        });
    }

    update({ type, date, note }) {
        return this.props.record.update({
            engagement_reminder_type: type,
            engagement_reminder_date: date,
            engagement_reminder_note: note,
        });
    }
}

registry.category("fields").add("engagement_reminder", {
    component: ReminderField,
    displayName: _t("Email Reminder"),
    supportedTypes: ["selection"],
    fieldDependencies: [
        { name: "engagement_reminder_date", type: "datetime" },
        { name: "engagement_reminder_note", type: "char" },
    ],
});
