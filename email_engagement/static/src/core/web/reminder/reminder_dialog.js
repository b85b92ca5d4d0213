import { reminderPresets } from "@email_engagement/core/web/reminder/reminder_presets";
import { Component, useState } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

const isWeekend = ({ weekday }) => weekday > 5;

/** Asks when and of what somebody wants to be reminded of an email. */
export class ReminderDialog extends Component {
    static template = "email_engagement.ReminderDialog";
    static components = { DateTimeInput, Dialog };
    static props = {
        close: Function,
        date: { type: DateTime, optional: true },
        note: { type: String, optional: true },
        /** Of what one can be reminded; of the other types, `whyNot` says why not. */
        possible: { type: Array, element: String },
        remove: { type: Function, optional: true },
        /** Called with `{ type, date, note }`; the dialog stays open if it fails. */
        save: Function,
        type: { type: String, optional: true },
        whyNot: { type: String, optional: true },
    };

    setup() {
        this.presets = reminderPresets(DateTime.now());
        const { date, note, possible, type } = this.props;
        this.state = useState({
            // Nobody is at work to be reminded on Sunday: then next week.
            date: date || this.presets.slice(1).find((preset) => !isWeekend(preset.date)).date,
            note: note || "",
            type: type && possible.includes(type) ? type : possible[0],
            isSaving: false,
        });
        this.types = [
            { id: "no_reply", name: _t("If I do not receive a reply by") },
            { id: "not_opened", name: _t("If the email is not opened by") },
            { id: "anyway", name: _t("Remind me anyway at") },
        ];
    }

    get isPast() {
        return !this.state.date || this.state.date <= DateTime.now();
    }

    get canSave() {
        return !this.isPast && !this.state.isSaving;
    }

    get pickerProps() {
        return {
            id: "engagement_reminder_date",
            minDate: DateTime.now(),
            // Of the picker and of what is typed; false if it is cleared.
            onChange: (date) => (this.state.date = date),
            rounding: 5,
            type: "datetime",
            value: this.state.date,
        };
    }

    isPreset({ date }) {
        return Boolean(this.state.date) && date.equals(this.state.date);
    }

    title({ date }) {
        return date.toLocaleString(DateTime.DATETIME_MED_WITH_WEEKDAY);
    }

    async save() {
        const { type, date, note } = this.state;
        this.state.isSaving = true;
        try {
            await this.props.save({ type, date, note: note.trim() });
        } finally {
            this.state.isSaving = false;
        }
        this.props.close();
    }

    async remove() {
        await this.props.remove();
        this.props.close();
    }
}
