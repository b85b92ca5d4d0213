import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { router } from "@web/core/browser/router";

const SETTINGS_PATH = "email-engagement-settings";

/**
 * Asks an administrator whom the company follows, for as long as nobody has chosen: however
 * the addon was installed. Says as well if nothing can arrive here, as the settings do then.
 * It costs no request, since the session says whether it is to ask.
 */
export const engagementPolicyService = {
    dependencies: ["action", "notification"],

    start(env, { action, notification }) {
        if (
            !user.activeCompany?.engagement_is_undecided ||
            router.current.action === SETTINGS_PATH
        ) {
            return;
        }
        const question = _t(
            "Until you choose, new emails to everybody outside %(company)s are followed, person by person. Some countries ask for more.",
            { company: user.activeCompany.name }
        );
        const warning = user.activeCompany.engagement_databases_warning;
        const close = notification.add(warning ? `${warning} ${question}` : question, {
            buttons: [
                {
                    name: _t("Choose"),
                    onClick: () => {
                        close();
                        action.doAction("email_engagement.action_settings");
                    },
                    primary: true,
                },
            ],
            className: "o-engagement-AskPolicy",
            sticky: true,
            title: _t("Email Engagement"),
            type: warning ? "danger" : "warning",
        });
    },
};

registry.category("services").add("email_engagement.policy", engagementPolicyService);
