import functools

from odoo import api, models

from ..tools import networks
from ..tools.classify import Rules
from .numbers import number

THRESHOLDS = (
    *("open_grace", "click_grace", "proxy_grace"),
    *("burst_links", "burst_seconds"),
)


class EmailEngagementRules(models.AbstractModel):
    """By what this database, and each of its companies, tells machines from people."""

    _name = "email.engagement.rules"
    _description = "Rules That Tell Machines From People"

    @api.model
    def _get(self, company) -> Rules:
        """The rules for the recipients of a company's emails."""
        keys = self.env["email.engagement.token"]._get_keys()
        return Rules(
            **{name: number(self.env, name) for name in THRESHOLDS},
            own_networks=_networks(company.engagement_own_networks or ""),
            scanner_networks=_scanners(company.engagement_scanner_networks or ""),
            source_key="".join(keys[:1]).encode()[:64],
        )


@functools.lru_cache(maxsize=64)
def _networks(text: str) -> networks.Networks:
    return networks.parse(text)


def _scanners(text: str) -> networks.Networks:
    known = (*networks.EXCHANGE_ONLINE, *networks.BARRACUDA)
    return _networks("\n".join([*known, text]))
