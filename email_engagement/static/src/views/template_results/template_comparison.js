import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { formatInterval, formatRate } from "./rates";

/** A template and its variants side by side, and whether a difference is real. */
export class TemplateComparison extends Component {
    static template = "email_engagement.TemplateComparison";
    static props = { comparison: { type: Object } };

    setup() {
        this.action = useService("action");
        this.rates = ["open", "reply"];
        this.labels = { sent: _t("Copies"), open: _t("Open rate"), reply: _t("Reply rate") };
        this.formatInterval = formatInterval;
        this.formatRate = formatRate;
    }

    /** What is known of a variant against the original, for one of the rates. */
    verdict(row, rate) {
        const found = row[rate];
        if (found.verdict === "more") {
            return _t("Not enough emails yet: about %s more", about(found.more));
        }
        const interval = _t("%(difference)s points, interval %(low)s to %(high)s", {
            difference: points(found.difference),
            low: points(found.low),
            high: points(found.high),
        });
        return {
            a: _t("Really better than the original: %s", interval),
            b: _t("Really worse than the original: %s", interval),
            none: _t("No difference that matters: %s", interval),
        }[found.verdict];
    }

    verdictClass(row, rate) {
        return { a: "text-success", b: "text-danger" }[row[rate].verdict] || "text-muted";
    }

    get method() {
        const { confidence } = this.props.comparison;
        return _t(
            "A difference is real if its interval at %(confidence)s% leaves out zero and enough emails were sent (interval of a difference: Newcombe 1998, hybrid score method; of a rate: Wilson 1927, at 95%; missing emails: size of two samples at 80% power, Fleiss). Decide once that number is reached: who looks after every email finds differences that are none.",
            { confidence }
        );
    }

    open(row) {
        if (!row.is_self) {
            this.action.doAction({
                type: "ir.actions.act_window",
                res_model: "mail.template",
                res_id: row.id,
                views: [[false, "form"]],
            });
        }
    }
}

/** Percentage points with their sign. */
export function points(value) {
    const text = formatFloat(Math.abs(value), { digits: [16, 1] });
    return value < 0 ? `−${text}` : `+${text}`;
}

/** Two digits: what is missing is known about, not exactly. */
export function about(count) {
    const unit = 10 ** Math.max(0, Math.floor(Math.log10(count || 1)) - 1);
    return formatFloat(Math.ceil(count / unit) * unit, { digits: [16, 0] });
}
