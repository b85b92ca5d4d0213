from odoo import api, models
from odoo.tools.mail import email_normalize

from ..tools.policy import GRANTED, KINDS, REFUSED

# The longest address there can be (RFC 3696, errata).
MAX_ADDRESS = 320
# What a recipient can ask for, and what it means.
DECISIONS = {
    "stop": dict.fromkeys(KINDS, REFUSED),
    "allow": dict.fromkeys(KINDS, GRANTED),
    "stop_opens": {"opens": REFUSED},
    "stop_clicks": {"clicks": REFUSED},
    "allow_opens": {"opens": GRANTED},
    "allow_clicks": {"clicks": GRANTED},
}


class EmailEngagementPage(models.AbstractModel):
    """What a recipient sees and decides, on the page linked in an email and in the
    portal.

    Called as superuser. The page is opened by whoever holds the email: it says nothing
    about other emails than that one. What is stopped, or deleted, is so in all
    companies of this database; what is allowed is allowed to one company.
    """

    _name = "email.engagement.page"
    _description = "Recipient's Page"

    # ------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------

    @api.model
    def _values(self, company, partner, emails, *, trace=None) -> dict:
        """Values of the template ``email_engagement.preference_content``.

        :param trace: the copy by which somebody came, None in the portal
        """
        is_shared = bool(trace) and self._is_shared(trace)
        kinds = []
        if not is_shared:
            permission = self.env["email.engagement.policy"]._permissions(
                [(partner, list(emails))], company
            )[0]
            state = self.env["email.engagement.policy"]._states(
                [(partner.id or None, list(emails))], company
            )[0]
            kinds = [
                {
                    "kind": kind,
                    "recorded": bool(getattr(permission, kind)),
                    "state": state[kind],
                }
                for kind in KINDS
            ]
        address = "" if is_shared else ", ".join(map(mask, emails))
        return {
            "company": company,
            "sentences": self._sentences(company, address, trace),
            "is_known": bool(partner or emails),
            "is_shared": is_shared,
            "kinds": kinds,
            "trace": trace,
            "wording": self._wording(company),
            "wording_version": self.env["email.engagement.wording"]._version_of(
                self._wording_text(company)
            ),
        }

    @api.model
    def _wording(self, company) -> dict[str, str]:
        """What recipients agree to, or refuse, by kind."""
        return {
            "opens": self.env._(
                "%(company)s may record when I open its emails, and with what kind of "
                "device, to know when to get back to me.",
                company=company.name,
            ),
            "clicks": self.env._(
                "%(company)s may record which links and files in its emails I open, "
                "when, and with what kind of device, to know what interests me.",
                company=company.name,
            ),
        }

    @api.model
    def _wording_text(self, company) -> str:
        return "\n".join(self._wording(company).values())

    @api.model
    def _is_shared(self, trace) -> bool:
        return not trace.partner_id and trace.recipient_count > 1

    # ------------------------------------------------------------
    # What is done
    # ------------------------------------------------------------

    @api.model
    def _decide(
        self, action: str, version: str, company, partner, emails, how, engagement=None
    ) -> str:
        """Do what a recipient asks for.

        :param version: of the wording that was shown
        :param emails: addresses of which it is known that they are the recipient's
        :return: ``stopped``, ``allowed``, or ``changed`` when the wording is another
            one by now: nobody agrees to what he has not read
        """
        kinds = DECISIONS[action]
        allows = GRANTED in kinds.values()
        text = self._wording_text(company)
        if allows and version != self.env["email.engagement.wording"]._version_of(text):
            return "changed"
        states = self.env["email.engagement.policy"]._states(
            [(partner.id or None, list(emails))], company
        )[0]
        if any(states[kind] != state for kind, state in kinds.items()):
            wording = self.env["email.engagement.wording"]._get(text, self.env.lang)
            self.env["email.engagement.consent"]._decide(
                kinds,
                how,
                partners=partner,
                emails=emails,
                only_emails=True,
                company=company if allows else None,
                wording=wording,
                engagement=engagement,
            )
        return "allowed" if allows else "stopped"

    @api.model
    def _act(self, trace, action: str, form: dict) -> str:
        """Do what the holder of an email asks for.

        :param form: what was posted
        :return: what was done, a name that the page has a sentence for
        """
        engagement = trace.engagement_id
        company = engagement.company_id or self.env.company
        if self._is_shared(trace):
            return self._act_shared(trace, action, self._address(form.get("email")))
        partner = trace.partner_id
        privacy = self.env["email.engagement.privacy"]
        emails = privacy._own_addresses(trace)
        if not (partner or emails):
            return "deleted"
        if action == "delete":
            if not form.get("confirm"):
                return "unconfirmed"
            privacy._erase(partner, emails)
            return "deleted"
        if self._takes_back(trace, DECISIONS[action], company):
            return "refused"
        version = form.get("wording", "")
        return self._decide(
            action, version, company, partner, emails, "page", engagement
        )

    @api.model
    def _address(self, value) -> str | bool:
        """The normalized address that a stranger has posted, False for anything else:
        a file, or brackets in brackets on which the parser gives up.
        """
        if not isinstance(value, str) or len(value) > MAX_ADDRESS:
            return False
        try:
            return email_normalize(value)
        except RecursionError:
            return False

    @api.model
    def _takes_back(self, trace, kinds, company) -> bool:
        """Whether a decision would undo a refusal: that is not for whoever holds an
        email. One that was passed on would turn a "no" into a consent.
        """
        states = self.env["email.engagement.policy"]._states(
            [(trace.partner_id.id or None, trace._addresses())], company
        )[0]
        return any(
            state == GRANTED and states[kind] == REFUSED
            for kind, state in kinds.items()
        )

    @api.model
    def _act_shared(self, trace, action, email) -> str:
        """For a copy that went to several addresses: nobody agrees for another one,
        and nobody learns which addresses these are.
        """
        if not email:
            return "which"
        if email in trace._addresses():
            # Who wants to be out of it wants nothing recorded either.
            self.env["email.engagement.consent"]._decide(
                DECISIONS["stop"],
                "page" if action == "stop" else "erasure",
                emails=[email],
                engagement=trace.engagement_id,
            )
            if action == "delete":
                privacy = self.env["email.engagement.privacy"]
                privacy._leave_shared(trace, [email])
                privacy._forget_texts(trace.engagement_id, [email])
                privacy._forget_decisions(trace.partner_id, [email], of_others=False)
        return "stopped" if action == "stop" else "deleted"

    @api.model
    def _export(self, trace) -> dict:
        """The data that the holder of an email can have."""
        privacy = self.env["email.engagement.privacy"]
        if self._is_shared(trace):
            return {"emails": [privacy._export_trace(trace, trace.engagement_id)]}
        return privacy._export(
            trace.partner_id,
            privacy._own_addresses(trace),
            company=trace.engagement_id.company_id,
            only_about=trace.engagement_id,
        )


def mask(email: str) -> str:
    """An address as its owner knows it again, and others do not.

    >>> mask("anna@customer.example.com")
    'a•••@customer.example.com'
    """
    name, at, host = email.rpartition("@")
    return f"{name[:1]}•••{at}{host}"
