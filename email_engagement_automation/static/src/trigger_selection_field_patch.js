import { TriggerSelectionField } from "@base_automation/base_automation_trigger_selection_field";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

const isOurs = ([value]) => value.startsWith("on_email_");

/**
 * The original sorts triggers into groups of its own and fails on all that it does not
 * know. So it does not see ours, in this form only, and they are added as a group.
 */
patch(TriggerSelectionField.prototype, {
    setup() {
        const { record, name } = this.props;
        this.engagementTriggers = record.fields[name].selection.filter(isOurs);
        for (const config of new Set([record.config, record.model.config])) {
            const field = config.fields[name];
            if (field.engagementTriggers) {
                this.engagementTriggers = field.engagementTriggers;
                continue;
            }
            config.fields = {
                ...config.fields,
                [name]: {
                    ...field,
                    engagementTriggers: this.engagementTriggers,
                    selection: field.selection.filter((option) => !isOurs(option)),
                },
            };
        }
        super.setup();
    },

    get options() {
        return [...super.options, ...this.engagementTriggers];
    },

    get groups() {
        const groups = super.groups;
        if (!this.props.record.data.model_is_mail_thread) {
            return groups;
        }
        const place = this.groupedOptions.findIndex(({ key }) => key === "mail") + 1;
        const ours = {
            label: _t("Email Engagement"),
            choices: this.engagementTriggers.map(([value, label]) => ({ value, label })),
        };
        return [...groups.slice(0, place), ours, ...groups.slice(place)];
    },
});
