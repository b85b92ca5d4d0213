// The paths of our own addresses. The body that is shown has none of them, unless
// somebody pasted a followed email into this one.
export const OWN = /\/ee\/\w+\//;
// What Odoo serves as pictures. Its own trackers have other paths, such as /mail/track/. As
// sources of a policy: those that end with a slash stand for all below.
const SERVED = [
    "/web/image",
    "/web/image/",
    "/web/content",
    "/web/content/",
    "/web/binary/company_logo",
    "/logo",
    "/logo.png",
    "/web_editor/",
    "/html_editor/",
];
const STATIC = /^\/\w+\/static\//;

/** Stands where a picture is not loaded. It has no size of its own. */
const PLACEHOLDER =
    "data:image/svg+xml," +
    encodeURIComponent(
        '<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%">' +
            '<rect width="100%" height="100%" rx="3" fill="#f1f3f5" stroke="#ced4da"/>' +
            '<svg x="50%" y="50%" overflow="visible" fill="#adb5bd">' +
            '<circle cx="-5" cy="-4" r="2.5"/><path d="M-12 9l7-7 4 4 6-7 7 10z"/></svg></svg>'
    );

// How high it is where the email does not say how high the picture is.
const STRIP = 36;

/** Whether loading it asks nobody but this Odoo, which does not count it. */
function isHarmless(source) {
    if (source.startsWith("data:image/")) {
        return true;
    }
    try {
        const { origin, pathname } = new URL(source, window.location.origin);
        return origin === window.location.origin && isServed(pathname);
    } catch {
        return false;
    }
}

function isServed(path) {
    return (
        STATIC.test(path) ||
        SERVED.some((known) => (known.endsWith("/") ? path.startsWith(known) : path === known))
    );
}

/**
 * What a page may load, as sources of its policy: style sheets ask as well, and could ask
 * for what counts, or for what logs out. A policy knows no pattern for the static files of
 * any addon, so those are named that the pictures of this page are of.
 *
 * @param {Document} page after ``makePicturesInert``
 * @returns {string}
 */
export function pictureSources(page) {
    const { origin } = window.location;
    const folders = new Set();
    for (const element of page.querySelectorAll("img[src], [background]")) {
        const source = element.getAttribute("src") || element.getAttribute("background");
        const [folder] =
            (isHarmless(source) && STATIC.exec(new URL(source, origin).pathname)) || [];
        if (folder) {
            folders.add(folder);
        }
    }
    return [...SERVED, ...folders].map((path) => origin + path).join(" ");
}

/** A picture that nobody sees was put there to tell somebody that it was loaded. */
function isPixel(image) {
    const tiny = (name) => image.hasAttribute(name) && parseFloat(image.getAttribute(name)) <= 1;
    return tiny("width") && tiny("height");
}

/**
 * Takes out what would tell somebody else that the email was read: pictures stay in their
 * place, but those of other servers are not loaded. The policy of the page forbids the same
 * once more, also to style sheets.
 *
 * @param {Document} page
 * @returns {number} how many that can be seen were left out
 */
export function makePicturesInert(page) {
    let count = 0;
    for (const element of page.querySelectorAll("[background], [poster], [srcset]")) {
        element.removeAttribute("poster");
        element.removeAttribute("srcset");
        if (!isHarmless(element.getAttribute("background") || "")) {
            element.removeAttribute("background");
        }
    }
    for (const image of page.querySelectorAll("img")) {
        const source = image.getAttribute("src") || "";
        if (OWN.test(source) || isPixel(image)) {
            image.remove();
        } else if (source && !isHarmless(source)) {
            image.setAttribute("src", PLACEHOLDER);
            if (!image.hasAttribute("height") && !image.style.height) {
                image.setAttribute("height", STRIP);
            }
            image.title = source;
            count++;
        }
    }
    return count;
}
