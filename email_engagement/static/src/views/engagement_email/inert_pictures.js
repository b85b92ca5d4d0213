// The paths of our own addresses. The body that is shown has none of them, unless
// somebody pasted a followed email into this one.
export const OWN = /\/ee\/\w+\//;
// What Odoo serves as pictures. Its own trackers have other paths, such as /mail/track/.
const SERVED =
    /^\/(web\/(image|content|binary\/company_logo)\b|logo(\.png)?$|(web|html)_editor\/|\w+\/static\/)/;

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
        return origin === window.location.origin && SERVED.test(pathname);
    } catch {
        return false;
    }
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
