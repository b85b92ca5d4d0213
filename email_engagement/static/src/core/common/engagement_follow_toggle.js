import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** Says whether an email will be followed, and changes it. */
export class EngagementFollowToggle extends Component {
    static template = "email_engagement.FollowToggle";
    static props = {
        className: { type: String, optional: true },
        disabled: { type: Boolean, optional: true },
        followed: Boolean,
        hotkey: { type: String, optional: true },
        onToggle: Function,
    };
    static defaultProps = { className: "" };

    get title() {
        return this.props.followed
            ? _t(
                  "You will see when your customers open this email and click its links. Colleagues are never followed."
              )
            : _t("You will not see whether your customers open this email or click its links.");
    }
}
