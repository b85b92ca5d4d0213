import { expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { readOnlyPage } from "@email_engagement/views/engagement_email/engagement_email_field";

const parse = (body) => new DOMParser().parseFromString(readOnlyPage(body), "text/html");

test("runs nothing and loads nothing of ours", () => {
    const page = parse(
        `<script>alert(1)</script><base href="https://evil.example.com/">
         <meta http-equiv="refresh" content="0;url=https://evil.example.com/">
         <img src="https://erp.example.com/ee/o/token.gif"><img src="/logo.png">
         <a href="https://erp.example.com/ee/c/token">ours</a>`
    );
    expect(page.querySelectorAll("script, base, [http-equiv=refresh]").length).toBe(0);
    expect([...page.images].map((image) => image.getAttribute("src"))).toEqual(["/logo.png"]);
    expect(page.querySelector("a").hasAttribute("href")).toBe(false);
    expect(page.querySelector("[http-equiv=Content-Security-Policy]").content).toMatch(
        /default-src 'none'/
    );
});

test("links lead nowhere", () => {
    const page = parse(
        `<p>Hello <a href="https://www.example.com/x?a=1#b" target="_blank">there</a>
         <a href="mailto:me@example.com">me</a></p>
         <map><area href="https://www.example.com/"></map>`
    );
    expect(page.querySelectorAll("[href], [target]").length).toBe(0);
    expect(page.querySelector("a").title).toBe("https://www.example.com/x?a=1#b");
    expect(page.querySelector("a").textContent).toBe("there");
});

test("followed links say how often they were clicked", () => {
    allowTranslations();
    const links = {
        7: { clicks: 3, address: "https://www.example.com/offer" },
        8: { clicks: 0, address: "https://www.example.com/terms" },
    };
    const page = new DOMParser().parseFromString(
        readOnlyPage(
            `<a href="#engagement-7">Offer</a><a href="#engagement-8">Terms</a>
             <a href="#engagement-9">Of another email</a>`,
            links
        ),
        "text/html"
    );
    const [offer, terms, other] = page.querySelectorAll("a");
    expect(offer.title).toBe("https://www.example.com/offer");
    expect(offer.querySelector(".o_engagement_clicks").textContent).toBe("3");
    expect(offer.querySelector(".o_engagement_clicks").title).toBe("Clicked 3 times");
    expect(terms.querySelector(".o_engagement_clicks.o_none").textContent).toBe("0");
    expect(other.querySelector(".o_engagement_clicks")).toBe(null);
});

test("pictures that nobody sees are not loaded", () => {
    const page = parse(
        `<img src="https://other.example.com/p.gif" width="1" height="1">
         <img src="/logo.png" width="100" height="1.5">`
    );
    expect([...page.images].map((image) => image.getAttribute("src"))).toEqual(["/logo.png"]);
});

test("an empty body is an empty page", () => {
    expect(parse(false).body.textContent.trim()).toBe("");
});
