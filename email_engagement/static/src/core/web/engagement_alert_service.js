import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Long enough for who looks at another window. */
export const CLOSE_DELAY = 20000;

const TYPES = { hot: "warning", reply: "success" };

/** Shows what recipients do with somebody's emails, while he is at his screen. */
export const engagementAlertService = {
    dependencies: ["action", "bus_service", "notification"],

    start(env, { action, bus_service, notification }) {
        bus_service.subscribe("email.engagement/alert", (news) => {
            const buttons = [];
            const open = (name, resModel, resId, primary) => ({
                name,
                primary,
                onClick: () => {
                    close();
                    action.doAction({
                        type: "ir.actions.act_window",
                        res_model: resModel,
                        res_id: resId,
                        views: [[false, "form"]],
                    });
                },
            });
            if (news.model && news.res_id) {
                buttons.push(open(news.record_name || _t("Open"), news.model, news.res_id, true));
            }
            buttons.push(open(_t("Details"), "email.engagement", news.engagement_id, false));
            const remove = notification.add(news.message, {
                autocloseDelay: CLOSE_DELAY,
                buttons,
                className: "o-engagement-Alert",
                title: news.title,
                type: TYPES[news.kind] || "info",
            });
            const close = () => remove();
        });
        bus_service.start();
    },
};

registry.category("services").add("email_engagement.alert", engagementAlertService);
