import { ReminderDialog } from "@email_engagement/core/web/reminder/reminder_dialog";
import { _t } from "@web/core/l10n/translation";

/**
 * Open the dialog for an email that is being written, or waits to be sent.
 *
 * @param {Object} dialog the service
 * @param {Object} param1
 * @param {boolean} param1.isFollowed
 * @param {{ type: string, date: luxon.DateTime, note: string }} [param1.reminder]
 * @param {(reminder?: Object) => any} param1.onChanged called without one to remove it
 */
export function openReminderOfDraft(dialog, { isFollowed, reminder, onChanged }) {
    dialog.add(ReminderDialog, {
        date: reminder?.date,
        note: reminder?.note || "",
        possible: isFollowed ? ["no_reply", "not_opened", "anyway"] : ["anyway"],
        whyNot: isFollowed
            ? undefined
            : _t(
                  "This email is not followed: whether it is opened or answered will not be recorded."
              ),
        remove: () => onChanged(),
        save: onChanged,
        type: reminder?.type,
    });
}
