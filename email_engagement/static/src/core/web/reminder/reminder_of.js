import { ReminderDialog } from "@email_engagement/core/web/reminder/reminder_dialog";
import { deserializeDateTime, serializeDateTime } from "@web/core/l10n/dates";

/**
 * The names of the methods, on the two models that have a reminder: a message knows one
 * even if it is not followed.
 */
const METHODS = {
    "email.engagement": ["get_reminder", "set_reminder", "remove_reminder"],
    "mail.message": [
        "engagement_get_reminder",
        "engagement_set_reminder",
        "engagement_remove_reminder",
    ],
};

/**
 * Open the dialog for an email that was sent.
 *
 * @param {{ dialog: Object, orm: Object }} services
 * @param {"email.engagement"|"mail.message"} model
 * @param {number} id
 * @param {() => any} onChanged
 */
export async function openReminderOf({ dialog, orm }, model, id, onChanged) {
    const [get, set, remove] = METHODS[model];
    const reminder = await orm.call(model, get, [[id]]);
    dialog.add(ReminderDialog, {
        date: reminder.date ? deserializeDateTime(reminder.date) : undefined,
        note: reminder.note,
        possible: reminder.possible,
        remove: async () => {
            await orm.call(model, remove, [[id]]);
            await onChanged();
        },
        save: async ({ type, date, note }) => {
            await orm.call(model, set, [[id], type, serializeDateTime(date), note]);
            await onChanged();
        },
        type: reminder.type || undefined,
        whyNot: reminder.why_not || undefined,
    });
}
