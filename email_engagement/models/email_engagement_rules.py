import functools

from odoo import api, models, tools

from ..tools import networks
from ..tools.classify import Rules

# Thresholds that an administrator may change: system parameters named
# "email_engagement.<name>", of these types.
THRESHOLDS = {
    "open_grace": float,
    "click_grace": float,
    "proxy_grace": float,
    "burst_links": int,
    "burst_seconds": float,
}
# How much one copy of an email may fill before its hits are only counted: the same,
# with their defaults. 0 is no bound.
BOUNDS = {"hits_per_minute": 600, "events_per_hour": 200}


class EmailEngagementRules(models.AbstractModel):
    """By what this database, and each of its companies, tells machines from people."""

    _name = "email.engagement.rules"
    _description = "Rules That Tell Machines From People"

    @api.model
    def _get(self, company) -> Rules:
        """The rules for the recipients of a company's emails.

        A parameter that makes no sense is left at its default: hits must be
        digested whatever an administrator typed.
        """
        thresholds = {}
        # sudo: technical parameters, of which only numbers get out.
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        for name, number in THRESHOLDS.items():
            value = parameters_sudo.get_param(f"email_engagement.{name}")
            if not value:  # not set; a zero is the text "0"
                continue
            try:
                thresholds[name] = number(value)
                Rules(**thresholds)
            except (TypeError, ValueError):
                thresholds.pop(name, None)
        keys = self.env["email.engagement.token"]._get_keys()
        return Rules(
            **thresholds,
            own_networks=_networks(company.engagement_own_networks or ""),
            scanner_networks=_scanners(company.engagement_scanner_networks or ""),
            source_key="".join(keys[:1]).encode()[:64],
        )

    @api.model
    @tools.ormcache("name", cache="stable")  # as the parameters themselves
    def _get_bound(self, name: str) -> int:
        """One of ``BOUNDS``; no statement once it is in the cache."""
        # sudo: a technical parameter, of which only a number gets out.
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        value = str(parameters_sudo.get_param(f"email_engagement.{name}"))
        return int(value) if value.isdigit() else BOUNDS[name]


@functools.lru_cache(maxsize=64)
def _networks(text: str) -> networks.Networks:
    return networks.parse(text)


def _scanners(text: str) -> networks.Networks:
    known = (*networks.EXCHANGE_ONLINE, *networks.BARRACUDA)
    return _networks("\n".join([*known, text]))
