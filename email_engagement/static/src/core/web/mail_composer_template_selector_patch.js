import { formatRate, explainRate } from "@email_engagement/views/template_results/rates";
import { MailComposerTemplateSelector } from "@mail/core/web/mail_composer_template_selector";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { SelectCreateDialog } from "@web/views/view_dialogs/select_create_dialog";

patch(MailComposerTemplateSelector.prototype, {
    setup() {
        super.setup();
        this.engagementRate = (percent) => formatRate(percent, 0);
    },

    /**
     * Replaces the original: its two requests (one's own templates, then the others)
     * know only their own order, and past the limit the best ones would be missing.
     * This is one request: those that work best, then one's own, then the others.
     */
    async fetchTemplates() {
        this.state.templates = await this.orm.call("mail.template", "engagement_picker", [
            this.props.record.data.render_model,
            this.limit,
        ]);
    },

    engagementExplanation({ engagement_results: results }) {
        return [explainRate(results, "open"), explainRate(results, "reply")].join("\n");
    },

    /**
     * A template that is sent in turn with its variants: whose turn it is. Among several
     * records they take turns when they are sent.
     */
    async onLoadTemplate(template) {
        const { composition_batch, composition_mode } = this.props.record.data;
        const isOne = composition_mode === "comment" && !composition_batch;
        if (template.engagement_alternate && isOne) {
            const id = await this.orm.call("mail.template", "engagement_pick", [template.id]);
            template = { ...template, id };
        }
        return super.onLoadTemplate(template);
    },

    /** Replaces the original, which loads what was chosen past `onLoadTemplate`. */
    onSelectTemplateSearchMoreBtnClick() {
        this.env.services.dialog.add(SelectCreateDialog, {
            resModel: "mail.template",
            title: _t("Select a Template"),
            multiSelect: false,
            noCreate: true,
            domain: [["model", "=", this.props.record.data.render_model]],
            onSelected: async ([id]) => {
                const names = ["display_name", "engagement_alternate"];
                const [template] = await this.orm.read("mail.template", [id], names);
                await this.onLoadTemplate(template);
            },
        });
    },
});
