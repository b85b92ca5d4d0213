"""What `hits` asks for: routes, which of their addresses, and what each leaves behind.

``stored`` counts what the requests left in the database. ``reset`` brings the tables
back to where no request has come yet (``first``) or each has come once (``repeated``);
the hits that an append-only inbox holds are put away in both cases.
"""

from dataclasses import dataclass, replace

OUR_HITS = "SELECT count(*) + COALESCE(sum(repeats), 0) FROM email_engagement_hit"
OUR_RESET = "TRUNCATE email_engagement_hit"

CORE_STORED = "SELECT count(*) FROM mailing_trace WHERE open_datetime IS NOT NULL"
CORE_FIRST = """
    UPDATE mailing_trace SET trace_status = 'sent', open_datetime = NULL,
           links_click_datetime = NULL WHERE open_datetime IS NOT NULL"""
CORE_REPEATED = """
    UPDATE mailing_trace SET trace_status = 'open',
           open_datetime = now() AT TIME ZONE 'UTC' WHERE open_datetime IS NULL"""

CLICKS = "SELECT count(*) FROM link_tracker_click"
CLICKS_RESET = f"TRUNCATE link_tracker_click; {CORE_FIRST}"

OCA_STORED = "SELECT count(*) FROM mail_tracking_event"
OCA_FIRST = """
    UPDATE mail_tracking_email SET state = 'sent' WHERE state <> 'sent';
    TRUNCATE mail_tracking_event"""
OCA_REPEATED = """
    UPDATE mail_tracking_email SET state = 'opened' WHERE state <> 'opened';
    TRUNCATE mail_tracking_event"""


@dataclass(frozen=True)
class Route:
    """``paths``: name of a file of paths. ``spread``: of how many of them; ``first``
    takes each of them once at the most.
    """

    name: str
    title: str
    paths: str
    reset: str = "SELECT 1"
    stored: str = ""
    spread: int | None = None
    first: bool = False
    status: int = 200

    @property
    def is_ours(self) -> bool:
        return self.stored == OUR_HITS


FEW = 200

ROUTES = [
    Route("noop", "no-op, auth='none'", "noop"),
    Route("pixel", "our pixel, first", "pixel", OUR_RESET, OUR_HITS),
    Route("pixel_again", "our pixel, repeated", "pixel", OUR_RESET, OUR_HITS, FEW),
    Route("pixel_one", "our pixel, one trace", "pixel", OUR_RESET, OUR_HITS, 1),
    Route("link", "our link, first", "link", OUR_RESET, OUR_HITS, status=302),
    Route(
        "link_again", "our link, repeated", "link", OUR_RESET, OUR_HITS, FEW, status=302
    ),
    Route(
        "link_one", "our link, one trace", "link", OUR_RESET, OUR_HITS, 1, status=302
    ),
    Route(
        "core_pixel", "core pixel, first", "core_pixel", CORE_FIRST, CORE_STORED,
        first=True,
    ),
    Route("core_pixel_again", "core pixel, repeated", "core_pixel", CORE_REPEATED),
    Route("core_r", "core /r/<code>", "core_r", CLICKS_RESET, CLICKS, status=301),
    Route(
        "core_r_one", "core /r/<code>, one link", "core_r", CLICKS_RESET, CLICKS, 1,
        status=301,
    ),
    Route(
        "core_rm", "core /r/<code>/m/<n>", "core_rm", CLICKS_RESET, CLICKS, status=301
    ),
    Route(
        "core_rm_one", "core /r/<code>/m/<n>, one trace", "core_rm", CLICKS_RESET,
        CLICKS, 1, status=301,
    ),
    Route(
        "oca_pixel", "OCA pixel, first", "oca_pixel", OCA_FIRST, OCA_STORED, first=True
    ),
    Route("oca_pixel_again", "OCA pixel, repeated", "oca_pixel", OCA_REPEATED),
]  # fmt: skip
BY_NAME = {route.name: route for route in ROUTES}


def variant(route: Route) -> Route:
    """The same route of another version of the addons."""
    title = f"{route.title} (other version)"
    return replace(route, name=f"{route.name}@other", title=title)
