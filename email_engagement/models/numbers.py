"""Numbers that an administrator may change: system parameters named
``email_engagement.<name>``.
"""

from ..tools.alerts import Hot
from ..tools.classify import Rules
from ..tools.kpi import MIN_SAMPLE

#: What holds while nothing is set; a number is of the type of its default.
DEFAULTS = {
    # By what people are told from machines; see ``Rules``.
    "open_grace": Rules.open_grace,
    "click_grace": Rules.click_grace,
    "proxy_grace": Rules.proxy_grace,
    "burst_links": Rules.burst_links,
    "burst_seconds": Rules.burst_seconds,
    # How much one copy of an email may fill before its hits are only counted; 0 is no
    # bound.
    "hits_per_minute": 600,
    "events_per_hour": 200,
    # When the sender is told; see ``Hot``.
    "alert_minutes": 15,
    "hot_count": Hot.count,
    "hot_hours": Hot.hours,
    "hot_silence": Hot.silence,
    # Results of templates; the last one in percent.
    "template_days": 365,
    "template_min_sample": MIN_SAMPLE,
    "template_likeness": 20,
}
#: More makes no sense for any of them, and a date further away is none.
MAX = 500_000
PERCENT = {"template_likeness"}


def most(name: str) -> int:
    return 100 if name in PERCENT else MAX


def is_sensible(name: str, value: float) -> bool:
    """Whether one of ``DEFAULTS`` can be meant like this; one link is no burst."""
    return 0 <= value <= most(name) and (name, value) != ("burst_links", 1)


def number(env, name: str) -> int | float:
    """One of ``DEFAULTS`` as it is set. What makes no sense is left at its default, as
    hits must be digested whatever somebody typed. No statement: Odoo keeps parameters
    at hand.
    """
    default = DEFAULTS[name]
    # sudo: a technical parameter, of which only a number gets out.
    value = env["ir.config_parameter"].sudo().get_param(f"email_engagement.{name}")
    try:
        result = type(default)(value) if value else default
    except (TypeError, ValueError):
        return default
    return result if is_sensible(name, result) else default
