import { Component, markup, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { createDocumentFragmentFromContent, createElementWithContent } from "@web/core/utils/html";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Whether a reader sees a picture: the same rules as tools/visible_picture.py.
 *
 * @param {string|import("@odoo/owl").Markup} body
 */
export function hasVisiblePicture(body) {
    const isTiny = (size) => ["0", "1"].includes((size ?? "").trim().replace(/px$/, "").trim());
    return [...createDocumentFragmentFromContent(body || "").querySelectorAll("img[src]")].some(
        (image) =>
            image.getAttribute("src") &&
            !isTiny(image.getAttribute("width")) &&
            !isTiny(image.getAttribute("height"))
    );
}

/** In the browser's storage: the hint on pictures is known by now. */
const DISMISSED = "email_engagement.picture_hint_dismissed";

/**
 * Below the text of the full composer: what the recipients did with earlier emails, and
 * that an email without any picture is rarely seen to be opened.
 */
export class EngagementComposerHints extends Component {
    static template = "email_engagement.ComposerHints";
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ isDismissed: Boolean(browser.localStorage.getItem(DISMISSED)) });
    }

    get data() {
        return this.props.record.data;
    }

    get isPictureMissing() {
        return (
            !this.state.isDismissed &&
            this.data.engagement_followed &&
            !this.data.engagement_signature_has_picture &&
            !hasVisiblePicture(this.data.body)
        );
    }

    get mayAddLogo() {
        return Boolean(this.data.engagement_logo && this.data.can_edit_body);
    }

    dismiss() {
        browser.localStorage.setItem(DISMISSED, "1");
        this.state.isDismissed = true;
    }

    async addLogo() {
        const { record } = this.props;
        // What is being typed is still the editor's.
        const proms = [];
        record.model.bus.trigger("NEED_LOCAL_CHANGES", { proms });
        await Promise.all(proms);
        const body = createElementWithContent("div", record.data.body || "");
        const image = document.createElement("img");
        image.src = record.data.engagement_logo;
        image.setAttribute("style", "max-height: 48px; max-width: 200px;");
        image.alt = "";
        const paragraph = document.createElement("p");
        paragraph.append(image);
        const signature = body.querySelector(".o-signature-container");
        if (signature) {
            signature.append(paragraph);
        } else {
            body.append(paragraph);
        }
        await record.update({ body: markup(body.innerHTML) });
    }
}

registry.category("view_widgets").add("engagement_composer_hints", {
    component: EngagementComposerHints,
    fieldDependencies: [
        { name: "body", type: "html" },
        { name: "can_edit_body", type: "boolean" },
        { name: "engagement_followed", type: "boolean" },
    ],
});
