import { Component, onWillUnmount, useRef } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { makePicturesInert, OWN, pictureSources } from "./inert_pictures";

/** Lengths that grow with the frame, which grows with the email. */
const OF_FRAME = /([\d.]+)[sld]?v(?:h|b|min|max)\b/g;
const LINK = /^#engagement-(\d+)$/;
const HEAD = `<meta name="referrer" content="no-referrer">
<style>
html, body { height: auto !important; min-height: 0 !important; }
body { margin: 0; font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: #212529; overflow-wrap: anywhere; }
body > p:first-child { margin-top: 0; }
body > p:last-child { margin-bottom: 0; }
img { max-width: 100%; }
a { cursor: default; }
a:not([style*="color"]) { color: #0b6b70; text-decoration: underline; }
.o_engagement_clicks { display: inline-block; min-width: 1.5em; margin-inline-start: .3em; padding: 0 .45em; border-radius: 1em; background: #714b67; color: #fff; font: 600 11px/1.6 system-ui, sans-serif; text-align: center; text-decoration: none; vertical-align: text-top; }
.o_engagement_clicks.o_none { background: #e7e9ed; color: #495057; }
</style>`;

function clicksTitle(count) {
    return count === 1 ? _t("Clicked once") : _t("Clicked %s times", count);
}

/**
 * The page that shows an email and nothing else: reading it is no interaction. No link
 * leads anywhere, and beside those that are followed stands how often they were clicked.
 * Only pictures of this Odoo are loaded.
 *
 * @param {string} body
 * @param {Object<string, {clicks: number, address: string}>} [links] by id, see
 *  email.engagement.body_links
 * @returns {{page: string, picturesLeftOut: number}}
 */
export function readOnlyPage(body, links = {}) {
    const page = new DOMParser().parseFromString(body || "", "text/html");
    for (const element of page.querySelectorAll(
        "script, base, meta, link, iframe, object, embed, form, animate, set"
    )) {
        element.remove();
    }
    for (const element of page.querySelectorAll("[style]")) {
        element.setAttribute("style", withoutFrame(element.getAttribute("style")));
    }
    for (const sheet of page.querySelectorAll("style")) {
        sheet.textContent = withoutFrame(sheet.textContent);
    }
    const picturesLeftOut = makePicturesInert(page);
    for (const link of page.querySelectorAll("a, area")) {
        const href = link.getAttribute("href") || "";
        const followed = links?.[LINK.exec(href)?.[1]];
        link.removeAttribute("href");
        link.removeAttribute("xlink:href"); // of a drawing
        link.removeAttribute("target");
        if (followed) {
            link.title = followed.address;
            if (link.localName === "a") {
                link.append(clicksBadge(page, followed.clicks));
            }
        } else if (href && !OWN.test(href)) {
            link.title = href;
        }
    }
    const policy = page.createElement("meta");
    policy.httpEquiv = "Content-Security-Policy";
    policy.content =
        `default-src 'none'; img-src ${pictureSources(page)} data:; ` +
        "style-src 'unsafe-inline'; font-src data:";
    page.head.insertAdjacentHTML("afterbegin", HEAD);
    page.head.prepend(policy);
    return { page: `<!DOCTYPE html>${page.documentElement.outerHTML}`, picturesLeftOut };
}

/** As in a window of 600 pixels. */
function withoutFrame(style) {
    return style.replace(OF_FRAME, "calc($1 * 6px)");
}

function clicksBadge(page, clicks) {
    const badge = page.createElement("span");
    badge.className = clicks ? "o_engagement_clicks" : "o_engagement_clicks o_none";
    badge.title = clicksTitle(clicks);
    badge.setAttribute("role", "img");
    badge.setAttribute("aria-label", badge.title);
    badge.textContent = clicks;
    return badge;
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

    readEmail() {
        const { data } = this.props.record;
        return readOnlyPage(String(data[this.props.name] || ""), data.body_links || {});
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
    fieldDependencies: [{ name: "body_links", type: "json" }],
});
