import { ReminderDialog } from "@email_engagement/core/web/reminder/reminder_dialog";
import { reminderText } from "@email_engagement/core/web/reminder/reminder_presets";
import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The reminder of an email that is being written, or waits to be sent. */
export class ReminderField extends Component {
    static template = "email_engagement.ReminderField";
    static props = { ...standardFieldProps };

    setup() {
        this.dialog = useService("dialog");
        this.title = _t("Remind me");
    }

    get data() {
        return this.props.record.data;
    }

    get isSet() {
        return Boolean(this.data.engagement_reminder_type && this.data.engagement_reminder_date);
    }

    get isFollowed() {
        // Where nothing can be followed, the form does not know the second field.
        return this.data.engagement_followed && this.data.engagement_can_follow !== false;
    }

    get text() {
        return reminderText(this.data.engagement_reminder_type, this.data.engagement_reminder_date);
    }

    open() {
        this.dialog.add(ReminderDialog, {
            date: this.data.engagement_reminder_date || undefined,
            note: this.data.engagement_reminder_note || "",
            possible: this.isFollowed ? ["no_reply", "not_opened", "anyway"] : ["anyway"],
            whyNot: this.isFollowed
                ? undefined
                : _t(
                      "This email is not followed: whether it is opened or answered will not be recorded."
                  ),
            remove: () => this.update({ type: false, date: false, note: false }),
            save: (reminder) => this.update(reminder),
            type: this.data.engagement_reminder_type || undefined,
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
