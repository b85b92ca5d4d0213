import { BADGES } from "@email_engagement/core/common/engagement_figures";
import { Component, onWillDestroy, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const INTERVAL = 1000;
const FAILURES_MAX = 10;
const ICONS = {
    ok: "fa-check-circle text-success",
    warning: "fa-exclamation-triangle text-warning",
    error: "fa-times-circle text-danger",
    skipped: "fa-minus-circle text-muted",
};

/** The steps of "Check My Set-up", as they come in. */
export class EngagementCheck extends Component {
    static template = "email_engagement.Check";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ state: "running", step: "", level: "ok", lines: [] });
        this.failures = 0;
        onWillStart(() => this.load());
        onWillDestroy(() => clearTimeout(this.timer));
    }

    async load() {
        const { resModel, resId } = this.props.record;
        try {
            // Not by the ordinary way: nothing is to block the screen every second.
            const progress = await this.orm.silent.call(resModel, "get_progress", [resId]);
            Object.assign(this.state, progress);
            this.failures = 0;
        } catch {
            // The check goes on without us, and a server may be busy with it.
            this.failures += 1;
            if (this.failures >= FAILURES_MAX) {
                this.state.state = "interrupted";
            }
        }
        if (this.state.state === "running") {
            this.timer = setTimeout(() => this.load(), INTERVAL);
        }
    }

    icon(level) {
        return ICONS[level];
    }

    badge(level) {
        return BADGES[level] ?? BADGES.sent;
    }

    label(level) {
        return {
            ok: _t("In order"),
            warning: _t("Warning"),
            error: _t("Error"),
            skipped: _t("Not tried"),
        }[level];
    }
}

registry.category("view_widgets").add("engagement_check", { component: EngagementCheck });
