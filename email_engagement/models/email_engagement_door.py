import time

from odoo import api, models
from odoo.http import request
from odoo.tools import config

# How long a question can be asked: somebody may read the test mail tomorrow.
LIFETIME = 24 * 3600  # seconds
QUESTION, ANSWER = 1, 2


class EmailEngagementDoor(models.AbstractModel):
    """A public address that says whether, and how, a request comes to this database.

    For *Check My Set-up*. A question is a token that only this database makes, and
    only for administrators; the answer is another one, so that nothing else at
    the address can be mistaken for it. Both name the moment of the question.
    """

    _name = "email.engagement.door"
    _description = "Address by Which This Database Can Be Reached"

    @api.model
    def _make_question(self) -> str:
        return self._sign(int(time.time()), QUESTION)

    @api.model
    def _answer(self, token: str) -> dict | None:
        """What to answer to a question, None to anything else.

        Says how the request of whoever holds the token looks from here, and nothing
        else; the headers are his own.
        """
        asked = self._read(token, QUESTION)
        if not asked or not 0 <= time.time() - asked < LIFETIME:
            return None
        headers = request.httprequest.headers
        others = ("Forwarded", "X-Real-IP", "X-Forwarded-Proto", "Via")
        return {
            "answer": self._sign(asked, ANSWER),
            "remote": request.httprequest.remote_addr or "",
            "scheme": request.httprequest.scheme,
            "proxy_mode": bool(config["proxy_mode"]),
            "x_for": headers.get("X-Forwarded-For", "")[:200],
            "x_host": bool(headers.get("X-Forwarded-Host")),
            "x_other": any(name in headers for name in others),
        }

    @api.model
    def _is_answer(self, question: str, answer) -> bool:
        asked = self._read(question, QUESTION)
        return bool(asked) and asked == self._read(answer, ANSWER)

    @api.model
    def _sign(self, moment: int, role: int) -> str:
        return self.env["email.engagement.token"]._sign("check", moment, role)

    @api.model
    def _read(self, token, role: int) -> int | None:
        """The moment of a genuine token for this role."""
        ids = self.env["email.engagement.token"]._verify("check", token)
        return ids[0] if ids and ids[1] == role else None
