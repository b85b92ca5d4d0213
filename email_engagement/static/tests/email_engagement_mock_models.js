import { mailModels } from "@mail/../tests/mail_test_helpers";
import { mailDataHelpers } from "@mail/../tests/mock_server/mail_mock_server";
import { defineModels, getKwArgs, makeKwArgs, models } from "@web/../tests/web_test_helpers";

const CHATTER_FIELDS = [
    "status",
    "status_sentence",
    "status_moment",
    "not_followed_reason",
    "open_count",
    "click_count",
    "attachment_view_count",
    "reply_count",
    "machine_count",
    "reminder_state",
    "reminder_summary",
];

class EmailEngagement extends models.ServerModel {
    _name = "email.engagement";

    _to_store(store) {
        for (const engagement of this) {
            const values = Object.fromEntries(
                CHATTER_FIELDS.map((name) => [name, engagement[name]])
            );
            store._add_record_fields(this.browse(engagement.id), values);
        }
    }

    get_chatter_data(ids) {
        const store = new mailDataHelpers.Store(this.browse(ids));
        return store.get_result();
    }
}

class EmailEngagementTrace extends models.ServerModel {
    _name = "email.engagement.trace";
}

class EmailEngagementLink extends models.ServerModel {
    _name = "email.engagement.link";
}

class EmailEngagementEvent extends models.ServerModel {
    _name = "email.engagement.event";
}

class MailMessage extends mailModels.MailMessage {
    _to_store(store, fields) {
        const kwargs = getKwArgs(arguments, "store", "fields", "for_current_user", "add_followers");
        super._to_store(
            ...arguments,
            makeKwArgs({ fields: kwargs.fields.filter((name) => name !== "engagement_id") })
        );
        for (const message of this) {
            const ids = this.env["email.engagement"].search([["message_id", "=", message.id]]);
            kwargs.store._add_record_fields(this.browse(message.id), {
                engagement_id: mailDataHelpers.Store.one(this.env["email.engagement"].browse(ids)),
            });
        }
    }
}

class MailScheduledMessage extends mailModels.MailScheduledMessage {
    _to_store(store) {
        super._to_store(...arguments);
        for (const message of this) {
            store.add("mail.scheduled.message", {
                id: message.id,
                engagement_followed: message.engagement_followed,
                engagement_reminder_type: message.engagement_reminder_type,
                engagement_reminder_date: message.engagement_reminder_date,
            });
        }
    }
}

class MailThread extends mailModels.MailThread {
    _thread_to_store(store, fields, request_list) {
        const kwargs = getKwArgs(arguments, "store", "fields", "request_list");
        super._thread_to_store(...arguments);
        if (kwargs.request_list?.includes("engagement_company")) {
            const [{ id, company_id }] = this;
            const values = { engagement_company_id: company_id };
            kwargs.store._add_record_fields(this.env[this._name].browse(id), values, true);
        }
    }
}

export const engagementModels = {
    ...mailModels,
    EmailEngagement,
    EmailEngagementEvent,
    EmailEngagementLink,
    EmailEngagementTrace,
    MailMessage,
    MailScheduledMessage,
    MailThread,
};

export function defineEngagementModels() {
    defineModels(engagementModels);
}
