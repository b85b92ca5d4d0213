import { openReminderOf } from "@email_engagement/core/web/reminder/reminder_of";
import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The reminder on the page of a followed email; its sender changes it here. */
export class ReminderSummaryField extends Component {
    static template = "email_engagement.ReminderSummary";
    static props = { ...standardFieldProps };

    setup() {
        this.services = { dialog: useService("dialog"), orm: useService("orm") };
    }

    get isEditable() {
        return this.props.record.data.reminder_editable;
    }

    get text() {
        return this.props.record.data[this.props.name] || _t("Set a reminder");
    }

    open() {
        const { record } = this.props;
        return openReminderOf(this.services, "email.engagement", record.resId, () => record.load());
    }
}

registry.category("fields").add("engagement_reminder_summary", {
    component: ReminderSummaryField,
    displayName: _t("Email Reminder Summary"),
    supportedTypes: ["char"],
    fieldDependencies: [{ name: "reminder_editable", type: "boolean" }],
});
