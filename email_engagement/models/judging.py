"""How the digest judges the hits of each company."""

from dataclasses import dataclass

from ..tools import classify
from .numbers import number


@dataclass(frozen=True)
class Policy:
    rules: classify.Rules
    keep_raw: bool
    events_per_hour: int

    def room(self, recent: int, people: int = 1) -> int | None:
        """Events that a trace may still have, None for any number."""
        bound = self.events_per_hour * people
        return max(0, bound - recent) if bound else None


class Policies:
    """How the hits of each company are judged; asked for once per digest batch."""

    def __init__(self, env):
        self.env = env
        self._known = {}

    def of(self, company_id: int | None) -> Policy:
        if company_id not in self._known:
            company = self.env["res.company"].browse(company_id)
            rules = self.env["email.engagement.rules"]
            self._known[company_id] = Policy(
                rules=rules._get(company),
                keep_raw=company.engagement_keep_raw,
                events_per_hour=number(self.env, "events_per_hour"),
            )
        return self._known[company_id]
