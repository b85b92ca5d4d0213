"""Takes the pictures of README and docs/ in a browser, from a running Odoo.

    python -m devtools.inside.take_screenshots URL FOLDER CHROMIUM [NAME…]

Started by `./dev screenshots`. Each scene is a function that brings a page to where the
picture is taken; a scene in several sizes is one picture each. In light colours only:
Odoo's community edition has no dark ones (`ir.http.color_scheme` is always "light").
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

SCENES = {}


def scene(name: str, *variants):
    """Register a scene; ``variants`` are (suffix of the file, size)."""

    def register(function):
        SCENES[name] = (function, variants or (("", DESKTOP),))
        return function

    return register


BOTH = (("", DESKTOP), ("_phone", PHONE))


@scene("chatter", *BOTH)
def chatter(page: Page):
    """A lead with a followed email, its history unfolded."""
    _open_lead(page)
    page.locator(".o-engagement-Tile").first.click()
    page.locator(".o-engagement-History .o_engagement_event").first.wait_for()
    page.locator(".o-mail-Message:has(.o-engagement-History)").first.evaluate(
        "message => message.scrollIntoView({block: 'start'})"
    )


@scene("engagement", *BOTH)
def engagement(page: Page):
    """The full page."""
    _open_first_email(page)


@scene("list", *BOTH)
def followed_emails(page: Page):
    _go(page, "followed-emails", ".o_data_row, .o_kanban_record")


@scene("hours")
def hours(page: Page):
    _go(page, "email-engagement-hours", ".o_graph_renderer canvas")


@scene("rates")
def rates(page: Page):
    _go(page, "email-engagement-rates", ".o_graph_renderer canvas")
    page.locator(".o_switch_view.o_pivot").click()
    page.locator(".o_pivot table").wait_for()


@scene("warm", *BOTH)
def warm(page: Page):
    _go(page, "crm-warm", ".o_data_row, .o_kanban_record, .o_view_nocontent")
    remove = page.locator(".o_searchview_facet .o_facet_remove")
    if remove.count():
        remove.first.click()
        page.locator(".o_data_row, .o_kanban_record").first.wait_for()


@scene("pipeline")
def pipeline(page: Page):
    _go(page, "crm", ".o_kanban_record .o_engagement_lead_badge")


@scene("contact", *BOTH)
def contact(page: Page):
    """A contact with everything that became of the emails to it."""
    _open_first_email(page)
    page.locator(".o_notebook .nav-link", has_text="Recipients").click()
    _go(page, f"res.partner/{_partner_id(page)}", ".o_form_view")
    page.locator(".o_notebook .nav-link", has_text="Email Engagement").click()
    page.locator(".o_engagement_event").first.wait_for()


@scene("composer", *BOTH)
def composer(page: Page):
    """The full composer with its hints."""
    _open_lead(page)
    page.locator(".o-mail-Chatter-sendMessage").click()
    page.locator("button[name='open-full-composer']").click()
    page.locator(".modal .o-engagement-ComposerHints").wait_for()


def _open_lead(page: Page):
    lead = _call(
        page,
        "email.engagement",
        "search_read",
        [[["model", "=", "crm.lead"], ["open_count", ">", 1]], ["res_id"]],
        {"limit": 1, "order": "open_count desc, id"},
    )[0]
    _go(page, f"crm.lead/{lead['res_id']}", ".o-mail-Message")


def _open_first_email(page: Page):
    [email] = _call(
        page,
        "email.engagement",
        "search_read",
        [[["model", "=", "crm.lead"], ["open_count", ">", 1]], ["id"]],
        {"limit": 1, "order": "open_count desc, id"},
    )
    _go(page, f"email.engagement/{email['id']}", ".o_engagement_event")


def _partner_id(page: Page) -> int:
    [trace] = _call(
        page,
        "email.engagement.trace",
        "search_read",
        [[["partner_id", "!=", False], ["open_count", ">", 0]], ["partner_id"]],
        {"limit": 1, "order": "click_count desc, open_count desc, id"},
    )
    return trace["partner_id"][0]


def _call(page: Page, model: str, method: str, args: list, kwargs: dict):
    response = page.request.post(
        f"/web/dataset/call_kw/{model}/{method}",
        data={
            "jsonrpc": "2.0",
            "params": {
                "model": model,
                "method": method,
                "args": args,
                "kwargs": kwargs,
            },
        },
    )
    answer = response.json()
    if "error" in answer:
        raise RuntimeError(answer["error"]["data"]["message"])
    return answer["result"]


def _go(page: Page, path: str, selector: str):
    page.goto(f"/odoo/{path}")
    page.locator(selector).first.wait_for()


def _log_in(page: Page):
    page.goto("/web/login")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", "admin")
    page.click("button[type=submit]")
    page.wait_for_url("**/odoo**")


def _take(browser, url: str, size: dict, function, path: Path):
    context = browser.new_context(
        base_url=url,
        viewport=size,
        has_touch=size is PHONE,
        is_mobile=size is PHONE,
        device_scale_factor=1.5,
        locale="en-US",
        timezone_id="Europe/Brussels",
        reduced_motion="reduce",
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    try:
        _log_in(page)
        function(page)
        page.mouse.move(0, 0)
        page.wait_for_timeout(600)  # fonts and charts settle
        page.screenshot(path=path)
    finally:
        context.close()


def main(url: str, folder: str, chromium: str, *names: str) -> int:
    unknown = set(names) - set(SCENES)
    if unknown:
        sys.exit(f"no such scene: {', '.join(sorted(unknown))}; {', '.join(SCENES)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        for name in names or SCENES:
            function, variants = SCENES[name]
            for suffix, size in variants:
                path = Path(folder) / f"{name}{suffix}.png"
                _take(browser, url, size, function, path)
                print(path.name, flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
