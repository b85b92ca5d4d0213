"""What is known of the rules about following emails, by country of the recipient.

Facts with their source and the year in which they were looked up, to help whoever
decides; no legal advice, and no country is left out because it has no rules. The texts
are in ``models/res_country.py``, where they can be translated.
"""

from typing import NamedTuple


class Advice(NamedTuple):
    """``policy``: the one that fits; ``code``: of the text that says why."""

    policy: str
    code: str


# CNIL, deliberation 2026-042; Garante per la protezione dei dati personali, decision
# 284; ICO, guidance on storage and access technologies. Looked up in 2026.
_NATIONAL = {
    "FR": Advice("consent", "cnil"),
    "IT": Advice("consent", "garante"),
    "GB": Advice("consent", "ico"),
}

# Directive 2002/58/EC, article 5(3), as the EDPB reads it: Guidelines 2/2023 on its
# technical scope name tracking pixels and tracked links in emails. EEA included.
_EEA = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IS IT LI LV LT LU MT NL NO PL PT RO SK"
    " SI ES SE".split()
)


def advice(country_code: str | None) -> Advice | None:
    """What is known about a country (ISO 3166-1 alpha-2), None where nothing is.

    >>> advice("FR").code, advice("DE").code, advice("US")
    ('cnil', 'eea', None)
    """
    code = (country_code or "").upper()
    if code in _NATIONAL:
        return _NATIONAL[code]
    return Advice("consent", "eea") if code in _EEA else None
