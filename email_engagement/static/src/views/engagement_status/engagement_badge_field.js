import { BADGES } from "@email_engagement/core/common/engagement_figures";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

/**
 * A state in the colours that it has in the chatter. Those of Odoo's own badges are too
 * pale for small white letters.
 */
export class EngagementBadgeField extends BadgeField {
    get badgeClass() {
        return BADGES[this.props.record.data[this.props.name]] ?? BADGES.sent;
    }
}

registry.category("fields").add("engagement_badge", {
    ...badgeField,
    component: EngagementBadgeField,
    displayName: _t("Badge of an Email's State"),
    supportedTypes: ["selection"],
    supportedOptions: [],
});
