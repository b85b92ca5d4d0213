"""Following only those who may be followed: what each copy is sent with."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import is_html_empty
from odoo.tools.mail import html2plaintext
from odoo.tools.urls import urljoin

from ..tools.plaintext import inline_addresses

# Stands for the recipient's address in a line that is made once for all of them.
# The host is one that cannot exist (RFC 2606).
PLACE = "https://preference.invalid/"


def followed_text(env, total: int, apart: list[str]) -> str | bool:
    """For how many recipients an email is followed, False where it is for all.

    :param apart: what is followed (``none``, ``opens``, ``clicks``) of each recipient
        of whom something is not
    """
    if not apart:
        return False
    values = {"followed": total - apart.count("none"), "total": total}
    if any(followed != "none" for followed in apart):
        return env._("Followed for %(followed)s of %(total)s, in part", **values)
    return env._("Followed for %(followed)s of %(total)s", **values)


class PreferenceLines:
    """The last line of a followed email, made once per language."""

    def __init__(self, engagement, base_url: str):
        self._engagement = engagement
        self._base_url = base_url
        self._known = {}

    def of(self, trace) -> tuple[str | None, str]:
        """The line in HTML, and what is added to the text alternative."""
        if trace.is_anonymous:
            return None, ""  # nothing about a person is recorded
        company = self._engagement.company_id
        lang = self._engagement._preference_lang(trace.partner_id)
        if lang not in self._known:
            line = self._engagement._render_preference_line(company, lang)
            text = inline_addresses(html2plaintext(line))
            self._known[lang] = (line, f"\n\n{text}\n")
        url = self._engagement._preference_url(self._base_url, trace.id)
        html, text = self._known[lang]
        return html.replace(PLACE, url), text.replace(PLACE, url)


class EmailEngagement(models.Model):
    _inherit = "email.engagement"

    not_followed_count = fields.Integer(compute="_compute_followed_text")
    followed_text = fields.Char("Followed For", compute="_compute_followed_text")

    @api.depends_context("lang")
    def _compute_followed_text(self):
        for engagement in self:
            traces = engagement.trace_ids
            apart = traces.filtered("not_followed_reason")
            engagement.not_followed_count = len(apart)
            engagement.followed_text = followed_text(
                self.env,
                total=sum(
                    trace.recipient_count if trace.is_anonymous else 1
                    for trace in traces
                ),
                apart=apart.mapped("followed"),
            )

    def _permitted_copies(self, copies) -> list[tuple]:
        """The copies with what their traces are to say about being followed.

        :return: (partner, addresses, values of a trace) each
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        permissions = self.env["email.engagement.policy"]._permissions(copies, company)
        followed = {
            (True, True): "all",
            (True, False): "opens",
            (False, True): "clicks",
            (False, False): "none",
        }
        return [
            (
                partner,
                addresses,
                {
                    "is_anonymous": permission.anonymous,
                    "opens_level": permission.opens,
                    "clicks_level": permission.clicks,
                    "followed": followed[
                        bool(permission.opens), bool(permission.clicks)
                    ],
                    "not_followed_reason": permission.reason or False,
                    **({"recipient_count": 0} if permission.anonymous else {}),
                },
            )
            for (partner, addresses), permission in zip(
                copies, permissions, strict=True
            )
        ]

    def _count_anonymous(self, copies, traces, partner_ids, emails):
        """Count the copies that went out under the one anonymous trace."""
        sent = sum(
            len(addresses) if not partner else 1
            for partner, addresses in copies
            if (partner.id in partner_ids or (not partner and emails & set(addresses)))
            and traces.get(partner.id, self.trace_ids.browse()).is_anonymous
        )
        if sent:
            trace = next(trace for trace in traces.values() if trace.is_anonymous)
            trace.recipient_count += sent

    # ------------------------------------------------------------
    # The line at the end
    # ------------------------------------------------------------

    def _preference_lines(self, base_url: str) -> PreferenceLines:
        return PreferenceLines(self, base_url)

    def _preference_url(self, base_url, trace_id) -> str:
        token = self.env["email.engagement.token"]._sign("preference", trace_id)
        return urljoin(base_url, f"/ee/p/{token}")

    def _preference_lang(self, partner) -> str:
        """The recipient's language, else the company's."""
        # sudo: the sender need not be able to read contacts or companies.
        lang = partner.sudo().lang or self.company_id.sudo().partner_id.lang
        return self.env["res.lang"]._get_data(code=lang or "").code or "en_US"

    def _render_preference_line(self, company, lang: str) -> str:
        """The line with ``PLACE`` for the recipient's address.

        Designers may change the view; what takes the link out of it is not used, since
        an email must not be followed without it.
        """
        # sudo: the sender need not be able to read views or companies.
        view = self.env["ir.qweb"].sudo().with_context(lang=lang)
        company_sudo = company.sudo().with_context(lang=lang)
        values = {
            "company": company_sudo,
            "text": company_sudo.engagement_line
            or self.with_context(lang=lang).env._(
                "%(company)s records whether this email is opened and what is clicked "
                "in it.",
                company=company_sudo.name,
            ),
            "url": PLACE,
        }
        line = str(view._render("email_engagement.preference_line", values)).strip()
        if f'href="{PLACE}"' not in line or is_html_empty(line):
            text = self.with_context(lang=lang).env._("Email privacy")
            line = Markup('<p><a href="%s">%s</a></p>') % (PLACE, text)
        return str(line)


class EmailEngagementTrace(models.Model):
    _inherit = "email.engagement.trace"

    def _is_followed(self, kind: str = "") -> bool:
        """Whether this copy is sent with a pixel (``opens``), with links of its own
        (``clicks``), or with either.
        """
        self.ensure_one()
        if not kind:
            return self.followed != "none"
        return self.followed in ("all", kind)

    def _permit_again(self, values: dict):
        """A further try to send this copy, as its recipient wants it by now."""
        self.ensure_one()
        if self.state == "sent" or self.is_anonymous:
            return
        names = ("followed", "not_followed_reason", "opens_level", "clicks_level")
        if any(self[name] != values[name] for name in names):
            self.write({name: values[name] for name in names})
