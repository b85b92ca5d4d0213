import { Component, onWillUnmount, useRef } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

// The paths of our own addresses. The body that is shown has none of them, unless
// somebody pasted a followed email into this one.
const OWN = /\/ee\/\w+\//;
const HEAD = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src * data:; style-src 'unsafe-inline'; font-src data:">
<meta name="referrer" content="no-referrer">
<style>
body { margin: 0; font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: #212529; overflow-wrap: anywhere; }
body > p:first-child { margin-top: 0; }
body > p:last-child { margin-bottom: 0; }
img { max-width: 100%; }
</style>`;

/**
 * The page that shows an email and nothing else: reading it is no interaction.
 *
 * @param {string} body
 * @returns {string}
 */
export function readOnlyPage(body) {
    const page = new DOMParser().parseFromString(body || "", "text/html");
    for (const element of page.querySelectorAll("script, base, meta, link, iframe, form")) {
        element.remove();
    }
    for (const image of page.querySelectorAll("img, [background]")) {
        if (OWN.test(image.getAttribute("src") || image.getAttribute("background") || "")) {
            image.remove();
        }
    }
    for (const link of page.querySelectorAll("a, area")) {
        if (OWN.test(link.getAttribute("href") || "")) {
            link.removeAttribute("href");
        }
        link.setAttribute("target", "_blank");
        link.setAttribute("rel", "noopener noreferrer");
    }
    page.head.insertAdjacentHTML("afterbegin", HEAD);
    return `<!DOCTYPE html>${page.documentElement.outerHTML}`;
}

/** An email as its recipient reads it, in a frame that runs nothing. */
export class EngagementEmailField extends Component {
    static template = "email_engagement.EmailField";
    static props = { ...standardFieldProps };

    setup() {
        this.frame = useRef("frame");
        this.observer = new ResizeObserver(() => this.fit());
        onWillUnmount(() => this.observer.disconnect());
        this.title = _t("Email as it was sent");
    }

    get page() {
        return readOnlyPage(String(this.props.record.data[this.props.name] || ""));
    }

    onLoad() {
        this.observer.disconnect();
        this.observer.observe(this.frame.el.contentDocument.documentElement);
        this.fit();
    }

    /** No scroll bar of its own: the frame is as high as the email. */
    fit() {
        const page = this.frame.el?.contentDocument?.documentElement;
        if (page) {
            this.frame.el.style.height = `${page.offsetHeight + 1}px`;
        }
    }
}

registry.category("fields").add("engagement_email", {
    component: EngagementEmailField,
    supportedTypes: ["html"],
});
