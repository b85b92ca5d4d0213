import functools
import secrets

from odoo import api, models, tools

from ..tools.addresses import read_address
from ..tools.tokens import KEY_MIN, BadToken, Purpose, Signer

SECRET_PARAMETER = "email_engagement.secret"


@functools.lru_cache(maxsize=64)
def _signer(keys: tuple[str, ...], context: str) -> Signer:
    # Deriving the keys costs more than verifying with them, and happens on
    # every public request otherwise.
    return Signer(keys, context)


class EmailEngagementToken(models.AbstractModel):
    """Signs and verifies the tokens in the addresses of followed emails.

    The keys are in the system parameter ``email_engagement.secret``, separated by
    white space: the first one signs, all of them verify. To rotate the secret put
    a new one before the old one. Tokens hold for one database only: its UUID is
    part of the signature.
    """

    _name = "email.engagement.token"
    _description = "Signed Tokens of Followed Emails"

    @api.model
    def _sign(self, purpose: str, *ids: int) -> str:
        return self._get_signer(create=True).sign(Purpose(purpose), *ids)

    @api.model
    def _verify(self, purpose: str, token: str) -> tuple[int, ...] | None:
        """Ids of a genuine token, None for any other. No statement is executed
        once the parameters are in the registry's cache.
        """
        signer = self._get_verifier()
        if signer is None:
            return None
        try:
            return signer.verify(Purpose(purpose), token)
        except BadToken:
            return None

    @api.model
    def _read_address(self, url: str) -> tuple[Purpose, tuple[int, ...]] | None:
        """Purpose and ids of an address in one of our emails, whatever the base
        was that it was sent with; None for any other address. No statement, as
        ``_verify``.
        """
        address = read_address(url)
        ids = address and self._verify(*address)
        return (address[0], ids) if ids else None

    @api.model
    @tools.ormcache(cache="stable")  # forgotten when any system parameter changes
    def _get_verifier(self) -> Signer | None:
        return self._get_signer()

    @api.model
    def _get_signer(self, create: bool = False) -> Signer | None:
        keys = self._get_keys(create=create)
        if not keys:
            return None
        # sudo: not secret, but readable by administrators only.
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return _signer(keys, uuid or "")

    @api.model
    def _get_keys(self, create: bool = False) -> tuple[str, ...]:
        """The keys, without those that are too short to be any: whoever typed one
        must not take down the public routes. ``create`` makes one where none is left.
        """
        # sudo: readable by administrators only; it does not leave the server.
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        secret = parameters_sudo.get_param(SECRET_PARAMETER) or ""
        keys = tuple(key for key in secret.split() if len(key.encode()) >= KEY_MIN)
        if not keys and create:
            keys = (secrets.token_urlsafe(32),)
            parameters_sudo.set_param(SECRET_PARAMETER, f"{keys[0]} {secret}".strip())
        return keys
