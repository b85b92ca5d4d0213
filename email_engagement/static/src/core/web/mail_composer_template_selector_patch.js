import { formatRate, explainRate } from "@email_engagement/views/template_results/rates";
import { MailComposerTemplateSelector } from "@mail/core/web/mail_composer_template_selector";
import { patch } from "@web/core/utils/patch";

patch(MailComposerTemplateSelector.prototype, {
    setup() {
        super.setup();
        this.engagementRate = (percent) => formatRate(percent, 0);
    },

    /**
     * Replaces the original: its two requests (one's own templates, then the others)
     * know only their own order, and past the limit the best ones would be missing.
     * This is one request, one's own still before the others.
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
});
