import { expect, test } from "@odoo/hoot";
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

test("links open elsewhere and do not say where they come from", () => {
    const link = parse(`<p>Hello <a href="https://www.example.com/x?a=1#b">there</a></p>`).links[0];
    expect(link.getAttribute("href")).toBe("https://www.example.com/x?a=1#b");
    expect(link.target).toBe("_blank");
    expect(link.rel).toBe("noopener noreferrer");
});

test("an empty body is an empty page", () => {
    expect(parse(false).body.textContent.trim()).toBe("");
});
