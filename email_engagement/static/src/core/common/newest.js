/**
 * The last answer to come need not be that to the last question.
 *
 * Not `KeepLast` of Odoo, whose promise of an answer that is out of date never ends: a
 * component whose properties change waits for it, and the screen with it.
 *
 * @returns {() => () => boolean} called with each question; what it returns says whether
 *  nothing has been asked since
 */
export function newest() {
    let last;
    return () => {
        const mine = (last = {});
        return () => mine === last;
    };
}
