import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";

/** Who of the recipients would be followed, and why the others would not. */
export class RecipientPreferencesPopover extends Component {
    static template = "email_engagement.RecipientPreferencesPopover";
    static props = { close: Function, onOpen: Function, partnerIds: Array };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ recipients: [] });
        onWillStart(async () => {
            this.state.recipients = await this.orm.call("res.partner", "engagement_preferences", [
                this.props.partnerIds,
            ]);
        });
    }

    text(recipient) {
        return {
            all: _t("Followed"),
            opens: _t("Opens only"),
            clicks: _t("Clicks and files only"),
            none: _t("Not followed"),
        }[recipient.followed];
    }

    onClick(recipient) {
        this.props.close();
        this.props.onOpen(recipient.id);
    }
}

/** "Followed for 3 of 4", which opens the recipients' preferences. */
export class RecipientPreferences extends Component {
    static template = "email_engagement.RecipientPreferences";
    static props = { ...standardFieldProps };

    setup() {
        this.dialog = useService("dialog");
        this.popover = usePopover(RecipientPreferencesPopover, { position: "top" });
    }

    get text() {
        return this.props.record.data[this.props.name];
    }

    onClick(ev) {
        this.popover.open(ev.currentTarget, {
            partnerIds: [...this.props.record.data.partner_ids.currentIds],
            onOpen: (resId) => this.open(resId),
        });
    }

    /** In a dialog above the composer, so that what was written stays. */
    open(resId) {
        this.dialog.add(FormViewDialog, {
            resModel: "res.partner",
            resId,
            title: _t("Recipient"),
        });
    }
}

export const recipientPreferences = {
    component: RecipientPreferences,
    displayName: _t("Recipients' Preferences"),
    supportedTypes: ["char"],
    fieldDependencies: [{ name: "partner_ids", type: "many2many" }],
};

registry.category("fields").add("engagement_recipient_preferences", recipientPreferences);
