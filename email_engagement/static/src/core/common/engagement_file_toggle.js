import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** Says whether a file will be sent as a link, and changes it. */
export class EngagementFileToggle extends Component {
    static template = "email_engagement.FileToggle";
    static props = {
        className: { type: String, optional: true },
        followed: Boolean,
        name: { type: String, optional: true },
        onToggle: Function,
    };
    static defaultProps = { className: "", name: "" };

    get title() {
        return this.props.followed
            ? _t(
                  "The file stays here and customers get a link to it: you will see who looks at it. Colleagues get the file itself."
              )
            : _t("The file is attached: you will not see who looks at it.");
    }

    get label() {
        return _t("Send %s as a link", this.props.name);
    }
}
