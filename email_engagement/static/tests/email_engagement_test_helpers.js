import { serverState } from "@web/../tests/web_test_helpers";

/**
 * What the company's setting says about new emails.
 *
 * @param {boolean} followed
 */
export function followNewEmails(followed) {
    serverState.companies = serverState.companies.map((company) => ({
        ...company,
        engagement_follow_default: followed,
    }));
}
