"""Takes the pictures of README and docs/ in a browser, from a running Odoo.

    python -m devtools.inside.take_screenshots URL FOLDER CHROMIUM HIT [NAME…]

Started by `./dev screenshots`. HIT is the path of a link that a recipient is to click.
Each scene is a function that brings a page to where the picture is taken, and returns
the part that is to be seen if it is not all of it; a scene in several sizes is one
picture each. In light colours only: Odoo's community edition has
no dark ones (`ir.http.color_scheme` is always "light").
"""

import base64
import functools
import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from ..paths import ROOT

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
SAFARI_ON_A_PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)

#: Pictures that the pages of the addons in the Apps store show, too.
SHOP_WINDOWS = {
    "chatter": ["email_engagement"],
    "engagement": ["email_engagement"],
    "list": ["email_engagement"],
    "composer": ["email_engagement"],
    "machines": ["email_engagement"],
    "template": ["email_engagement"],
    "hours": ["email_engagement"],
    "chatter_phone": ["email_engagement"],
    "list_phone": ["email_engagement"],
    "pipeline": ["email_engagement_crm"],
    "warm": ["email_engagement_crm"],
    "alert": ["email_engagement_crm"],
}
SHOP_WIDTH = {False: 1100, True: 390}

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
    tile = page.locator(".o-engagement-Tile").first
    tile.click()
    page.locator(".o-engagement-History .o_engagement_event").first.wait_for()
    # below the buttons that stay on top
    page.locator(".o-mail-Message:has(.o-engagement-History)").first.evaluate(
        "message => { message.style.scrollMarginTop = '6rem';"
        " message.scrollIntoView({block: 'start'}); }"
    )


@scene("engagement", *BOTH)
def engagement(page: Page):
    """The full page."""
    _open_email(page, "open_count desc, id")


@scene("machines")
def machines(page: Page):
    """What does not count, unfolded, with the reasons."""
    _open_email(page, "machine_count desc, id")
    page.locator(".o_engagement_fold button").first.click()
    page.locator(".o_engagement_fold .o_engagement_event").first.wait_for()
    return page.locator(".o_engagement_fold").first


@scene("list", *BOTH)
def followed_emails(page: Page):
    _go(page, "followed-emails", ".o_data_row, .o_kanban_record")


@scene("templates", *BOTH)
def templates(page: Page):
    """Which templates work."""
    _go(page, "template-results", ".o_data_row, .o_kanban_record")


@scene("template")
def template(page: Page):
    """The results of one template."""
    _go(page, "template-results", ".o_data_row")
    page.locator(".o_data_row", has_text="Thank you").first.locator("td").nth(1).click()
    page.locator(".nav-link[name='engagement_results']").click()
    page.locator(".o_engagement_trend canvas").wait_for()


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


@scene("contact")
def contact(page: Page):
    """A contact with everything that became of the emails to it."""
    _go(page, f"contacts/{_partner_id(page)}", ".o_form_view")
    page.locator(".o_notebook .nav-link", has_text="Email Engagement").click()
    page.locator(".o_engagement_event").first.wait_for()


@scene("composer", *BOTH)
def composer(page: Page):
    """The full composer with its hints."""
    _open_composer(page)


@scene("moment")
def moment(page: Page):
    """When it suits the recipients."""
    _open_composer(page)
    page.locator(".modal .o-engagement-Moment").click()
    page.locator(".o-engagement-Moment-recipient").first.wait_for()


@scene("reminder")
def reminder(page: Page):
    """When to be reminded, and of what."""
    _open_composer(page)
    page.locator(".modal .o-engagement-ReminderField").click()
    page.locator(".o-engagement-ReminderDialog #engagement_reminder_no_reply").click()


@scene("alert")
def alert(page: Page, url: str, hit: str):
    """A recipient clicks while the sender works on something else."""
    _go(page, "crm", ".o_kanban_record .o_engagement_lead_badge")
    page.wait_for_timeout(2000)  # the websocket
    # somebody else's program: not logged in
    recipient = page.context.browser.new_context(
        user_agent=SAFARI_ON_A_PHONE, extra_http_headers={"Accept-Language": "en"}
    )
    recipient.request.get(url + hit, max_redirects=0)
    page.locator(".o-engagement-Alert").wait_for()


