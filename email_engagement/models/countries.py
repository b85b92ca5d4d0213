"""Countries of addresses, by Odoo's GeoIP where it is set up."""

from odoo.http import GeoIP, root


class Countries:
    """Looks each address up once, and nothing where Odoo has no GeoIP database."""

    def __init__(self, env):
        self.env = env
        self._ids = None
        self._known = {}
        self._is_set_up = is_set_up()

    def of(self, address: str) -> int | None:
        """The id of the country, None where it is not known."""
        if not address or not self._is_set_up:
            return None
        if address not in self._known:
            self._known[address] = self._id(_country_code(address))
        return self._known[address]

    def _id(self, code: str | None) -> int | None:
        if not code:
            return None
        if self._ids is None:
            countries = self.env["res.country"].search_fetch([], ["code"])
            self._ids = {country.code: country.id for country in countries}
        return self._ids.get(code)


def is_set_up() -> bool:
    """Whether Odoo has a GeoIP database."""
    return any(map(_has_geoip, ("geoip_country_db", "geoip_city_db")))


def _has_geoip(name: str) -> bool:
    """Whether Odoo can open one of its GeoIP databases. Where there is none it would
    try again for every address.
    """
    try:
        return bool(getattr(root, name))
    except (OSError, RuntimeError):  # no such file, or not such a database
        return False


def _country_code(address: str) -> str | None:
    """Not ``GeoIP.country_code``: where only the continent is known it says that one's,
    and Asia's is American Samoa's.
    """
    try:
        return GeoIP(address).country.iso_code
    except ValueError:  # not an address
        return None
