import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

const { DateTime, Info } = luxon;

/** An hour of the day as the user's language writes it. */
const clock = (hour) =>
    DateTime.fromObject({ hour: hour % 24 }).toLocaleString({ hour: "numeric" });

/** Advice on the right moment, per recipient and for all of them. */
export class MomentPopover extends Component {
    static template = "email_engagement.MomentPopover";
    static props = {
        close: Function,
        companyId: { type: [Number, Boolean], optional: true },
        partnerIds: { type: Array, element: Number },
        /** Called with the `luxon.DateTime` that was chosen. */
        schedule: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ advice: null });
        this.weekdays = Info.weekdays("short");
        onWillStart(async () => {
            this.state.advice = await this.orm.call("email.engagement.moment", "get_advice", [
                this.props.partnerIds,
                this.props.companyId || false,
            ]);
        });
    }

    choose({ utc }) {
        this.props.schedule(deserializeDateTime(utc));
        this.props.close();
    }

    hoursText({ usual_hours }) {
        return usual_hours.map(([from, to]) => `${clock(from)}–${clock(to)}`).join(", ");
    }

    /** How much the strip of the week is made of, and whether it shows a habit. */
    sampleText({ opens, usual_hours }) {
        return usual_hours.length
            ? _t("From %s opens", opens)
            : _t("%s opens, at no particular hours", opens);
    }

    get mineText() {
        return _t("It is %s your time", this.state.advice.mine);
    }

    get leftOutText() {
        const { left_out } = this.state.advice;
        return left_out === 1
            ? _t("And 1 more recipient.")
            : _t("And %s more recipients.", left_out);
    }

    commonText({ at_work, total }) {
        return at_work === total
            ? _t("Within the business hours of all %s", total)
            : _t("Within the business hours of %(count)s of %(total)s", {
                  count: at_work,
                  total,
              });
    }

    /** Rows of the strip: a cell for each hour, as dark as it is busy. */
    strip({ week }) {
        const most = Math.max(...week.flat());
        return week.map((hours, day) => ({
            day: this.weekdays[day],
            hours: hours.map((count, hour) => ({
                hour,
                opacity: count ? 0.25 + (0.75 * count) / most : 0,
                title: _t("%(day)s %(hour)s, opens: %(count)s", {
                    day: this.weekdays[day],
                    hour: clock(hour),
                    count,
                }),
            })),
        }));
    }
}
