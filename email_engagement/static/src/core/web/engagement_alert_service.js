import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Long enough for who looks at another window. */
export const CLOSE_DELAY = 20000;
/** How many alerts stand on the screen at once; those before them are folded into one. */
export const MAX_SHOWN = 3;

/** What the windows of one browser tell each other: { key, isClosed }. */
export const CHANNEL = "email_engagement.alert";

const TYPES = { hot: "warning", reply: "success" };

/**
 * Shows what recipients do with somebody's emails, while he is at his screen.
 *
 * The newest are shown. What was there before is folded into "and 2 more", so that alerts
 * never hide what he works on: on a phone, and over a dialog, one only.
 *
 * A window that nobody sees keeps them until somebody does: notifications close by the
 * clock, so they would be gone with the first look. It forgets those that another window
 * has shown; and what is closed in one window is closed in all.
 */
export const engagementAlertService = {
    dependencies: ["action", "bus_service", "notification", "ui"],

    start(env, { action, bus_service, notification, ui }) {
        /** Oldest first: { news, close }. */
        const shown = [];
        const isHidden = () => document.visibilityState === "hidden";
        const channel = new browser.BroadcastChannel(CHANNEL);
        const keyOf = (news) => JSON.stringify(news);
        /** What came while nobody saw this window. */
        let waiting = [];
        /** What of it other windows have shown: they may say so before it comes. */
        const shownElsewhere = new Set();
        /** The line for what is folded: { emails, one for each alert, close }. */
        let fold;

        function open(name, resModel, resId) {
            return action.doAction({
                type: "ir.actions.act_window",
                name,
                res_model: resModel,
                res_id: resId,
                views: [[false, "form"]],
            });
        }

        function openEmails(emails) {
            const [email] = emails;
            if (emails.length === 1) {
                return open(_t("Followed Email"), "email.engagement", email);
            }
            return action.doAction({
                type: "ir.actions.act_window",
                name: _t("Followed Emails"),
                res_model: "email.engagement",
                domain: [["id", "in", emails]],
                mobile_view_mode: "kanban",
                views: [
                    [false, "list"],
                    [false, "kanban"],
                    [false, "form"],
                ],
            });
        }

        function show(news) {
            const alert = { news };
            const button = (name, resModel, resId, primary) => ({
                name,
                primary,
                onClick: () => {
                    alert.close();
                    open(name, resModel, resId);
                },
            });
            const buttons = [];
            if (news.model && news.res_id) {
                // Subjects are often the name of the record: it is not said twice.
                const isSaid = !news.record_name || news.title.includes(news.record_name);
                const name = isSaid ? _t("Open") : news.record_name;
                buttons.push(button(name, news.model, news.res_id, true));
            }
            buttons.push(button(_t("Details"), "email.engagement", news.engagement_id, false));
            shown.push(alert);
            alert.close = notification.add(news.message, {
                autocloseDelay: CLOSE_DELAY,
                buttons,
                className: "o-engagement-Alert",
                onClose: () => {
                    shown.splice(shown.indexOf(alert), 1);
                    if (!alert.isFolded) {
                        channel.postMessage({ key: keyOf(news), isClosed: true });
                    }
                },
                title: news.title,
                type: TYPES[news.kind] || "info",
            });
            channel.postMessage({ key: keyOf(news), isClosed: false });
        }

        /** Take the oldest alerts off the screen, beyond `max`, and say of which emails. */
        function takeBeyond(max) {
            const old = shown.slice(0, Math.max(shown.length - max, 0));
            old.forEach((alert) => {
                alert.isFolded = true;
                alert.close();
            });
            return old.map(({ news }) => news.engagement_id);
        }

        function showFold(emails) {
            const now = { emails };
            const count = emails.length;
            const button = {
                name: _t("Show"),
                onClick: () => {
                    now.close();
                    openEmails([...new Set(emails)]);
                },
            };
            now.close = notification.add(
                count === 1 ? _t("and 1 more alert") : _t("and %s more alerts", count),
                {
                    autocloseDelay: CLOSE_DELAY,
                    buttons: [button],
                    className: "o-engagement-Alert o-engagement-AlertFold",
                    onClose: () => {
                        fold = fold === now ? undefined : fold;
                    },
                    type: "info",
                }
            );
            fold = now;
        }

        function tell(news) {
            const isNarrow = ui.isSmall || document.querySelector(".o_dialog");
            const old = takeBeyond((isNarrow ? 1 : MAX_SHOWN) - 1);
            show(news);
            if (old.length) {
                const before = fold;
                showFold([...(before?.emails ?? []), ...old]);
                before?.close();
            }
        }

        bus_service.subscribe("email.engagement/alert", (news) =>
            isHidden() ? waiting.push(news) : tell(news)
        );
        document.addEventListener("visibilitychange", () => {
            if (!isHidden()) {
                waiting.filter((news) => !shownElsewhere.has(keyOf(news))).forEach(tell);
                waiting = [];
                shownElsewhere.clear();
            }
        });
        channel.onmessage = ({ data: { key, isClosed } }) => {
            if (isHidden()) {
                shownElsewhere.add(key);
            }
            if (isClosed) {
                shown.filter(({ news }) => keyOf(news) === key).forEach(({ close }) => close());
            }
        };
        bus_service.start();
    },
};

registry.category("services").add("email_engagement.alert", engagementAlertService);
