import { registry } from "@web/core/registry";

/** Handlers of events are scripts, which do not run within the email's frame. */
async function until(condition) {
    while (!condition()) {
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

const load = (image) => until(() => image.complete);

/** Until the email is there, the frame holds an empty page. */
function isShown(page) {
    return page?.URL === "about:srcdoc" && page.readyState === "complete";
}

registry.category("web_tour.tours").add("email_engagement.inert_page", {
    steps: () => [
        {
            content: "The email, with a word about the pictures",
            trigger: ".o_engagement_form:has(.o_engagement_pictures) .o_engagement_email",
            async run() {
                await until(() => isShown(this.anchor.contentDocument));
                const page = this.anchor.contentDocument;
                for (const image of page.images) {
                    await load(image);
                    if (!image.naturalWidth) {
                        console.error(`A picture is not shown: ${image.src}`);
                    }
                }
                // What scripts are not there for: style sheets and whatever else asks.
                page.body.insertAdjacentHTML(
                    "beforeend",
                    `<img src="https://elsewhere.example.com/forbidden.png">
                     <p style="background: url(https://elsewhere.example.com/forbidden.png)">x</p>
                     <p style="background: url(/web/session/logout)">x</p>`
                );
                await load(page.body.querySelector("[src*=forbidden]"));
            },
        },
        {
            content: "Outside of the email the same picture is asked for",
            trigger: "body",
            async run() {
                const image = new Image();
                image.src = "https://elsewhere.example.com/control.png";
                await load(image);
                const { type } = await fetch("/odoo", { redirect: "manual" });
                if (type === "opaqueredirect") {
                    console.error("The email has logged its reader out");
                }
            },
        },
    ],
});
