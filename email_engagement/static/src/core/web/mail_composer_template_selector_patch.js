import { formatRate, explainRate } from "@email_engagement/views/template_results/rates";
import { MailComposerTemplateSelector } from "@mail/core/web/mail_composer_template_selector";
import { user } from "@web/core/user";
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
        this.state.templates = await this.orm.searchRead(
            "mail.template",
            [
                ["model", "=", this.props.record.data.render_model],
                ["user_id", "in", [user.userId, false]],
            ],
            ["display_name", "engagement_alternate", "engagement_results"],
            { limit: this.limit, order: "engagement_recommended desc, user_id.id, name, id" }
        );
    },

    engagementExplanation({ engagement_results: results }) {
        return [explainRate(results, "open"), explainRate(results, "reply")].join("\n");
    },

    /** A template that is sent in turn with its variants: whose turn it is. */
    async onLoadTemplate(template) {
        if (template.engagement_alternate) {
            const id = await this.orm.call("mail.template", "engagement_pick", [template.id]);
            template = { ...template, id };
        }
        return super.onLoadTemplate(template);
    },
});
