import { expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { readOnlyPage } from "@email_engagement/views/engagement_email/engagement_email_field";

const parse = (body, links) =>
    new DOMParser().parseFromString(readOnlyPage(body, links).page, "text/html");

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

test("style sheets ask for nothing but pictures", () => {
    const page = parse(
        `<p style="background: url(/web/session/logout)">x</p>
         <img src="/mail/static/src/img/logo.png"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">`
    );
    const policy = page.querySelector("[http-equiv=Content-Security-Policy]");
    expect(page.head.firstElementChild).toBe(policy);
    const sources = /img-src ([^;]*);/.exec(policy.content)[1].split(" ");
    const { origin } = window.location;
    for (const source of [`${origin}/web/image/`, `${origin}/mail/static/`, "data:"]) {
        expect(sources).toInclude(source);
    }
    for (const source of ["'self'", origin, `${origin}/`, `${origin}/web/`]) {
        expect(sources).not.toInclude(source);
    }
});

test("links of drawings lead nowhere", () => {
    const page = parse(
        `<svg><a xlink:href="https://www.example.com/"><animate attributeName="href"
         to="https://www.example.com/"/><set attributeName="href" to="https://x.example.com/"/>
         <text>x</text></a></svg>`
    );
    expect(page.querySelector("a").getAttributeNames()).toEqual([]);
    expect(page.querySelectorAll("animate, set")).toHaveLength(0);
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
    const page = parse(
        `<a href="#engagement-7">Offer</a><a href="#engagement-8">Terms</a>
         <a href="#engagement-9">Of another email</a>`,
        links
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

test("pictures of other servers stay in their place and are not loaded", () => {
    const body = `<img src="https://other.example.com/photo.png" width="200" alt="A photo">
         <img src="//other.example.com/x.png" srcset="https://other.example.com/y.png 2x">
         <img src="/mail/track/5/token/blank.gif">
         <img src="/web/image/5?access_token=x"><img src="/mail/static/src/img/logo.png">
         <img src="${window.location.origin}/web/image/6-abc/x.png">
         <img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
         <table background="https://other.example.com/b.png"><td>x</td></table>
         <video poster="https://other.example.com/v.png"></video>`;
    const page = parse(body);
    expect(readOnlyPage(body).picturesLeftOut).toBe(3);
    const [photo, second, tracker, ...harmless] = page.images;
    for (const image of [photo, second, tracker]) {
        expect(image.getAttribute("src")).toMatch(/^data:image\/svg/);
    }
    expect(photo).toHaveAttribute("width", "200");
    expect(photo).toHaveAttribute("alt", "A photo");
    expect(photo).toHaveAttribute("title", "https://other.example.com/photo.png");
    for (const image of harmless) {
        expect(image.getAttribute("src")).toMatch(/^(\/|data:image\/gif|http)/);
    }
    expect(harmless).toHaveLength(4);
    expect(page.querySelectorAll("[srcset], [background], [poster]")).toHaveLength(0);
});

test("nothing is as high as the frame, which is as high as the email", () => {
    const page = parse(
        `<style>.x { min-height: calc(100dvh - 8px); width: 50vw }</style>
         <div style="min-height:100vh; padding: 20px">x</div>`
    );
    expect(page.querySelector("div").style.minHeight).toBe("calc(600px)");
    expect(page.querySelector("div").style.padding).toBe("20px");
    const sheet = page.querySelectorAll("style")[1].textContent;
    expect(sheet).toBe(".x { min-height: calc(calc(100 * 6px) - 8px); width: 50vw }");
});

test("an empty body is an empty page", () => {
    expect(parse(false).body.textContent.trim()).toBe("");
});
