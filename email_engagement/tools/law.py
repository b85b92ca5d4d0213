"""What is known of the rules about following emails, by country of the recipient.

Facts with their source and the year in which they were looked up, to help whoever
decides; no legal advice, and no country is left out because it has no rules. The texts
are in ``models/res_country.py``, where they can be translated.
"""

from typing import NamedTuple

from .policy import ANONYMOUS, CONSENT, OFF


class Advice(NamedTuple):
    """What is known of a country.

    ``policy``: the one that fits; ``code``: of the text that says why; ``anonymous``:
    whether the source says that "anonymous" fits as well, and not only "off".
    """

    policy: str
    code: str
    anonymous: bool

    def fits(self, policy: str) -> bool:
        """Whether a policy is what is advised, or stricter.

        >>> advice("FR").fits("anonymous"), advice("DE").fits("anonymous")
        (True, False)
        """
        return policy in (self.policy, OFF) or (policy == ANONYMOUS and self.anonymous)


# CNIL, deliberation 2026-042; Garante per la protezione dei dati personali, decision
# 284; ICO, guidance on storage and access technologies. Looked up in 2026.
_NATIONAL = {
    "FR": Advice(CONSENT, "cnil", anonymous=True),
    "IT": Advice(CONSENT, "garante", anonymous=True),
    "GB": Advice(CONSENT, "ico", anonymous=True),
}

# Directive 2002/58/EC, article 5(3), as the EDPB reads it: Guidelines 2/2023 on its
# technical scope name tracking pixels and tracked links in emails. EEA included.
_EEA = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IS IT LI LV LT LU MT NL NO PL PT RO SK"
    " SI ES SE".split()
)


#: Codes of all countries of which anything is known.
KNOWN = sorted(_NATIONAL.keys() | _EEA)


def advice(country_code: str | None) -> Advice | None:
    """What is known about a country (ISO 3166-1 alpha-2), None where nothing is.

    >>> advice("FR").code, advice("DE").code, advice("US")
    ('cnil', 'eea', None)
    """
    code = (country_code or "").upper()
    if code in _NATIONAL:
        return _NATIONAL[code]
    return Advice(CONSENT, "eea", anonymous=False) if code in _EEA else None