def _open_composer(page: Page):
    _open_lead(page)
    page.locator(".o-mail-Chatter-sendMessage").click()
    page.locator("button[name='open-full-composer']").click()
    page.locator(".modal .o-engagement-ComposerHints").wait_for()


def _open_lead(page: Page):
    lead = _email(page, "open_count desc, id")["res_id"]
    _go(page, f"crm/{lead}", ".o-mail-Message")


def _open_email(page: Page, order: str):
    _go(page, f"followed-emails/{_email(page, order)['id']}", ".o_engagement_event")


def _email(page: Page, order: str) -> dict:
    """The first email of an order, of those that have been sent to a lead."""
    domain = [["model", "=", "crm.lead"], ["message_id", "!=", False]]
    return _call(
        page,
        "email.engagement",
        "search_read",
        [domain, ["id", "res_id"]],
        {"limit": 1, "order": order},
    )[0]


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


def _log_in(browser, url: str):
    """The session of a logged-in user, for all scenes."""
    context = browser.new_context(base_url=url)
    context.set_default_timeout(180_000)
    page = context.new_page()
    page.goto("/web/login")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", "admin")
    page.click("button[type=submit]")
    page.wait_for_url("**/odoo**")
    session = context.storage_state()
    context.close()
    return session


def _save(picture: bytes, path: Path, width: int | None = None):
    """In 256 colours, which nobody sees on a screen, and a fifth of the size."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    if width and image.width > width:
        height = round(image.height * width / image.width)
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    image = image.quantize(256, dither=Image.Dither.NONE)
    image.save(path, optimize=True)


#: (title, line, picture) of the banner of an addon.
BANNERS = {
    "email_engagement": (
        "Email Engagement",
        "Opened, clicked, answered: by whom, and when. In every chatter.",
        "chatter",
    ),
    "email_engagement_crm": (
        "Email Engagement for CRM",
        "Whom to call first: leads by what people did with your emails.",
        "pipeline",
    ),
}


def _make_banners(browser):
    """From the pictures in the shop windows, in the size that the store asks for."""
    template = (Path(__file__).parent / "banner.html").read_text()
    for addon, (title, line, picture) in BANNERS.items():
        page_source = template
        folder = ROOT / addon / "static" / "description"
        values = {
            "title": title,
            "line": line,
            "icon": _data_url(folder / "icon.svg", "image/svg+xml"),
            "picture": _data_url(folder / f"{picture}.png", "image/png"),
        }
        for name, value in values.items():
            page_source = page_source.replace(f"{{{name}}}", value)
        page = browser.new_page(viewport={"width": 560, "height": 280})
        page.set_content(page_source)
        page.wait_for_timeout(500)
        _save(page.screenshot(), folder / "banner.png")
        page.close()


def _data_url(path: Path, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _take(browser, url: str, size: dict, session, function) -> bytes:
    context = browser.new_context(
        base_url=url,
        storage_state=session,
        viewport=size,
        has_touch=size is PHONE,
        is_mobile=size is PHONE,
        device_scale_factor=1.5,
        locale="en-US",
        timezone_id="Europe/Brussels",
        reduced_motion="reduce",
    )
    context.set_default_timeout(180_000)  # a busy machine takes its time
    page = context.new_page()
    try:
        part = function(page)
        page.mouse.move(0, 0)
        page.wait_for_timeout(600)  # fonts and charts settle
        return (part or page).screenshot()
    finally:
        context.close()


def main(url: str, folder: str, chromium: str, hit: str, *names: str) -> int:
    is_published = Path(folder) == ROOT / "docs" / "images"
    unknown = set(names) - set(SCENES)
    if unknown:
        sys.exit(f"no such scene: {', '.join(sorted(unknown))}; {', '.join(SCENES)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        session = _log_in(browser, url)
        for name in names or SCENES:
            function, variants = SCENES[name]
            if name == "alert":
                function = functools.partial(function, url=url, hit=hit)
            for suffix, size in variants:
                picture = _take(browser, url, size, session, function)
                _save(picture, Path(folder) / f"{name}{suffix}.png")
                windows = SHOP_WINDOWS.get(name + suffix, ()) if is_published else ()
                for addon in windows:
                    window = ROOT / addon / "static" / "description"
                    _save(
                        picture,
                        window / f"{name}{suffix}.png",
                        SHOP_WIDTH[size is PHONE],
                    )
                print(name + suffix, flush=True)
        if is_published and not names:
            _make_banners(browser)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
