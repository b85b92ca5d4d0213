import { Component } from "@odoo/owl";
import { EngagementFollowToggle } from "@email_engagement/core/common/engagement_follow_toggle";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

export class MailComposerFollowToggle extends Component {
    static template = "email_engagement.MailComposerFollowToggle";
    static components = { EngagementFollowToggle };
    static props = { ...standardFieldProps };

    setup() {
        if (this.env.fullComposerBus) {
            useBus(this.env.fullComposerBus, "SAVE_ENGAGEMENT_FOLLOWED", ({ detail }) =>
                detail.onSave(this.followed)
            );
        }
    }

    get followed() {
        return this.props.record.data[this.props.name];
    }

    onToggle(followed) {
        return this.props.record.update({ [this.props.name]: followed });
    }
}

export const mailComposerFollowToggle = {
    component: MailComposerFollowToggle,
    displayName: _t("Follow Toggle"),
    supportedTypes: ["boolean"],
};

registry.category("fields").add("mail_composer_follow_toggle", mailComposerFollowToggle);
