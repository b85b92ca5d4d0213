import { registerComposerAction } from "@mail/core/common/composer_actions";
import { Component, onWillStart, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
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

/**
 * "Followed for 3 of 4", which opens the recipients' preferences. The two composers know
 * the text and the recipients each in its own way.
 */
class RecipientPreferencesButton extends Component {
    static template = "email_engagement.RecipientPreferences";

    setup() {
        this.dialog = useService("dialog");
        this.orm = useService("orm");
        this.popover = usePopover(RecipientPreferencesPopover, { position: "top" });
    }

    onClick(ev) {
        this.popover.open(ev.currentTarget, {
            partnerIds: this.partnerIds,
            onOpen: (resId) => this.open(resId),
        });
    }

    /** In a dialog above the composer, so that what was written stays. */
    open(resId) {
        this.dialog.add(
            FormViewDialog,
            {
                resModel: "res.partner",
                resId,
                title: _t("Recipient"),
            },
            { onClose: () => this.onContactClosed() }
        );
    }

    askFollowed() {
        return this.orm.call("res.partner", "engagement_followed_for", [this.partnerIds]);
    }
}

export class RecipientPreferences extends RecipientPreferencesButton {
    static props = { ...standardFieldProps };

    async onContactClosed() {
        const followed = await this.askFollowed();
        await this.props.record.update({ [this.props.name]: followed.text || false });
    }

    get text() {
        return this.props.record.data[this.props.name];
    }

    get partnerIds() {
        return [...this.props.record.data.partner_ids.currentIds];
    }
}

export const recipientPreferences = {
    component: RecipientPreferences,
    displayName: _t("Recipients' Preferences"),
    supportedTypes: ["char"],
    fieldDependencies: [{ name: "partner_ids", type: "many2many" }],
};

registry.category("fields").add("engagement_recipient_preferences", recipientPreferences);

/** The same in the chatter's composer, which asks for it itself and has less room. */
export class ComposerRecipientPreferences extends RecipientPreferencesButton {
    static template = "email_engagement.ComposerRecipientPreferences";
    static props = { thread: Object };

    setup() {
        super.setup();
        this.keepLast = new KeepLast();
        /** For how many it is followed; false where it is for all. */
        this.state = useState({ followed: false });
        useEffect(
            () => {
                this.load();
            },
            () => [this.partnerIds.join()]
        );
    }

    get partnerIds() {
        const { additionalRecipients, suggestedRecipients } = this.props.thread;
        return [...suggestedRecipients, ...additionalRecipients]
            .map(({ partner_id }) => partner_id)
            .filter(Boolean);
    }

    async load() {
        this.state.followed = await this.keepLast.add(
            this.partnerIds.length ? this.askFollowed() : Promise.resolve(false)
        );
    }

    onContactClosed() {
        this.load();
    }
}

registerComposerAction("engagement-recipients", {
    condition: ({ composer, owner }) =>
        owner.canFollowEngagement &&
        composer.isEngagementFollowed &&
        // Only there recipients are chosen, and is there room.
        owner.props.mode === "extended",
    component: ComposerRecipientPreferences,
    componentProps: ({ composer }) => ({ thread: composer.targetThread }),
    sequence: 2,
});
