"""In which time zone somebody is, as far as country and state tell.

Only where they leave no choice: a guess would have emails sent at night. The countries'
zones are those of the IANA database (``pytz`` carries its table); below are the states
of large countries that lie within one zone, by Odoo's codes.
"""

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytz

_EASTERN, _CENTRAL = "America/New_York", "America/Chicago"
_MOUNTAIN, _PACIFIC = "America/Denver", "America/Los_Angeles"

# States that are split between zones (Florida, Texas, Ontario ...) are not here.
# fmt: off
STATES = {
    "US": {
        _EASTERN: "CT DE DC GA ME MD MA NH NJ NY NC OH PA RI SC VT VA WV",
        _CENTRAL: "AL AR IL IA LA MN MS MO OK WI",
        _MOUNTAIN: "CO MT NM UT WY",
        _PACIFIC: "CA WA",
        "Pacific/Honolulu": "HI",
        "America/Puerto_Rico": "PR VI",
        "Pacific/Guam": "GU MP",
        "Pacific/Pago_Pago": "AS",
    },
    "CA": {
        "America/Edmonton": "AB",
        "America/Winnipeg": "MB",
        "America/Halifax": "NB NS PE",
        "America/Whitehorse": "YT",
    },
    "AU": {
        "Australia/Sydney": "ACT VIC TAS",
        "Australia/Brisbane": "QLD",
        "Australia/Darwin": "NT",
        "Australia/Perth": "WA",
    },
    "BR": {
        "America/Sao_Paulo": "AL AP BA CE DF ES GO MA MG PA PB PR PI RJ RN RS SC SP SE"
                             " TO",
        "America/Manaus": "RO RR",
        "America/Cuiaba": "MT MS",
        "America/Rio_Branco": "AC",
    },
    "ES": {
        "Atlantic/Canary": "GC TF",
        "Europe/Madrid": "C VI AB A AL O AV BA PM B BU CC CA S CS CE CR CO CU GI GR GU"
                         " SS H HU J LO LE L LU M MA ME MU NA OR P PO SA SG SE SO T TE"
                         " TO V VA BI ZA Z",
    },
    "PT": {
        "Atlantic/Azores": "20",
        "Atlantic/Madeira": "30",
        "Europe/Lisbon": "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18",
    },
    "NZ": {
        "Pacific/Auckland": "AUK BOP CAN GIS HKB MWT MBH NSN NTL OTA STL TKI TAS WKO"
                            " WGN WTC",
    },
    "MX": {
        "America/Mexico_City": "AGU COL CAM CHP CMX DUR GRO GUA HID JAL MIC MOR MEX OAX"
                               " PUE QUE SLP TAB TLA VER YUC ZAC",
        "America/Hermosillo": "SON",
        "America/Mazatlan": "BCS SIN",
        "America/Cancun": "ROO",
    },
    "ID": {
        "Asia/Jakarta": "AC BB BT BE JK JA JB JT JI KB KT KR LA RI SB SS SU YO",
        "Asia/Makassar": "BA GO KS KI KU NB NT SR SN ST SG SA",
        "Asia/Jayapura": "MA MU PA PB PD PS PT PE",
    },
}
# fmt: on


def zone(name: str | None) -> ZoneInfo | None:
    """The zone of this name, None if there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def of_place(country: str | None, state: str | None, year: int) -> str | None:
    """The name of the zone of a country, or of one of its states, if it is one.

    Several zones that show the same time all ``year`` are one.

    :param country: ISO code, in capitals
    :param state: Odoo's code

    >>> of_place('DE', None, 2026), of_place('US', None, 2026)
    ('Europe/Berlin', None)
    >>> of_place('US', 'NY', 2026), of_place('US', 'TX', 2026)
    ('America/New_York', None)
    """
    if not country:
        return None
    for name, codes in STATES.get(country, {}).items():
        if state in codes.split():
            return name
    names = _zones(country)
    if not names or len({_clock(name, year) for name in names}) != 1:
        return None
    return names[0]


def is_in_country(name: str, country: str, year: int) -> bool:
    """Whether clocks of the zone ``name`` show the time of some place there."""
    names = [*_zones(country), *STATES.get(country, ())]
    clocks = {_clock(known, year) for known in names}
    return not clocks or _clock(name, year) in clocks


def _zones(country: str) -> list[str]:
    try:
        names = pytz.country_timezones[country]
    except KeyError:  # no such country, or nobody lives there
        return []
    return [name for name in names if zone(name)]


@lru_cache(maxsize=1024)
def _clock(name: str, year: int) -> tuple:
    """What tells one zone from another within a year: its offset, week by week."""
    info = zone(name)
    start = datetime(year, 1, 1, tzinfo=timezone.utc)
    weeks = (start + timedelta(weeks=week) for week in range(53))
    return tuple(info and moment.astimezone(info).utcoffset() for moment in weeks)
